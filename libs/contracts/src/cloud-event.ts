import type { ContractError } from './contract.error.ts';

/** A CloudEvent as it was sent: attributes and extensions by lower case name, the data parsed. */
export interface CloudEvent {
  readonly attributes: Readonly<Record<string, string>>;
  readonly data: unknown;
}

interface Sent {
  /** place in the batch, from 0 */
  readonly index: number;
  /** the item's own bytes as they came, for quarantine */
  readonly raw: Buffer;
  /** with `raw`, what `readCloudEvents` needs to read the same item again */
  readonly headers: Readonly<Record<string, string>>;
}

/** One event of a request: read, or refused with its reason. */
export type CloudEventItem =
  | (Sent & { readonly event: CloudEvent; readonly error: null })
  | (Sent & { readonly event: null; readonly error: ContractError });
