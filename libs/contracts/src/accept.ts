import { isJsonType } from './json-type.ts';
import { checkData, definitionFor, isTooLong, LONGEST_NAME, readInferred } from './check.ts';
import type { CloudEvent, CloudEventItem } from './cloud-event.ts';
import { ContractError } from './contract.error.ts';
import type { JourneyEvent } from './event.ts';
import { eventId } from './identifiers.ts';
import { readOccurrence, refuseAhead } from './time.ts';
import { readTraceContext } from './trace-context.ts';

/**
 * A fact as the platform keeps it, from what an emitter sent.
 * @param recordedAt RFC 3339 UTC with milliseconds: when the platform takes it
 * @throws ContractError; for a decision's type it names the route of the command to use instead
 */
export function acceptFact(item: CloudEventItem | CloudEvent, recordedAt: string): JourneyEvent {
  const { attributes, data: sent } = eventOf(item);
  if (attributes['specversion'] !== '1.0') {
    const remedy = 'Send specversion "1.0".';
    throw new ContractError('wrong-spec-version', 'specversion', 'the event is not CloudEvents 1.0', remedy);
  }
  const entry = definitionFor(text(attributes, 'type'));
  if (entry.route !== null) {
    const remedy = `Use ${entry.route}.`;
    throw new ContractError('decision-type', 'type', `${entry.name} is decided by a service`, remedy);
  }
  const source = text(attributes, 'source');
  const sourceId = text(attributes, 'id');
  refuseOtherFormats(attributes['datacontenttype']);
  const occurrence = readOccurrence(attributes['time'], attributes['precision']);
  refuseAhead(occurrence.occurredAt, recordedAt);
  const inferred = readInferred(attributes['inferred']);
  const data = checkData(entry, sent);
  const id = eventId(source, sourceId);
  return {
    id,
    sourceId,
    source,
    name: entry.name,
    schemaVersion: entry.schemaVersion,
    ...occurrence,
    inferred,
    recordedAt,
    stream: null,
    key: entry.key(data, id),
    data,
    ...readTraceContext(attributes['traceparent'], attributes['tracestate']),
  };
}

function eventOf(item: CloudEventItem | CloudEvent): CloudEvent {
  if (!('event' in item)) return item;
  if (item.error) throw item.error;
  return item.event;
}

function text(attributes: CloudEvent['attributes'], name: string): string {
  const value = attributes[name];
  if (value === undefined || value === '') {
    const remedy = `Send ${name} as a text of 1 to ${LONGEST_NAME} characters.`;
    throw new ContractError('missing-attribute', name, `the event has no ${name}`, remedy);
  }
  if (isTooLong(value)) {
    const remedy = `Send ${name} as a text of 1 to ${LONGEST_NAME} characters.`;
    throw new ContractError(
      'bad-attribute',
      name,
      `${name} is longer than ${LONGEST_NAME} characters`,
      remedy,
    );
  }
  return value;
}

function refuseOtherFormats(mediaType: string | undefined): void {
  if (mediaType === undefined || isJsonType(mediaType)) return;
  const remedy = 'Send the data as JSON, with datacontenttype application/json or none.';
  throw new ContractError('invalid-data', 'datacontenttype', 'the data is not JSON', remedy);
}
