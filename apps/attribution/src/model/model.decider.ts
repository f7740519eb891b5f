import { canonicalJson } from '@throughline/contracts';
import type { Decider } from '@throughline/decider';
import type { ModelCommand, ModelSettings } from './model.commands.ts';
import { refuseFrom } from './model.error.ts';
import type { ModelEvent } from './model.events.ts';

/** The versions of a model, the first first. */
export type Versions = readonly (ModelSettings & { readonly version: number })[];

/**
 * Versions of a model. The first is in force for every deal that no other is for; a later one says from when, which is
 * neither before it was defined nor before another: credit that was given keeps its version (I9).
 * @param now when the commands are judged, RFC 3339 UTC
 */
export function modelDecider(now: string): Decider<ModelCommand, ModelEvent, Versions> {
  return { initial: [], decide: (command, versions) => decide(command, versions, now), evolve };
}

function decide(command: ModelCommand, versions: Versions, now: string): readonly ModelEvent[] {
  const last = versions.at(-1);
  if (last === undefined) return [{ type: 'ModelDefined', data: { ...command.data, version: 1 } }];
  if (command.type === 'ShipModel' || isSame(command.data, last)) return [];
  const { inForceFrom } = command.data;
  if (inForceFrom === null) {
    refuseFrom(
      'in-force-from-missing',
      'A version after the first needs an instant.',
      'Say by inForceFrom for deals closed from when on this version counts.',
    );
  }
  if (inForceFrom < now) {
    refuseFrom(
      'in-force-from-past',
      'This instant is past: credit that was given keeps its version.',
      'Give an instant from now on.',
    );
  }
  if (last.inForceFrom !== null && inForceFrom <= last.inForceFrom) {
    refuseFrom(
      'in-force-before-another',
      `Version ${last.version} counts from ${last.inForceFrom} on.`,
      'Give an instant after that.',
    );
  }
  return [{ type: 'ModelDefined', data: { ...command.data, version: last.version + 1 } }];
}

function evolve(versions: Versions, event: ModelEvent): Versions {
  return event.type === 'ModelDefined' ? [...versions, event.data] : versions;
}

function isSame(settings: ModelSettings, { version: _, ...last }: Versions[number]): boolean {
  return canonicalJson(settings) === canonicalJson(last);
}
