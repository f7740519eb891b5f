/** What cannot be taken cannot be kept either: it is answered neither as taken nor as quarantined (503, try again). */
export class QuarantineUnavailable extends Error {
  override readonly name = 'QuarantineUnavailable';
  readonly retriable = true;
  constructor(cause: unknown) {
    super('Quarantine could not keep what was sent. Send it again.', { cause });
  }
}
