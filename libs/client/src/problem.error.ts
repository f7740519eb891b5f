/** What a service answered instead of what was asked for: its problem details, in words and by code. */
export class ProblemAnswer extends Error {
  override readonly name = 'ProblemAnswer';
  constructor(
    readonly status: number,
    readonly problem: Readonly<Record<string, unknown>>,
  ) {
    super(inWords(problem));
  }

  get code(): string {
    return String(this.problem['code'] ?? this.status);
  }
}

/** No answer came, although it was asked for several times: whether the service acted is unknown. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** A problem as one sentence or two: what is wrong, where, and what to do. */
export function inWords(problem: Readonly<Record<string, unknown>>): string {
  const text = (key: string) => (typeof problem[key] === 'string' ? problem[key] : '');
  const field = text('field') && !text('detail').includes(text('field')) ? `${text('field')}: ` : '';
  const wrong = `${field}${text('detail') || text('title')}`;
  if (wrong === '' || text('remedy') === '') return wrong || text('remedy');
  return `${wrong}${/[.!?]$/.test(wrong) ? '' : '.'} ${text('remedy')}`;
}
