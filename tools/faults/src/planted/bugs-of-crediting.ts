import type { Bug } from './bug.ts';

const caughtBy = 'fault run';

/** In attribution. */
export const bugsOfCrediting: readonly Bug[] = [
  {
    ...{ name: 'credit-forgets-who-is-who', caughtBy },
    what: 'does not look for deals when it is learnt who is who',
    file: 'apps/attribution/src/credit/concern.ts',
    find: 'function namedByStanding({ relation, low, high, touch }: Standing): Named {',
    replace:
      'function namedByStanding({ relation, low, high, touch }: Standing): Named {\n  if (relation !== null) return {};',
  },
  {
    ...{ name: 'credit-loses-the-rest', caughtBy },
    what: 'says no amount of what is nobody’s',
    file: 'apps/attribution/src/credit/credit.decider.ts',
    find: 'amount: rest === null ? null : Number(rest),',
    replace: 'amount: rest === null ? null : 0,',
  },
  {
    ...{ name: 'credit-cuts-milestones', caughtBy: 'credit' },
    what: 'cuts the touches that hold milestones with the others',
    file: 'libs/attribution/src/journey/most-recent.ts',
    find: 'place >= start || holders.has(place)',
    replace: 'place >= start',
  },
];
