import { Controller } from '@nestjs/common';
import type { FactName } from '@throughline/contracts';
import { Input, Route, route, type Answer, type InputOf } from '@throughline/service';
import { z } from 'zod';
import { batchAnswer, resultsSchema, singleAnswer, takenSchema } from './answers.ts';
import { factBodies, plainBody } from './documented.ts';
import { DoorCount, type Accounting } from './door-count.ts';
import { Intake } from './intake.ts';
import type { QuarantineUsage } from '../quarantine/quarantine-limits.ts';
import { Quarantine } from '../quarantine/quarantine.ts';
import { readPlain, type PlainRoute } from './plain.ts';

const taken = { status: 202, description: 'Durable: in the log, or on its way there', schema: takenSchema };
const kept = {
  status: 422,
  description: 'Not valid: kept in quarantine, whose id the problem names; of a batch, one result an item',
};
const full = { status: 507, description: 'Not valid, and the quarantine is full: kept nowhere' };

/** I1: a fact is never lost over something beside it, so a query that means nothing here is left unread. */
const anyQuery = z.object({});

const binaryHeaders = ['ce-specversion', 'ce-type', 'ce-source', 'ce-id', 'ce-time'].map((name) => ({
  name,
  description: 'Binary mode: the attribute of this name, the body being the data alone',
}));

const events = route({
  method: 'post',
  path: '/v1/events',
  query: anyQuery,
  tag: 'facts',
  summary: 'Takes facts as CloudEvents 1.0: binary, structured or batched',
  description:
    'A batch (an array of at most 1,000 events, 1 MB) is answered item by item: 202 all, 207 some, 422 none.',
  consumes: factBodies,
  headers: binaryHeaders,
  answers: [
    { ...taken, schema: z.union([takenSchema, resultsSchema]) },
    { status: 207, description: 'Some of a batch were taken', schema: resultsSchema },
    { ...kept, schema: resultsSchema },
    { ...full, schema: resultsSchema },
  ],
});

const plain = (path: string, name: FactName, source = path) => ({
  ...{ name, source },
  ...route({
    method: 'post',
    path,
    query: anyQuery,
    tag: 'facts',
    summary: `Takes the data of one ${name} as plain JSON`,
    description:
      'Whatever ce- headers are left out are filled in: ce-id by the Idempotency-Key (else a new one), ce-source by ' +
      `${source}. Without ce-time it is undated.`,
    consumes: plainBody(name),
    headers: [
      { name: 'Idempotency-Key', description: 'Names this fact for ever: sent again it changes nothing' },
      { name: 'ce-source', description: 'The system that says it' },
      { name: 'ce-time', description: 'When it happened, RFC 3339' },
    ],
    answers: [taken, kept, full],
  }),
});

const touches = plain('/v1/touches', 'touch.recorded');
/** From the source of plain touches, so that a touch that named none is withdrawn by its id alone. */
const withdrawals = plain('/v1/touches/withdraw', 'touch.withdrawn', touches.source);
const links = plain('/v1/identities', 'identity.linked');
const unlinks = plain('/v1/identities/unlink', 'identity.unlinked');

/** Paths of the routes that facts come in by. */
export const DOORS = [events, touches, withdrawals, links, unlinks].map(({ path }) => path);

const figure = z.int().min(0);
const accounting = route({
  method: 'get',
  path: '/v1/accounting',
  tag: 'facts',
  summary: 'Every item ever received here: accepted, quarantined or refused',
  answers: [
    {
      status: 200,
      description: 'received = accepted + quarantined + refused',
      schema: z.object({
        received: figure,
        accepted: figure,
        quarantined: figure,
        refused: figure,
        quarantine: z.object({
          waiting: figure,
          replayed: figure,
          discarded: figure,
          bytes: figure.describe('of what waits'),
          maxBytes: figure.describe('past which nothing more is kept'),
        }),
      }),
    },
  ],
});

type RawInput = InputOf<typeof events>;

@Controller()
export class EventsController {
  constructor(
    private readonly intake: Intake,
    private readonly count: DoorCount,
    private readonly quarantine: Quarantine,
  ) {}

  @Route(events)
  async events(@Input() { headers, body, trace }: RawInput): Promise<Answer> {
    const items = await this.intake.take(headers, body, trace);
    const [first] = items;
    return isBatch(headers, body) || first === undefined ? batchAnswer(items) : singleAnswer(first);
  }

  @Route(touches)
  touches(@Input() input: RawInput): Promise<Answer> {
    return this.plain(input, touches);
  }

  @Route(withdrawals)
  withdrawals(@Input() input: RawInput): Promise<Answer> {
    return this.plain(input, withdrawals);
  }

  @Route(links)
  links(@Input() input: RawInput): Promise<Answer> {
    return this.plain(input, links);
  }

  @Route(unlinks)
  unlinks(@Input() input: RawInput): Promise<Answer> {
    return this.plain(input, unlinks);
  }

  @Route(accounting)
  async accounting(): Promise<Accounting & { quarantine: QuarantineUsage }> {
    const [counts, usage] = [await this.count.read(), await this.quarantine.usage()];
    return { ...counts, quarantine: { ...counts.quarantine, ...usage } };
  }

  private async plain({ headers, body, trace }: RawInput, by: PlainRoute): Promise<Answer> {
    const plain = readPlain(headers, by, () => this.intake.newId());
    const [first] =
      plain.refused === null
        ? await this.intake.take(plain.headers, body, trace)
        : await this.intake.refuse(plain.headers, body, trace, plain.refused);
    if (first === undefined) throw new Error('a single event gave no result');
    return singleAnswer(first);
  }
}

const BRACKET = 0x5b;

/** Whether the caller sent an array and so expects one result an item, even where it holds one or cannot be read. */
function isBatch(headers: RawInput['headers'], body: Buffer): boolean {
  const type = headers['content-type'] ?? '';
  if (/^\s*application\/cloudevents-batch/i.test(type)) return true;
  if (
    /^\s*application\/cloudevents/i.test(type) ||
    Object.keys(headers).some((name) => name.startsWith('ce-'))
  ) {
    return false;
  }
  return body.find((byte) => ![0x20, 0x09, 0x0a, 0x0d].includes(byte)) === BRACKET;
}
