/** Collects the values of one statement. Names in SQL come from closed lists, values only from here. */
export class Statement {
  readonly values: unknown[] = [];

  /** @returns the placeholder that stands for this value */
  bind(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}
