import { Controller, Inject } from '@nestjs/common';
import { loadSql } from '@throughline/postgres';
import { answer, bigintsAsText, Input, route, Route, type InputOf } from '@throughline/service';
import { z } from 'zod';
import { AttributionWorkers } from '../attribution-workers.ts';
import { onSnapshot } from '../report/snapshot.query.ts';
import { DigestSum } from './digest-sum.ts';
import { Verification } from './verification.ts';

const askRecompute = loadSql(import.meta.url, './sql/ask-recompute.sql');
const tag = 'credit';
const verification = z.object({ state: z.string(), result: z.unknown(), error: z.string().nullable() });
const wish = z.object({
  ...{
    id: z.string(),
    reason: z.string(),
    closedFrom: z.string().nullable(),
    mends: z.boolean().describe('whether rows that are not what was said are written again'),
    seen: z.int().describe('deals looked at so far'),
    revised: z
      .int()
      .describe(
        'credits that were another one: said anew, or only written again; rates that were written again',
      ),
  },
  foldedInto: z.string().nullable().describe('the wish whose round does for it'),
  ...{ askedAt: z.string(), doneAt: z.string().nullable() },
});

const digestRoute = route({
  method: 'get',
  path: '/v1/credit/digest',
  tag,
  summary: 'Digest of all credit of won deals; equal for equal evidence, whatever order it came in',
  answers: [
    {
      status: 200,
      description: 'How many credits, and the sum of their hashes',
      schema: z.object({ credits: z.int(), digest: z.string() }),
    },
  ],
});
const startRoute = route({
  method: 'post',
  path: '/v1/credit/verify',
  tag,
  summary:
    'Starts to prove credit: the evidence against the log, all credit against the evidence, exchange rates against what was said',
  answers: [{ status: 202, description: 'It runs', schema: verification }],
});
const stateRoute = route({
  method: 'get',
  path: '/v1/credit/verify',
  tag,
  summary:
    'Whether credit in force equals credit computed from scratch, bit for bit, and rates are as they were said',
  answers: [{ status: 200, description: 'The last run', schema: verification }],
});
const recomputeRoute = route({
  method: 'post',
  path: '/v1/credit/recompute',
  tag,
  summary:
    'Looks at every deal again and says what differs; needed after a verification that found something',
  description:
    'Runs beside: rows that are not what was said, exchange rates too, are written again, without an event, and every deal ' +
    'is credited anew. ' +
    'What is kept of a deal that nobody opened goes; where it was credited, that is said. GET tells how far it is.',
  body: z.strictObject({ reason: z.string().trim().min(1).max(200) }),
  answers: [{ status: 202, description: 'It runs', schema: z.object({ id: z.string() }) }],
});
const recomputesRoute = route({
  method: 'get',
  path: '/v1/credit/recompute',
  tag,
  summary: 'Deals that are or were to be looked at again, the latest wish first',
  answers: [
    {
      status: 200,
      description: 'The last hundred',
      schema: z.object({ items: z.array(wish), next: z.string().nullable() }),
    },
  ],
});

@Controller()
export class ProofController {
  constructor(
    @Inject(AttributionWorkers) private readonly workers: AttributionWorkers,
    @Inject(Verification) private readonly verification: Verification,
  ) {}

  @Route(digestRoute)
  digest() {
    return onSnapshot(this.workers.database, async (db) => {
      const sum = new DigestSum();
      for (let after = ['', '']; ;) {
        const { rows } = await db.query<{ opportunity: string; model: string; said: string }>(
          `select opportunity, model, said from credit
            where outcome = 'won' and (opportunity collate "C", model collate "C") > ($1, $2)
            order by opportunity collate "C", model collate "C" limit 5000`,
          after,
        );
        for (const { said } of rows) sum.add(said);
        const last = rows.at(-1);
        if (!last) return { credits: sum.count, digest: sum.hex };
        after = [last.opportunity, last.model];
      }
    });
  }

  @Route(startRoute)
  start() {
    return answer(202, bigintsAsText(this.verification.start()));
  }

  @Route(stateRoute)
  state() {
    return bigintsAsText(this.verification.state);
  }

  @Route(recomputeRoute)
  async recompute(@Input() { body }: InputOf<typeof recomputeRoute>) {
    const { rows } = await this.workers.database.query<{ id: string }>(askRecompute, [body.reason]);
    void this.workers.again.runOnce();
    return answer(202, { id: rows[0]?.id ?? '' });
  }

  @Route(recomputesRoute)
  async recomputes() {
    const { rows } = await this.workers.database.query(
      `select id, reason, closed_from as "closedFrom", mends, seen, revised, folded_into as "foldedInto",
              asked_at as "askedAt", done_at as "doneAt"
         from recompute order by id desc limit 100`,
    );
    return { items: rows, next: null };
  }
}
