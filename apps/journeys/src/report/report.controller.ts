import { Controller, Inject } from '@nestjs/common';
import type { Database } from '@throughline/postgres';
import { AfterGate, afterParameters, Input, type InputOf, Route, route } from '@throughline/service';
import { z } from 'zod';
import { DATABASE, NOW } from '../journeys.tokens.ts';
import { reportAnswer, reportsAnswer } from './answers.ts';
import { askParameters, dimensionNames } from './ask.query.ts';
import { checks } from './checks.table.ts';
import { dataSets } from './dimensions.table.ts';
import { reportNamed, reports } from './report.table.ts';
import { onSnapshot } from '../snapshot.query.ts';

const tag = 'reports';
const list = route({
  method: 'get',
  path: '/v1/reports',
  summary: 'Every report with its parameters and the names it can be grouped by',
  tag,
  answers: [{ status: 200, description: 'The reports', schema: reportsAnswer }],
});
const one = route({
  method: 'get',
  path: '/v1/reports/:name',
  summary: 'One report',
  description: 'Counts are whole rows, money is minor units, shares are per cent; what is not known is null.',
  tag,
  params: z.object({ name: z.string() }),
  query: z.strictObject({ ...askParameters.shape, ...afterParameters }),
  answers: [{ status: 200, description: 'The report', schema: reportAnswer }],
});

@Controller()
export class ReportController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(NOW) private readonly now: () => Date,
    @Inject(AfterGate) private readonly after: AfterGate,
  ) {}

  @Route(list)
  all() {
    const items = reports.map(({ name, help, sets, takes }) => ({
      name,
      help,
      takes,
      dimensions: Object.fromEntries(sets.map((set) => [set, dimensionNames(dataSets[set])])),
      ...(takes.includes('check')
        ? { checks: checks.map((check) => ({ name: check.name, help: check.help })) }
        : {}),
    }));
    const parameters = Object.entries(askParameters.shape).map(([name, { description }]) => [
      name,
      description ?? '',
    ]);
    return { items, next: null, parameters: Object.fromEntries(parameters) as Record<string, string> };
  }

  @Route(one)
  async report(@Input() { params, query }: InputOf<typeof one>) {
    const { after, wait, ...given } = query;
    const report = reportNamed(params.name);
    await this.after.passed(after, wait);
    const question = { given, now: this.now().toISOString() };
    const found = await onSnapshot(this.database, (snapshot) => report.run(snapshot, question));
    return { report: report.name, ...found };
  }
}
