import { Controller } from '@nestjs/common';
import {
  Input,
  limit,
  pageOf,
  pageSchema,
  Route,
  route,
  type InputOf,
  type Page,
} from '@throughline/service';
import { z } from 'zod';
import { Quarantine, type Quarantined } from './quarantine.ts';
import { Replay, unknown, type Replayed } from './replay.ts';

const tag = 'quarantine';
const params = z.object({ id: z.uuid() });
const state = z.enum(['waiting', 'replayed', 'discarded']);
const item = z.object({
  id: z.uuid(),
  receivedAt: z.string(),
  state,
  code: z.string(),
  field: z.string().nullable(),
  reason: z.string(),
  remedy: z.string(),
  bytes: z.int(),
  replayedAt: z.string().nullable(),
  eventIds: z.array(z.uuid()).nullable(),
  discardedAt: z.string().nullable(),
  discardedReason: z.string().nullable(),
});
const whole = item.extend({
  headers: z.record(z.string(), z.string()),
  raw: z.string().describe('The bytes as they came, in base64'),
  text: z.string().nullable().describe('The same as text, where they are UTF-8'),
});
const missing = { status: 404, description: 'No item has this id' };
const settled = { status: 409, description: 'It was replayed or discarded before' };

const list = route({
  method: 'get',
  path: '/v1/quarantine',
  tag,
  summary: 'What the door could not take, oldest first',
  query: z.strictObject({
    limit,
    cursor: z.uuid().optional().describe('`next` of the page before'),
    state: z.enum([...state.options, 'all']).default('waiting'),
  }),
  answers: [{ status: 200, description: 'A page', schema: pageSchema(item) }],
});
const show = route({
  method: 'get',
  path: '/v1/quarantine/:id',
  tag,
  summary: 'One item with its bytes',
  params,
  answers: [{ status: 200, description: 'The item', schema: whole }, missing],
});
const replay = route({
  method: 'post',
  path: '/v1/quarantine/:id/replay',
  tag,
  summary: 'Tries an item again, by the rules of today',
  params,
  answers: [
    {
      status: 200,
      description: 'Taken: its events are in the log, or on their way there',
      schema: z.object({ quarantine: z.uuid(), events: z.array(z.uuid()), after: z.string().nullable() }),
    },
    missing,
    settled,
    { status: 422, description: 'Still not good, and why' },
  ],
});
const discard = route({
  method: 'post',
  path: '/v1/quarantine/:id/discard',
  tag,
  summary: 'Takes an item out for good; its bytes are kept',
  params,
  body: z.strictObject({ reason: z.string().trim().min(1).max(1_000) }),
  answers: [
    { status: 200, description: 'Discarded', schema: z.object({ quarantine: z.uuid(), state }) },
    missing,
    settled,
  ],
});

@Controller()
export class QuarantineController {
  constructor(
    private readonly quarantine: Quarantine,
    private readonly replays: Replay,
  ) {}

  @Route(list)
  async list(@Input() { query }: InputOf<typeof list>): Promise<Page<Quarantined>> {
    const wanted = query.state === 'all' ? null : query.state;
    const most = query.limit + 1;
    const found = await this.quarantine.list({ state: wanted, after: query.cursor ?? null, most });
    return pageOf(found, query.limit, ({ id }) => id);
  }

  @Route(show)
  async show(@Input() { params: { id } }: InputOf<typeof show>) {
    const kept = await this.quarantine.show(id);
    if (kept === null) throw unknown(id);
    return { ...kept, raw: kept.raw.toString('base64'), text: textOf(kept.raw) };
  }

  @Route(replay)
  replay(@Input() { params: { id } }: InputOf<typeof replay>): Promise<Replayed> {
    return this.replays.replay(id);
  }

  @Route(discard)
  async discard(@Input() { params: { id }, body }: InputOf<typeof discard>) {
    await this.replays.discard(id, body.reason);
    return { quarantine: id, state: 'discarded' };
  }
}

function textOf(raw: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    return null;
  }
}
