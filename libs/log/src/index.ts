export * from './log.ts';
export * from './log.error.ts';
export { extentOf } from './extent.ts';
export { fingerprint } from './fingerprint.ts';
export { foreignIn } from './foreign.ts';
export { memoryLog, type MemoryLogOptions } from './memory-log.ts';
export { MemoryStore } from './memory-store.ts';
export { observedLog } from './observed-log.ts';
export { partitionOf } from './partition-of.ts';
export { readAll } from './read-all.ts';
export { postgresLog, type PostgresLogOptions } from './postgres/postgres-log.ts';
export { kafkaLog, type KafkaLogOptions } from './kafka/kafka-log.ts';
export {
  kafkaAccess,
  kafkaAccessKeys,
  SASL_MECHANISMS,
  type KafkaAccess,
  type KafkaAccessKeys,
  type KafkaPassword,
} from './kafka/kafka-access.ts';
export { LogContext } from './log-context.ts';
export { LOG, LogExceptionFilter, LogTransport, OnBatch, type LogTransportOptions } from './log-transport.ts';
