import { Controller, Inject } from '@nestjs/common';
import type { Database } from '@throughline/postgres';
import {
  AfterGate,
  afterParameters,
  flag,
  Input,
  type InputOf,
  readOffset,
  Route,
  route,
} from '@throughline/service';
import { z } from 'zod';
import { refusal } from '../attribution.error.ts';
import { DATABASE, NOW } from '../attribution.tokens.ts';
import {
  creditParameters,
  currencyParameter,
  onlyParameters,
  pageParameters,
  readGroup,
  readOnly,
  refuseReversed,
  refuseUnclosed,
  windowParameters,
} from './ask.query.ts';
import { creditReport } from './credit-report.query.ts';
import { dealBreakdown } from './deal.query.ts';
import { creditEntries } from './entries.query.ts';
import { measureParameter, resolved, snapshotParameter } from './measure.query.ts';
import { topPaths } from './paths.query.ts';
import { answered } from './snapshot.query.ts';

const tag = 'credit';
const text = z.string().nullable();
const figure = z.object({ deals: z.string(), amount: text });
const reportRow = z.object({
  key: z.record(z.string(), text),
  currency: text,
  models: z.record(z.string(), figure),
  spread: figure,
});
const sums = z.object({
  currency: text,
  entries: z.int(),
  opportunities: z.int(),
  weight: text,
  amount: text,
});
const entry = z.record(z.string(), z.unknown());
const pathSum = z.object({ currency: text, paths: z.int(), deals: z.int(), amount: text });

const reportRoute = route({
  method: 'get',
  path: '/v1/credit',
  tag,
  summary:
    'Credit of won deals, or of open ones as they stand, by group, the models side by side with the spread between them',
  description:
    'Deals are decimals, money is minor units by currency, converted where `currency` says so. `unattributed` is what no touch deserves: ' +
    'rows and unattributed sum to the total. What is not known is null.',
  query: z.strictObject({
    ...measureParameter,
    ...snapshotParameter,
    ...creditParameters,
    ...currencyParameter,
    ...pageParameters,
    ...afterParameters,
  }),
  answers: [
    {
      status: 200,
      description: 'Rows, the rest, and their total',
      schema: z.object({
        ...{ measure: z.string(), models: z.array(z.string()), group: z.array(z.string()) },
        ...{ items: z.array(reportRow), unattributed: z.array(reportRow), total: z.array(reportRow) },
        next: text,
      }),
    },
  ],
});
const entriesRoute = route({
  method: 'get',
  path: '/v1/credit/entries',
  tag,
  summary: 'What a figure is made of: deals, touches and event ids, whose sum is the figure',
  query: z.strictObject({
    model: z.string().max(200).optional().describe('a rule model; none for a snapshot'),
    ...measureParameter,
    ...snapshotParameter,
    unattributed: flag.describe('what no touch deserves, by deal'),
    ...windowParameters,
    ...onlyParameters,
    ...currencyParameter,
    ...pageParameters,
    ...afterParameters,
  }),
  answers: [
    {
      status: 200,
      description: 'A page, and the total of all pages by currency',
      schema: z.object({ items: z.array(entry), total: z.array(sums), next: text }),
    },
  ],
});
const dealRoute = route({
  method: 'get',
  path: '/v1/credit/opportunities/:id',
  tag,
  summary: 'One deal: the touches on its path, and its credit under every model as it was said',
  params: z.object({ id: z.string().min(1).max(200) }),
  query: z.strictObject({ ...currencyParameter, ...afterParameters }),
  answers: [
    { status: 200, description: 'The deal', schema: entry },
    { status: 404, description: 'No opportunity has this id' },
  ],
});
const pathsRoute = route({
  method: 'get',
  path: '/v1/paths',
  tag,
  summary: 'The paths of channels that most deals took, won, lost or open, and an explicit rest',
  description: 'Null in `channels` is a touch whose channel nobody said; no channel at all is no touch.',
  query: z.strictObject({
    outcome: z.enum(['won', 'lost', 'open']).default('won'),
    by: z.enum(['deals', 'amount']).default('deals'),
    ...{ from: windowParameters.from, to: windowParameters.to, limit: pageParameters.limit },
    ...currencyParameter,
    ...afterParameters,
  }),
  answers: [
    {
      status: 200,
      description: 'Paths, the rest and the total by currency',
      schema: z.object({
        ...{ items: z.array(entry), rest: z.array(pathSum), total: z.array(pathSum), next: text },
      }),
    },
  ],
});

@Controller()
export class CreditController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(AfterGate) private readonly after: AfterGate,
    @Inject(NOW) private readonly now: () => Date,
  ) {}

  @Route(reportRoute)
  async report(@Input() { query }: InputOf<typeof reportRoute>) {
    const {
      after,
      wait,
      limit,
      cursor,
      models: asked,
      group: by,
      measure,
      snapshot,
      currency,
      ...given
    } = query;
    const [only, group, offset] = [readOnly(given), readGroup(by), readOffset(cursor)];
    if (measure === 'pipeline') refuseUnclosed(only);
    await this.after.passed(after, wait);
    return answered(this.database, async (db) => {
      const credit = await resolved(db, { measure, snapshot, models: asked, only, currency }, this.now());
      const report = await creditReport(db, { ...only, ...credit, group, limit, offset });
      return { measure, models: credit.models, group, ...report };
    });
  }

  @Route(entriesRoute)
  async entries(@Input() { query }: InputOf<typeof entriesRoute>) {
    const {
      after,
      wait,
      limit,
      cursor,
      model: rule,
      unattributed,
      measure,
      snapshot,
      currency,
      ...given
    } = query;
    const [only, offset] = [readOnly(given), readOffset(cursor)];
    if (measure === 'pipeline') refuseUnclosed(only);
    if ((rule === undefined) === (snapshot === undefined)) {
      throw refusal('parameter-invalid', 'Entries are of one model.', {
        field: 'model',
        remedy: 'Name one by model, or a snapshot by snapshot.',
      });
    }
    await this.after.passed(after, wait);
    return answered(this.database, async (db) => {
      const models = rule === undefined ? [] : [rule];
      const asking = { measure, snapshot, models, only, currency, field: 'model' };
      const credit = await resolved(db, asking, this.now());
      const [model = ''] = credit.models;
      const { measured, into } = credit;
      return creditEntries(db, { ...only, measured, into, model, unattributed, limit, offset });
    });
  }

  @Route(dealRoute)
  async deal(@Input() { params, query }: InputOf<typeof dealRoute>) {
    await this.after.passed(query.after, query.wait);
    const { currency } = query;
    return answered(this.database, (db) => dealBreakdown(db, params.id, currency, this.now()));
  }

  @Route(pathsRoute)
  async paths(@Input() { query }: InputOf<typeof pathsRoute>) {
    const { after, wait, from = null, to = null, ...ask } = query;
    refuseReversed({ from, to });
    if (ask.outcome === 'open' && (from !== null || to !== null)) {
      throw refusal('parameter-invalid', 'Open deals have not closed: none is in a window of closes.', {
        field: from === null ? 'to' : 'from',
        remedy: 'Leave out from and to: the paths of open deals are as they stand.',
      });
    }
    await this.after.passed(after, wait);
    const { currency } = query;
    return answered(this.database, (db) => topPaths(db, { ...ask, from, to, currency, now: this.now() }));
  }
}
