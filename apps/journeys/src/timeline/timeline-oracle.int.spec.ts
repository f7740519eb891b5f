import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JourneyEvent } from '@throughline/contracts';
import fc from 'fast-check';
import { link, told, touch, unlink, withdrawal } from '../testing/story.ts';
import { type RunningJourneys, runningJourneys } from '../testing/running-journeys.ts';
import { TimelineOracle } from '../testing/timeline-oracle.ts';

const day = fc.integer({ min: 10, max: 28 }).map((n) => `2026-01-${n}`);
const of = (kind: string, most: number) => fc.integer({ min: 1, max: most }).map((n) => `${kind}-${n}`);
const visitor = of('visitor', 3);
const person = of('person', 4);
const account = of('account', 2);
const orNobody = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 2 });

type Told = (sourceId: string) => JourneyEvent;
const telling: fc.Arbitrary<Told> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(fc.option(day, { freq: 8 }), visitor).map(
      ([at, v]): Told =>
        (id) =>
          touch(id, at, { visitor: v }),
    ),
  },
  fc.tuple(day, person, orNobody(account)).map(
    ([at, p, a]): Told =>
      (id) =>
        touch(id, at, { person: p, account: a }),
  ),
  {
    weight: 2,
    arbitrary: fc.tuple(day, visitor, person).map(
      ([at, v, p]): Told =>
        (id) =>
          link(id, at, 'visitor-is-person', v, p),
    ),
  },
  fc.tuple(day, visitor, person, fc.boolean()).map(
    ([at, v, p, w]): Told =>
      (id) =>
        unlink(id, at, 'visitor-is-person', v, p, w),
  ),
  {
    weight: 2,
    arbitrary: fc.tuple(day, person, account).map(
      ([at, p, a]): Told =>
        (id) =>
          link(id, at, 'person-in-account', p, a),
    ),
  },
  fc.tuple(day, person, account, fc.boolean()).map(
    ([at, p, a, w]): Told =>
      (id) =>
        unlink(id, at, 'person-in-account', p, a, w),
  ),
  fc
    .tuple(day, person, person, fc.boolean())
    .filter(([, a, b]) => a !== b)
    .map(
      ([at, a, b, linked]): Told =>
        (id) =>
          linked ? link(id, at, 'same-person', a, b) : unlink(id, at, 'same-person', a, b, true),
    ),
  // of a touch, of what is no touch, or of what never comes
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.option(day, { freq: 8 }), fc.oneof({ weight: 4, arbitrary: fc.nat(4) }, fc.nat(60)))
      .map(
        ([at, n]): Told =>
          (id) =>
            withdrawal(id, at, `e${n}`),
      ),
  },
);

const SEED = 20_261_122;

interface Shown {
  readonly sourceId: string;
  readonly withdrawn: { readonly at: string | null; readonly eventId: string } | null;
}

function lineOf({ sourceId, withdrawn }: Shown): string {
  return withdrawn === null ? sourceId : `${sourceId} withdrawn by ${withdrawn.eventId} at ${withdrawn.at}`;
}

/** Ids of one story never meet those of another, so that all run on one database. */
function apart(event: JourneyEvent, story: number): JourneyEvent {
  const text = JSON.stringify(event.data).replaceAll(/(visitor|person|account)-(\d)/g, `$1-$2-of-${story}`);
  const key = event.key.replaceAll(/(visitor|person|account)-(\d)/g, `$1-$2-of-${story}`);
  return { ...event, key, data: JSON.parse(text) as JourneyEvent['data'] };
}

describe('timelines against an oracle that shares no code', () => {
  let journeys: RunningJourneys;
  beforeAll(async () => {
    journeys = await runningJourneys('oracle');
  });
  afterAll(() => journeys.stop());

  it(`I4: any events in any order, repeated, give the timelines of a plain fold (seed ${SEED})`, async () => {
    let story = 0;
    const stories = fc.array(telling, { minLength: 15, maxLength: 40 }).chain((list) => {
      const events = list.map((tell, n) => tell(`e${n}`));
      return fc.record({
        events: fc.constant(events),
        sent: fc.shuffledSubarray([...events, ...events.slice(0, 5)], {
          minLength: events.length + Math.min(5, events.length),
        }),
      });
    });
    const run = async ({ events, sent }: { events: JourneyEvent[]; sent: JourneyEvent[] }) => {
      story += 1;
      const own = story;
      const source = `urn:story:${own}`;
      const renamed = (event: JourneyEvent) => apart(told(source, event), own);
      await journeys.send(...sent.map(renamed));
      const oracle = new TimelineOracle(events.map(renamed));
      for (const n of [1, 2, 3, 4]) {
        expect(await shown(`person/person-${n}-of-${own}`)).toEqual(oracle.person(`person-${n}-of-${own}`));
      }
      expect(await placed(source)).toEqual(oracle.touches());
      for (const n of [1, 2]) {
        expect(await shown(`account/account-${n}-of-${own}`)).toEqual(
          oracle.account(`account-${n}-of-${own}`),
        );
      }
    };
    await fc.assert(fc.asyncProperty(stories, run), { seed: SEED, numRuns: 12, endOnFailure: true });
  }, 120_000);

  const placed = async (source: string) => {
    const { rows } = await journeys.database.query<Record<string, string>>(
      'select source_id, placed_person, placed_account, withdrawn from analytics_v1.touch where source = $1',
      [source],
    );
    return new Map(
      rows.map((row) => [row['source_id'], [row['placed_person'], row['placed_account'], row['withdrawn']]]),
    );
  };
  const shown = async (subject: string) => {
    const { status, body } = await journeys.ask(`/v1/journeys/${subject}?limit=1000`);
    return status === 404 ? [] : (body.items as unknown as Shown[]).map(lineOf);
  };
});
