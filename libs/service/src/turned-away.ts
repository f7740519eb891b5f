import { Injectable } from '@nestjs/common';

type Heard = () => void;

/**
 * Tells a module which requests to its routes never reached their handler: too large, too slow, broken off, or one too
 * many at the moment.
 */
@Injectable()
export class TurnedAway {
  private readonly watched = new Map<string, Heard[]>();

  /** @param path as in the route's contract */
  watch(path: string, heard: Heard): void {
    this.watched.set(path, [...(this.watched.get(path) ?? []), heard]);
  }

  tell(path: string | undefined): void {
    for (const heard of this.watched.get(path ?? '') ?? []) heard();
  }
}
