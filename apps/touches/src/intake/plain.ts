import { definition, eventId, type FactName } from '@throughline/contracts';
import { idempotencyKeyOf, ProblemError } from '@throughline/service';
import type { Why } from './judge.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/** The headers of the CloudEvent in binary mode that a plain request stands for, and why it is none where it is not. */
export interface Plain {
  readonly headers: Headers;
  readonly refused: Why | null;
}

/** What a plain route says by itself of every fact that comes by it. */
export interface PlainRoute {
  readonly path: string;
  readonly name: FactName;
  /** of facts that name none */
  readonly source: string;
}

const CLOUD_EVENTS = /^\s*application\/cloudevents/i;
const noCloudEvents: Why = {
  code: 'unsupported-media-type',
  field: 'content-type',
  reason: 'this route takes the data of one fact, and no CloudEvents',
  remedy: 'Send application/json, or use POST /v1/events.',
};

/**
 * Fills in the headers that plain data came without. The key is taken as it was sent: it is no `ce-` header, whose
 * text is percent-encoded.
 */
export function readPlain(sent: Headers, route: PlainRoute, newId: () => string): Plain {
  const filled = {
    'ce-specversion': '1.0',
    'ce-source': route.source,
    'content-type': 'application/json',
    ...sent,
    'ce-type': definition(route.name).type,
  };
  if (CLOUD_EVENTS.test(filled['content-type'])) return { headers: filled, refused: noCloudEvents };
  if (sent['ce-id'] !== undefined) return { headers: filled, refused: null };
  try {
    const key = idempotencyKeyOf(sent['idempotency-key']);
    const id = key === null ? newId() : encodeURIComponent(idOf(key, route));
    return { headers: { ...filled, 'ce-id': id }, refused: null };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const { code, field = null, detail, remedy = '' } = error.described;
    return { headers: filled, refused: { code, field, reason: detail, remedy } };
  }
}

/** A key that two routes of one source are sent names a fact of each. */
function idOf(key: string, { path, source }: PlainRoute): string {
  return source === path ? key : eventId(path, key);
}
