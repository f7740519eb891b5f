import { ProblemError } from '@throughline/service';

/** Every refusal of this service and the HTTP status it has. */
const statuses = {
  'opportunity-unknown': 404,
  'model-unknown': 404,
  'snapshot-unknown': 404,
  'parameter-invalid': 422,
  'missing-rate': 422,
  'not-prepared': 503,
  'verify-running': 409,
  'currency-needed': 409,
} as const;

export type AttributionRefusal = keyof typeof statuses;

/** A question that cannot be answered as asked; `remedy` says what to ask instead. */
export function refusal(
  code: AttributionRefusal,
  detail: string,
  more: { readonly field?: string; readonly remedy: string },
): ProblemError {
  return new ProblemError({ status: statuses[code], code, detail, ...more });
}
