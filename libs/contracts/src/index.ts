export { acceptFact } from './accept.ts';
export { catalogue, definition, definitionOfType, isEventName } from './catalogue.ts';
export type {
  CatalogueEntry,
  DecisionName,
  EventData,
  EventInput,
  EventName,
  FactName,
} from './catalogue.ts';
export { CURRENCIES, inWhole, minorDigits } from './currency.ts';
export { checkData, definitionFor, readInferred } from './check.ts';
export type { CloudEvent, CloudEventItem } from './cloud-event.ts';
export { ContractError } from './contract.error.ts';
export type { ContractErrorCode } from './contract.error.ts';
export { LOG_TOPICS, TOPICS } from './definition.ts';
export type { EventDefinition, Kind, Topic } from './definition.ts';
export type { JourneyEvent, Precision } from './event.ts';
export { currencyCode, dayOrInstant, distinct, id, instant } from './fields.ts';
export type { Money } from './fields.ts';
export * from './leads.ts';
export * from './buying-committee.ts';
export * from './opportunities.ts';
export * from './identities.ts';
export * from './campaigns.ts';
export * from './touches.ts';
export * from './attribution.ts';
export * from './credit-snapshots.ts';
export * from './exchange-rates.ts';
export { BATCH_EVENTS, readCloudEvents } from './http.ts';
export type { HttpHeaders } from './http.ts';
export { canonicalJson } from './canonical.ts';
export { EVENT_NAMESPACE, eventId, payloadHash, withdrawnTouch } from './identifiers.ts';
export { isEvent } from './is-event.ts';
export { firstByte, sliceArray } from './json-array.ts';
export { BATCH_BYTES, EVENT_BYTES, parseJson } from './json.ts';
export type { JsonLimits } from './json.ts';
export { isJsonType } from './json-type.ts';
export { fromRecord, toRecord } from './record.ts';
export type { EncodedRecord } from './record.ts';
export { sampleEvent } from './samples.ts';
export { readOccurrence, refuseAhead, toDay, toInstant } from './time.ts';
export type { Occurrence } from './time.ts';
export { readTraceContext } from './trace-context.ts';
export type { TraceContext } from './trace-context.ts';
