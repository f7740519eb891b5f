import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { assistsOf, SUBJECT_KINDS, tallyAssists, type AssistTouch } from '@throughline/attribution';
import { isEvent, type JourneyEvent } from '@throughline/contracts';
import fc from 'fast-check';
import { UNKNOWN_CHANNEL } from '../credit/deal.state.ts';
import { runningAttribution, type RunningAttribution } from '../testing/running-attribution.ts';
import { decided, opened, touch, won } from '../testing/story.ts';

const maybe = (...ids: string[]) => fc.option(fc.constantFrom(...ids), { freq: 3 });
const days = ['2026-01-05', '2026-01-06', '2026-01-07'];
/** Few of each, on few days, so that subjects come again and touches fall together. */
const aTouch = fc.record({
  ...{ day: fc.constantFrom(...days), person: maybe('p1', 'p2'), actor: maybe('m1', 'm2') },
  ...{ team: maybe('sales', 'marketing'), campaign: maybe('c1', 'c2'), channel: maybe('ads', 'email') },
  asset: maybe('x1', 'x2'),
});
const aDeal = fc.record({
  touches: fc.array(aTouch, { maxLength: 5 }),
  outcome: fc.constantFrom('won', 'won', 'lost', 'open'),
  closed: fc.constantFrom('2026-02-01', '2026-03-01', '2026-04-01'),
});
type ADeal = typeof aDeal extends fc.Arbitrary<infer T> ? T : never;

/** An account of its own for each deal, so that its touches are on no other path. */
function eventsOf({ touches, outcome, closed }: ADeal, deal: string): JourneyEvent[] {
  return [
    ...touches.map(({ day, team, asset, ...more }, n) =>
      touch(`t-${deal}-${n}`, day, {
        ...{ ...more, team: team as 'sales' | 'marketing' | null, account: `account of ${deal}` },
        asset: asset === null ? null : { id: asset, title: null, stage: null },
      }),
    ),
    opened(deal, '2026-01-01', `account of ${deal}`),
    ...(outcome === 'won' ? [won(deal, 2, closed, 1_00)] : []),
    ...(outcome === 'lost'
      ? [decided('opportunity.lost', deal, 2, closed, { reason: null, note: null, by: null })]
      : []),
  ];
}

describe('assists by SQL and by the library', () => {
  let service: RunningAttribution;
  const told: JourneyEvent[] = [];
  let deals = 0;
  beforeAll(async () => {
    service = await runningAttribution();
  });
  afterAll(() => service.stop());

  /** Every deal with what the library says of its path. */
  async function assisted() {
    const { rows } = await service.database.query<{
      opportunity: string;
      outcome: 'won' | 'lost' | 'open';
      closed_at: string | null;
      path: { touch: string; person: string | null }[] | null;
    }>(
      `select d.opportunity, d.outcome, d.closed_at,
              (select jsonb_agg(jsonb_build_object('touch', p.touch, 'person', p.person) order by p.place)
                 from deal_touch p where p.opportunity = d.opportunity) as path
         from deal d`,
    );
    const byId = new Map(told.map((event) => [event.id, event]));
    return rows.map(({ path, ...deal }) => {
      const touches = (path ?? []).flatMap(({ touch: id, person }, at): AssistTouch[] => {
        const event = byId.get(id);
        if (!event || !isEvent(event, 'touch.recorded')) return [];
        const { actor: member, team, campaign, channel, asset } = event.data;
        const on = { channel: channel ?? UNKNOWN_CHANNEL, asset: asset?.id ?? null };
        return [{ id, at, person, member, team, campaign, ...on }];
      });
      const milestones = { lead: null, opportunity: null };
      return { ...deal, assists: assistsOf({ touches, closedAt: null, milestones }) };
    });
  }

  it('practice 51: are the same, of every subject, window and outcome', async () => {
    const compared = async (more: readonly ADeal[]) => {
      const events = more.flatMap((deal) => eventsOf(deal, `d${(deals += 1)}`));
      told.push(...events);
      await service.send(...events);
      await service.settled();
      const all = await assisted();
      for (const [from, to] of [
        [undefined, undefined],
        ['2026-02-01', '2026-03-01'],
        ['2026-03-01', undefined],
      ] as const) {
        const window = (from === undefined ? '' : `&from=${from}`) + (to === undefined ? '' : `&to=${to}`);
        const within = all.filter(
          ({ closed_at: at }) => (!from || (at ?? '') >= from) && (!to || (at ?? '') < to),
        );
        const rows = tallyAssists(within);
        for (const kind of SUBJECT_KINDS) {
          const { items } = await service.get(`/v1/assists?by=${kind}&limit=100${window}`);
          const known = items.filter(({ subject }) => subject !== null).sort(bySubject);
          const wanted = rows.filter((row) => row.kind === kind && row.subject !== UNKNOWN_CHANNEL);
          expect(known.map((row) => ({ kind, ...row }))).toEqual(wanted);
        }
      }
    };
    await fc.assert(fc.asyncProperty(fc.array(aDeal, { minLength: 3, maxLength: 8 }), compared), {
      ...{ numRuns: 8, endOnFailure: true },
    });
  }, 60_000);

  it('practice 52: the entry at a win gives each member the part that they had', async () => {
    const { items } = await service.get('/v1/recognition?limit=100');
    const wins = (await assisted()).filter(({ outcome }) => outcome === 'won');
    expect(items).toHaveLength(wins.length);
    for (const { opportunity, assists } of wins) {
      const entry = items.find((it) => it['opportunity'] === opportunity);
      const sides = ['marketing', 'sales', 'unknown'].flatMap((side) => entry?.[side] as Contributor[]);
      for (const { subject, sourced, assisted: helped, closed } of assists.filter(isOfMember)) {
        const parts = sides.filter(({ member }) => member === subject);
        expect(parts.some((part) => part.sourced)).toBe(sourced);
        expect(parts.some((part) => part.assisted)).toBe(helped);
        expect(parts.some((part) => part.closed)).toBe(closed);
      }
      const members = new Set(sides.flatMap(({ member }) => member ?? []));
      expect([...members].sort()).toEqual(
        assists
          .filter(isOfMember)
          .map(({ subject }) => subject)
          .sort(),
      );
    }
  });
});

interface Contributor {
  readonly member: string | null;
  readonly sourced: boolean;
  readonly assisted: boolean;
  readonly closed: boolean;
}

const isOfMember = ({ kind }: { readonly kind: string }): boolean => kind === 'member';

type Row = Record<string, unknown>;
const bySubject = (a: Row, b: Row): number => (String(a['subject']) < String(b['subject']) ? -1 : 1);
