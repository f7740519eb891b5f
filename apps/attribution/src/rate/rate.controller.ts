import { Controller, Inject } from '@nestjs/common';
import { exchangeRateSet } from '@throughline/contracts';
import type { CommandResult } from '@throughline/event-store';
import type { Database } from '@throughline/postgres';
import {
  answer,
  idempotencyKeyOf,
  Input,
  pageSchema,
  readOffset,
  Route,
  route,
  type Answer,
  type InputOf,
} from '@throughline/service';
import { z } from 'zod';
import { DATABASE, NOW } from '../attribution.tokens.ts';
import { pageParameters } from '../report/ask.query.ts';
import { setRate, withdrawRate } from './rate.commands.ts';
import { standingRates } from './rates.query.ts';
import { SetRates } from './set-rates.ts';

const tag = 'exchange rates';
const { from, to } = exchangeRateSet.schema.shape;
const pair = z.object({
  from: from.meta({ examples: ['USD'] }),
  to: to.meta({ examples: ['EUR'] }),
});
const rate = z
  .object({
    ...{ from: z.string(), to: z.string(), day: z.string(), rate: z.string() },
    ...{ by: z.string().nullable(), setAt: z.string(), eventId: z.string() },
  })
  .meta({
    examples: [
      {
        ...{ from: 'USD', to: 'EUR', day: '2026-03-01', rate: '0.92', by: 'member-1' },
        ...{ setAt: '2026-03-02T08:00:00.000Z', eventId: '6f1d0f0e-4f0a-5d3c-9a52-6a5e4a1f7f10' },
      },
    ],
  });

const listRoute = route({
  method: 'get',
  path: '/v1/exchange-rates',
  tag,
  summary: 'The rates that stand, by pair and day; each counts until the next day that has one',
  query: z.strictObject({ from: from.optional(), to: to.optional(), ...pageParameters }),
  answers: [{ status: 200, description: 'A page of rates', schema: pageSchema(rate) }],
});
const headers = [
  { name: 'Idempotency-Key', description: 'Names this command for ever: sent again it gets the same answer' },
];
const said = z.object({
  ...{ stream: z.string(), version: z.int() },
  events: z.array(z.object({ id: z.string(), name: z.string(), version: z.int() })),
  ...{ after: z.null(), replayed: z.boolean() },
});
const setRoute = route({
  method: 'post',
  path: '/v1/exchange-rates/:from/:to/set',
  tag,
  summary: 'Say what one unit of a currency is worth in another from a day on; of a day, the last one stands',
  description:
    'Whole units as people quote them: 0.92 for USD and EUR is 0.92 euro a dollar. Nothing is turned round or chained: ' +
    'EUR to USD is a pair of its own. Reports that convert go by the rates that stand when they are asked; a snapshot ' +
    'keeps those it was taken by.',
  ...{ params: pair, headers, body: z.strictObject({ data: setRate }) },
  answers: [
    { status: 200, description: 'Stored, or it was already so', schema: said },
    { status: 409, description: 'The key was used for another rate' },
  ],
});
const withdrawRoute = route({
  method: 'post',
  path: '/v1/exchange-rates/:from/:to/withdraw',
  tag,
  summary: 'Take the rate of a day back: the one of the day before that has one counts on',
  description:
    'Where no day before has one, what it was needed for is refused again (`missing-rate`). It can be set again.',
  ...{ params: pair, headers, body: z.strictObject({ data: withdrawRate }) },
  answers: [
    { status: 200, description: 'Taken back; without events: none was set for this day', schema: said },
    { status: 409, description: 'The key was used for another rate' },
  ],
});

@Controller()
export class RateController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(SetRates) private readonly rates: SetRates,
    @Inject(NOW) private readonly now: () => Date,
  ) {}

  @Route(listRoute)
  list(@Input() { query }: InputOf<typeof listRoute>) {
    const { from: of = null, to: into = null, limit, cursor } = query;
    return standingRates(this.database, { from: of, to: into, limit, offset: readOffset(cursor) });
  }

  @Route(setRoute)
  set(@Input() { params, body, headers, trace }: InputOf<typeof setRoute>): Promise<Answer> {
    const meta = this.#meta(headers['idempotency-key'], trace);
    return toldAs(this.rates.set({ ...params, ...body.data }, meta));
  }

  @Route(withdrawRoute)
  withdraw(@Input() { params, body, headers, trace }: InputOf<typeof withdrawRoute>): Promise<Answer> {
    const meta = this.#meta(headers['idempotency-key'], trace);
    return toldAs(this.rates.withdraw({ ...params, ...body.data }, meta));
  }

  #meta(key: string | undefined, trace: InputOf<typeof setRoute>['trace']) {
    const recordedAt = this.now().toISOString();
    return {
      commandId: idempotencyKeyOf(key),
      ...{
        source: '/v1/exchange-rates',
        occurredAt: recordedAt,
        precision: 'instant' as const,
        inferred: [],
      },
      ...{ ...trace, recordedAt },
    };
  }
}

/** There is no place to wait for: a rate counts, or does no more, from the answer on. */
async function toldAs(result: Promise<CommandResult>): Promise<Answer> {
  const { stream, version, events, replayed } = await result;
  return answer(200, { stream, version, events, after: null, replayed }, { etag: `"${version}"` });
}
