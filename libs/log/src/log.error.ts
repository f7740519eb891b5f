/** The log did not answer, or not in time: whether records that were sent are stored is unknown. Send them again. */
export class LogUnavailable extends Error {
  override readonly name = 'LogUnavailable';
  readonly retriable = true;
  constructor(topic: string, why: string, options?: ErrorOptions) {
    super(
      `The log did not answer for ${topic}: ${why}. Records that it did not acknowledge: send them again.`,
      options,
    );
  }
}

export class TopicMissing extends Error {
  override readonly name = 'TopicMissing';
  readonly retriable = false;
  constructor(readonly topic: string) {
    super(`The log has no topic ${topic}. Make it with 'throughline topics'.`);
  }
}

/** A topic that exists with a setting that would lose or reorder events. */
export class TopicMismatch extends Error {
  override readonly name = 'TopicMismatch';
  readonly retriable = false;
  constructor(
    readonly topic: string,
    readonly setting: string,
    readonly found: string,
    readonly wanted: string,
  ) {
    super(`Topic ${topic} has ${setting}=${found}; it must be ${wanted}. Alter the topic, then start again.`);
  }
}

/** The log cannot serve this partition from the stored position without losing or inventing records. */
export class PartitionHalted extends Error {
  override readonly name = 'PartitionHalted';
  readonly retriable = false;
}
