import { Controller, Inject } from '@nestjs/common';
import type { Database } from '@throughline/postgres';
import {
  AfterGate,
  afterParameters,
  Input,
  type InputOf,
  pageSchema,
  readOffset,
  Route,
  route,
} from '@throughline/service';
import { z } from 'zod';
import { DATABASE, NOW } from '../attribution.tokens.ts';
import {
  creditParameters,
  currencyParameter,
  pageParameters,
  refuseReversed,
  windowParameters,
} from '../report/ask.query.ts';
import { answered } from '../report/snapshot.query.ts';
import { assists, subjects, type Subject } from './assists.query.ts';
import { campaignReturn } from './campaign-return.query.ts';
import { recognition } from './recognition.query.ts';

const tag = 'assists';
const { from, to } = windowParameters;
const count = z.int();
const counts = z.object({ deals: count, sourced: count, assisted: count, closed: count });

const assistsRoute = route({
  method: 'get',
  path: '/v1/assists',
  tag,
  summary: 'Who sourced, assisted and closed won deals, with the same counts in lost ones',
  query: z.strictObject({
    by: z.enum(Object.keys(subjects) as [Subject]).default('member'),
    ...{ from, to },
    ...pageParameters,
    ...afterParameters,
  }),
  answers: [
    {
      status: 200,
      description: 'A page; total counts the deals that were looked at',
      schema: z.object({
        items: z.array(z.object({ subject: z.string().nullable(), won: counts, lost: counts })),
        total: z.object({ won: count, lost: count, untouched: count }),
        next: z.string().nullable(),
      }),
    },
  ],
});
const recognitionRoute = route({
  method: 'get',
  path: '/v1/recognition',
  tag,
  summary: 'An entry at each win that names who had part, of both functions, not the closer alone',
  query: z.strictObject({ ...{ from, to }, ...currencyParameter, ...pageParameters, ...afterParameters }),
  answers: [
    {
      status: 200,
      description: 'The latest win first',
      schema: pageSchema(z.record(z.string(), z.unknown())),
    },
  ],
});
const campaignsRoute = route({
  method: 'get',
  path: '/v1/campaigns/return',
  tag,
  summary:
    'Spend, credited revenue and pipeline of each campaign under each model; cost unknown where none was told',
  description:
    'Spend of a period falls on its days in equal parts, to the cent: what falls into windows that follow each other sums ' +
    'to it. A day is in the window that its beginning (UTC) is in. Spend is converted whole, at the last day of its period.',
  query: z.strictObject({
    models: creditParameters.models,
    ...{ from, to },
    openedFrom: from.describe('pipeline: only of deals opened on this day or instant (UTC) or later'),
    openedTo: to.describe('pipeline: only of deals opened before this day or instant (UTC)'),
    ...currencyParameter,
    ...pageParameters,
    ...afterParameters,
  }),
  answers: [
    {
      status: 200,
      description: 'A page of campaigns',
      schema: pageSchema(z.record(z.string(), z.unknown())),
    },
  ],
});

@Controller()
export class AssistController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(AfterGate) private readonly after: AfterGate,
    @Inject(NOW) private readonly now: () => Date,
  ) {}

  @Route(assistsRoute)
  async assists(@Input() { query }: InputOf<typeof assistsRoute>) {
    const { after, wait, cursor, from: since = null, to: until = null, ...ask } = query;
    const offset = readOffset(cursor);
    refuseReversed(query);
    await this.after.passed(after, wait);
    return answered(this.database, (db) => assists(db, { ...ask, from: since, to: until, offset }));
  }

  @Route(recognitionRoute)
  async recognition(@Input() { query }: InputOf<typeof recognitionRoute>) {
    const { after, wait, cursor, from: since = null, to: until = null, limit, currency } = query;
    const offset = readOffset(cursor);
    refuseReversed(query);
    await this.after.passed(after, wait);
    const ask = { from: since, to: until, limit, offset, currency, now: this.now() };
    return answered(this.database, (db) => recognition(db, ask));
  }

  @Route(campaignsRoute)
  async campaigns(@Input() { query }: InputOf<typeof campaignsRoute>) {
    const { after, wait, from: since = null, to: until = null, cursor, ...rest } = query;
    const { openedFrom = null, openedTo = null, ...more } = rest;
    const offset = readOffset(cursor);
    refuseReversed(query);
    refuseReversed({ from: openedFrom, to: openedTo }, 'opened');
    await this.after.passed(after, wait);
    const ask = { ...more, from: since, to: until, openedFrom, openedTo, offset, now: this.now() };
    return answered(this.database, (db) => campaignReturn(db, { ...ask, currency: query.currency }));
  }
}
