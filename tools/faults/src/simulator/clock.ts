import { actor } from './actor.ts';

let taken = 0;

/** Gives actors the scheduled clock in place of the machine's. @returns what gives everybody the machine's again */
export function takeClock(): () => void {
  const { now } = performance;
  if (taken++ > 0) return () => void (taken -= 1);
  performance.now = () => actor()?.schedule.now ?? now.call(performance);
  return () => {
    taken -= 1;
    if (taken === 0) performance.now = now;
  };
}
