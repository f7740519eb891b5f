/** The evidence does not hold an event yet; it is asked again. */
export class NotYetEvidence extends Error {
  override readonly name = 'NotYetEvidence';
  readonly retriable = true;
  constructor(what: string) {
    super(`The evidence does not hold ${what} yet; credit is concluded once it does.`);
  }
}

/** The evidence parked an event: nothing can be concluded from it until it is replayed there. */
export class WaitsForEvidence extends Error {
  override readonly name = 'WaitsForEvidence';
  constructor(event: string) {
    super(`Event ${event} is parked in the evidence; replay it there (GET /v1/evidence/parked), then here.`);
  }
}
