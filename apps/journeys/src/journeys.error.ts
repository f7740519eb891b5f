import { ProblemError } from '@throughline/service';

/** Every refusal of this service and the HTTP status it has. */
const statuses = {
  'subject-unknown': 404,
  'event-unknown': 404,
  'report-unknown': 404,
  'data-set-unknown': 422,
  'dimension-unknown': 422,
  'parameter-invalid': 422,
  'not-prepared': 503,
} as const;

export type JourneysErrorCode = keyof typeof statuses;

/** A question that cannot be answered as asked; `remedy` says what to ask instead. */
export function refusal(
  code: JourneysErrorCode,
  detail: string,
  more: { field?: string; remedy: string },
): ProblemError {
  return new ProblemError({ status: statuses[code], code, detail, ...more });
}
