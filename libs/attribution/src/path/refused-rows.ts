/** A row of a file that was not taken. */
export interface RefusedRow {
  readonly line: number;
  readonly why: string;
}

/** Refused rows that are told one by one. */
export const MOST_TOLD = 20;

/**
 * The rows of a file that were refused: the first twenty by line, and how many there are, in whatever order they are
 * found. It keeps no more, so that a file of which every row is bad takes no memory.
 */
export class RefusedRows {
  readonly #first: RefusedRow[] = [];
  #count = 0;

  /** A line that is wrong twice is told once, as it was refused last. */
  add(row: RefusedRow): void {
    const first = this.#first;
    const place = first.findIndex(({ line }) => line >= row.line);
    if (first[place]?.line === row.line) {
      first[place] = row;
      return;
    }
    this.#count += 1;
    if (place >= 0) first.splice(place, 0, row);
    else if (first.length < MOST_TOLD) first.push(row);
    if (first.length > MOST_TOLD) first.pop();
  }

  get count(): number {
    return this.#count;
  }

  /** Ascending by line. */
  get first(): readonly RefusedRow[] {
    return this.#first;
  }
}
