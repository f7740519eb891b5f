import { AttributionError, normalise, readPathSteps, type PathStep } from '@throughline/attribution';
import { UsageError } from '../usage.error.ts';

export const STEPS_EXPLAINED = `Steps that paths may go through before they are counted, one after the other:
  collapse-repeats          of touches of one channel in a row the first stays
  first-occurrence          of all touches of one channel the first stays
  frequency-tagged          the same, the channel followed by its number: email(3)
  exclude:direct,email      drops channels, unless nothing else is on the path
  exclude-trailing:direct   drops them from the end only
  keep-last:5               keeps the last touches`;

/** @param told `name`, or `name:argument`, in order @throws UsageError */
export function pathStepsOf(told: readonly string[]): readonly PathStep[] {
  return told.flatMap((text) => {
    const [, name = text, argument] = /^([^:]*):(.*)$/s.exec(text) ?? [];
    try {
      return readPathSteps([{ step: name, ...argumentOf(name, argument) }]);
    } catch (error) {
      if (!(error instanceof AttributionError)) throw error;
      throw new UsageError(`--path-step ${text}: ${error.message}`);
    }
  });
}

function argumentOf(name: string, argument: string | undefined): object {
  if (argument === undefined) return {};
  if (name === 'keep-last') return { touches: Number(argument) };
  return {
    channels: argument
      .split(',')
      .map((channel) => channel.trim())
      .filter((channel) => channel !== ''),
  };
}

/** A path after the steps. */
export function stepped(channels: readonly string[], steps: readonly PathStep[]): readonly string[] {
  if (steps.length === 0) return channels;
  return normalise(
    channels.map((channel) => ({ channel })),
    steps,
  ).map(({ channel }) => channel);
}
