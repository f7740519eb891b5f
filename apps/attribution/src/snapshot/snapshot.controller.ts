import { Controller, Inject } from '@nestjs/common';
import { AttributionError } from '@throughline/attribution';
import { currencyCode, exchangeRateSet, instant } from '@throughline/contracts';
import type { Database } from '@throughline/postgres';
import {
  answer,
  idempotencyKeyOf,
  Input,
  pageSchema,
  ProblemError,
  Route,
  route,
  type InputOf,
} from '@throughline/service';
import { z } from 'zod';
import { DATABASE, NOW } from '../attribution.tokens.ts';
import { readRule, ruleParameters } from './snapshot-rule.ts';
import { readSnapshot, readSnapshots, Snapshots, type KeptSnapshot } from './snapshots.ts';

const tag = 'snapshots';
const snapshot = z.object({
  ...{ model: z.string(), number: z.int(), eventId: z.string(), takenAt: z.string() },
  ...{ rule: z.string(), parameters: z.unknown(), asOf: z.string(), currency: z.string().nullable() },
  ...{ journeys: z.unknown(), weights: z.array(z.unknown()), unattributed: z.unknown(), totals: z.unknown() },
  rates: z.array(exchangeRateSet.schema.omit({ by: true })).optional(),
  inputDigest: z.string(),
}) satisfies z.ZodType<unknown>;

const takeRoute = route({
  method: 'post',
  path: '/v1/snapshots',
  tag,
  summary: 'Runs a data-driven model over all paths as of an instant: weights and credit by channel',
  description:
    'Markov is solved exactly, never simulated. shapley-ordered tells the places of each channel. shapley-general is ' +
    'exact over all coalitions up to 20 channels; beyond, random orders are looked at and the standard error is told; ' +
    'a channel may weigh less than nothing. Open deals are censored. Credit of single deals under a snapshot is asked ' +
    'by GET /v1/credit?snapshot=<model>/<number>; it need not add up to the credit by channel here.',
  headers: [{ name: 'Idempotency-Key', description: 'the same key and body: the same snapshot again' }],
  body: z.strictObject({
    ...ruleParameters,
    asOf: instant.optional().describe('now unless told'),
    currency: currencyCode
      .nullable()
      .default(null)
      .describe(
        'what the amounts of won deals are converted to, each at its close; needed where they are in several currencies. ' +
          'One whose currency nobody knows, or whose close nobody dated, counts without value',
      ),
  }),
  answers: [{ status: 201, description: 'The snapshot', schema: snapshot }],
});
const listRoute = route({
  method: 'get',
  path: '/v1/snapshots',
  tag,
  summary: 'The last thousand snapshots, the latest first',
  answers: [{ status: 200, description: 'The snapshots', schema: pageSchema(snapshot) }],
});
const readRoute = route({
  method: 'get',
  path: '/v1/snapshots/:model/:number',
  tag,
  summary: 'One snapshot',
  params: z.object({ model: z.string().max(200), number: z.coerce.number<string>().int().min(1).max(1e9) }),
  answers: [
    { status: 200, description: 'The snapshot', schema: snapshot },
    { status: 404, description: 'There is none' },
  ],
});

@Controller()
export class SnapshotController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(Snapshots) private readonly snapshots: Snapshots,
    @Inject(NOW) private readonly now: () => Date,
  ) {}

  @Route(takeRoute)
  async take(@Input() { body, headers, trace }: InputOf<typeof takeRoute>) {
    const recordedAt = this.now().toISOString();
    const { asOf, currency, ...said } = body;
    const instantOf = asOf === undefined ? null : new Date(asOf).toISOString();
    const key = idempotencyKeyOf(headers['idempotency-key']);
    const ask = { rule: readRule(said), asOf: instantOf, currency };
    try {
      return answer(201, await this.snapshots.take(ask, key, { recordedAt, ...trace }));
    } catch (error) {
      if (!(error instanceof AttributionError)) throw error;
      const { code, field, message: detail, remedy } = error;
      throw new ProblemError({ status: 409, code, detail, field: `/${field}`, remedy });
    }
  }

  @Route(listRoute)
  async list(): Promise<{ items: KeptSnapshot[]; next: null }> {
    return { items: await readSnapshots(this.database, null, null), next: null };
  }

  @Route(readRoute)
  one(@Input() { params }: InputOf<typeof readRoute>): Promise<KeptSnapshot> {
    return readSnapshot(this.database, params.model, params.number);
  }
}
