import { z } from 'zod';
import { BATCH_BYTES, parseJson } from '@throughline/contracts';
import { ProblemError, type FieldError } from './problem.ts';

/** Where something was sent; fields of a body are JSON pointers, all others plain names. */
export type Place = 'body' | 'query' | 'path';

/**
 * A JSON body as its schema says.
 * @throws ContractError where it is not strict JSON; ProblemError 422 naming every field that is wrong
 */
export function checkBody<S extends z.ZodType>(schema: S, raw: Buffer): z.output<S> {
  return check(schema, parseJson(raw, { maxBytes: BATCH_BYTES }), 'body');
}

/** @throws ProblemError 422 naming every field that is wrong and what to send instead */
export function check<S extends z.ZodType>(schema: S, value: unknown, place: Place): z.output<S> {
  const read = schema.safeParse(value);
  if (read.success) {
    if (place !== 'body') refuseUnstorable(read.data, place);
    return read.data;
  }
  const errors = read.error.issues.flatMap((issue) => fieldErrors(issue, place, schema));
  const first = errors[0];
  throw new ProblemError({
    status: 422,
    code: `invalid-${place}`,
    detail:
      first === undefined
        ? `The ${place} is not valid.`
        : `${first.field || `The ${place}`}: ${first.reason}`,
    ...(first === undefined ? {} : { field: first.field, remedy: first.remedy }),
    ...(errors.length > 1 ? { errors } : {}),
  });
}

/** Paths and queries only: of a body, the reader of JSON refuses it. */
function refuseUnstorable(read: unknown, place: Place): void {
  if (typeof read !== 'object' || read === null) return;
  for (const [field, value] of Object.entries(read)) {
    if (!isUnstorable(value)) continue;
    const reason = 'holds a character that no text here can have';
    throw new ProblemError({
      status: 422,
      code: `invalid-${place}`,
      detail: `${field}: ${reason}`,
      field,
      remedy: 'Send it without NUL, and without half a surrogate pair.',
    });
  }
}

/** PostgreSQL takes neither NUL nor half a surrogate pair. */
function isUnstorable(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed();
  return typeof value === 'object' && value !== null && Object.values(value).some(isUnstorable);
}

function fieldErrors(issue: z.core.$ZodIssue, place: Place, schema: z.ZodType): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      field: fieldOf([...issue.path, key], place),
      reason: 'is not known here',
      remedy: unknownRemedy(place, schema),
    }));
  }
  return [{ field: fieldOf(issue.path, place), reason: reasonOf(issue), remedy: remedyOf(issue) }];
}

/** More values than a reader wants to see; such a list has a message of its own. */
const isLong = ({ values }: z.core.$ZodIssueInvalidValue): boolean => values.length > 20;

/** zod leaves the input out of its issues. */
const isMissing = ({ message }: z.core.$ZodIssue): boolean => message.endsWith('received undefined');

/** A query is short enough to list what it may hold. */
function unknownRemedy(place: Place, schema: z.ZodType): string {
  if (place === 'body' || !(schema instanceof z.ZodObject))
    return 'Leave it out; /openapi.json lists what this route takes.';
  const known = Object.keys(schema.shape);
  return known.length === 0
    ? 'Leave it out; this route takes no parameters.'
    : `Leave it out; this route takes: ${known.join(', ')}.`;
}

/** Nothing that the remedy says too: the values there are, the form that is wanted. */
function reasonOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value')
    return isLong(issue) ? issue.message : 'is none of the values that it can have';
  return issue.code === 'invalid_format' && saysForm(issue) ? 'is not in its form' : issue.message;
}

function fieldOf(path: readonly PropertyKey[], place: Place): string {
  if (place !== 'body') return path.map((part) => String(part) || '(no name)').join('.');
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function remedyOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return isMissing(issue)
        ? `It is missing: send it as ${issue.expected}, null only where /openapi.json allows it.`
        : `Send it as ${issue.expected}.`;
    case 'invalid_value':
      if (isLong(issue)) return 'Send one of the values that /openapi.json lists.';
      return `Send ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}.`;
    case 'too_big':
      return `Send at most ${issue.maximum.toString()}.`;
    case 'too_small':
      return `Send at least ${issue.minimum.toString()}.`;
    case 'invalid_format':
      return formatRemedy(issue);
    default:
      return 'Send it as /openapi.json describes.';
  }
}

function formatRemedy(issue: z.core.$ZodIssueInvalidStringFormat): string {
  const { format, pattern, message } = issue;
  if (format !== 'regex') return `Send it in the form ${format}.`;
  if (!saysForm(issue)) return `Send it as the pattern ${pattern ?? ''} has it.`;
  return `${message.slice(0, 1).toUpperCase()}${message.slice(1)}.`;
}

/** A pattern with a message of its own says what it wants; zod's message starts with Invalid. */
const saysForm = ({ format, message }: z.core.$ZodIssueInvalidStringFormat): boolean =>
  format === 'regex' && !message.startsWith('Invalid ');
