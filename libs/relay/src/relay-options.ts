export interface RelayOptions {
  /** keys are spread over so many shards, each with one owner; 1 unless told, the same in every process */
  readonly shards?: number;
  /** most rows a batch, 1,000 unless told */
  readonly batchSize?: number;
  /** most bytes a batch, 512 KB unless told: whole in one partition it must fit the broker's limit of 1 MB */
  readonly batchBytes?: number;
  /** how long it waits for a ring before it looks by itself, 1,000 ms unless told */
  readonly pollMs?: number;
  /** asked before anything is sent; what it throws keeps everything in the outbox, such as a store that is older than its log */
  readonly before?: () => Promise<void>;
}
