/** Every span name and attribute the services write, in one tree. Messaging names follow OpenTelemetry semconv 1.44. */
export const names = {
  span: {
    accept: (what: string) => `accept ${what}`,
    append: (destination: string) => `append ${destination}`,
    process: (destination: string) => `process ${destination}`,
    send: (destination: string) => `send ${destination}`,
    receive: (destination: string) => `receive ${destination}`,
  },
  messaging: {
    system: 'messaging.system',
    operationName: 'messaging.operation.name',
    operationType: 'messaging.operation.type',
    destination: 'messaging.destination.name',
    partition: 'messaging.destination.partition.id',
    group: 'messaging.consumer.group.name',
    batchCount: 'messaging.batch.message_count',
    messageId: 'messaging.message.id',
    offset: 'messaging.kafka.offset',
  },
  throughline: {
    service: 'throughline.service',
    /** where an append went: `store` (a decision, with its expected version), `log` or `outbox` */
    appendedTo: 'throughline.appended_to',
    stream: 'throughline.stream',
    events: 'throughline.events',
  },
  errorType: 'error.type',
} as const;
