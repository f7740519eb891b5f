import { Controller } from '@nestjs/common';
import { z } from 'zod';
import { answer, type Answer } from './answer.ts';
import { Health, type HealthReport } from './health.ts';
import { Route, route } from './route.ts';

const finding = z.object({
  ok: z.boolean(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
});
const report = z.object({ status: z.enum(['ok', 'failing']), checks: z.record(z.string(), finding) });

const answers = [
  { status: 200, description: 'Every check holds', schema: report },
  { status: 503, description: 'At least one check fails', schema: report },
];

/** Probes add what they like, and are answered. */
const query = z.object({});

const live = route({
  ...{ method: 'get', query },
  path: '/health/live',
  tag: 'health',
  summary: 'Whether the process answers at all; restart it when not',
  answers: [{ status: 200, description: 'It does', schema: z.object({ status: z.literal('ok') }) }],
});
const ready = route({
  ...{ method: 'get', query },
  path: '/health/ready',
  tag: 'health',
  summary: 'Whether the service has what it needs to answer; send it no requests when not',
  answers,
});
const fresh = route({
  ...{ method: 'get', query },
  path: '/health/fresh',
  tag: 'health',
  summary: 'Whether projections and relays keep up; alarm when not',
  answers,
});

@Controller()
export class HealthController {
  constructor(private readonly health: Health) {}

  @Route(live)
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Route(ready)
  async ready(): Promise<Answer> {
    return answerOf(await this.health.readyReport());
  }

  @Route(fresh)
  async fresh(): Promise<Answer> {
    return answerOf(await this.health.freshReport());
  }
}

function answerOf(found: HealthReport): Answer {
  return answer(found.status === 'ok' ? 200 : 503, found, { 'cache-control': 'no-store' });
}
