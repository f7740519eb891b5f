import { Injectable } from '@nestjs/common';

type Heard = (status: number) => void;

/** Tells a module which requests to its routes ended in a problem, also those that never reached a handler. */
@Injectable()
export class TurnedAway {
  private readonly watched = new Map<string, Heard[]>();

  /** @param path as in the route's contract */
  watch(path: string, heard: Heard): void {
    this.watched.set(path, [...(this.watched.get(path) ?? []), heard]);
  }

  tell(path: string | undefined, status: number): void {
    for (const heard of this.watched.get(path ?? '') ?? []) heard(status);
  }
}
