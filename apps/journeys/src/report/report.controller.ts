import { Controller, Inject } from '@nestjs/common';
import type { Database } from '@throughline/postgres';
import { AfterGate, afterParameters, Input, type InputOf, Route, route } from '@throughline/service';
import { z } from 'zod';
import { DATABASE, NOW } from '../journeys.tokens.ts';
import { reportAnswer, reportsAnswer } from './answers.ts';
import { dimensionNames } from './ask.query.ts';
import { checks } from './checks.table.ts';
import { type Given, parameters, queryOf } from './parameters.table.ts';
import { type Report, reports, settingsOf, unknownReport } from './report.table.ts';
import { onSnapshot } from '../snapshot.query.ts';

const tag = 'reports';
const list = route({
  method: 'get',
  path: '/v1/reports',
  summary: 'Every report with its parameters and the names it can be grouped by',
  tag,
  answers: [{ status: 200, description: 'The reports', schema: reportsAnswer }],
});
const unknown = route({
  method: 'get',
  path: '/v1/reports/:name',
  summary: 'A report that is not listed: 404 with the reports there are',
  tag,
  params: z.object({ name: z.string() }),
  query: z.looseObject({}),
  answers: [{ status: 404, description: 'There is no such report' }],
});

/** The route of one report, all from its declaration. */
const routeOf = (report: Report) =>
  route({
    method: 'get',
    path: `/v1/reports/${report.name}`,
    summary: `Report: ${report.help}`,
    description:
      'Counts are whole rows, money is minor units as text, shares are per cent; null is not known.',
    tag,
    query: queryOf(report.takes, afterParameters),
    answers: [{ status: 200, description: 'The report', schema: reportAnswer(report.name) }],
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
      dimensions: Object.fromEntries(Object.entries(sets).map(([set, of]) => [set, dimensionNames(of)])),
      ...(takes.includes('check')
        ? { checks: checks.map((check) => ({ name: check.name, help: check.help })) }
        : {}),
    }));
    const described = Object.entries(parameters).map(([name, { description }]) => [name, description ?? '']);
    return { items, next: null, parameters: Object.fromEntries(described) as Record<string, string> };
  }

  async answer(report: Report, { query }: InputOf<ReturnType<typeof routeOf>>) {
    const { after, wait, ...given } = query as Given & z.output<z.ZodObject<typeof afterParameters>>;
    await this.after.passed(after, wait);
    const now = this.now().toISOString();
    const found = await onSnapshot(this.database, (snapshot) => report.run(snapshot, given, now));
    return { report: report.name, ...settingsOf(report, given, now), ...found };
  }

  @Route(unknown)
  none(@Input() { params }: InputOf<typeof unknown>): never {
    throw unknownReport(params.name);
  }
}

/** One handler a report, so that each has its own parameters in OpenAPI. */
for (const report of reports) {
  const handler = `report ${report.name}`;
  const value = function (this: ReportController, input: InputOf<ReturnType<typeof routeOf>>) {
    return this.answer(report, input);
  };
  Object.defineProperty(ReportController.prototype, handler, { value, configurable: true, writable: true });
  Input()(ReportController.prototype, handler, 0);
  const descriptor = Object.getOwnPropertyDescriptor(ReportController.prototype, handler);
  Route(routeOf(report))(ReportController.prototype, handler, descriptor as PropertyDescriptor);
}
