import { z } from 'zod';
import type { Command } from '@throughline/decider';

const id = z.string().min(1).max(200);
const words = z.string().min(1).max(500);
const instant = z.iso.datetime({ offset: true }).transform((time) => new Date(time).toISOString());
/** Left out and null are the same: unknown. */
const known = <T extends z.ZodType>(schema: T) => schema.nullable().default(null);

const definition = z.strictObject({ id, version: z.int().min(1) });
const rule = z.strictObject({
  rule: words,
  input: known(z.union([z.string().max(500), z.number(), z.boolean()])),
  result: z.boolean(),
});

/** What each command's data must look like; the key is the command's type. */
export const leadCommands = {
  CaptureLead: z.strictObject({
    person: known(id),
    account: known(id),
    source: known(id),
    campaign: known(id),
    touch: known(id),
    productLine: known(id),
    attributes: z.record(id, words.nullable()).default({}),
  }),
  AssessLead: z.strictObject({
    definition,
    verdict: z.boolean(),
    rules: z.array(rule).max(100).default([]),
    score: known(z.number()),
  }),
  QualifyLead: z.strictObject({ definition: known(definition), by: known(id), reason: known(words) }),
  OfferLead: z.strictObject({
    handOff: id,
    to: known(id),
    by: known(id),
    answerDue: known(instant),
    firstTouchDue: known(instant),
    ruleVersion: known(id),
  }),
  AcceptLead: z.strictObject({ handOff: id, by: known(id) }),
  RejectLead: z.strictObject({ handOff: id, by: known(id), reason: id, note: known(words) }),
  ExpireOffer: z.strictObject({ handOff: id, at: instant }),
  ReassignLead: z.strictObject({ to: id, by: known(id), reason: known(words) }),
  FollowUpLead: z.strictObject({ by: known(id), type: id, outcome: known(words) }),
  RecycleLead: z.strictObject({ reason: words, until: known(instant), by: known(id) }),
  ReturnLead: z.strictObject({ reason: known(words), by: known(id) }),
  DisqualifyLead: z.strictObject({ reason: words, by: known(id) }),
  ConvertLead: z.strictObject({ opportunity: id, by: known(id) }),
} as const;

export type LeadCommandType = keyof typeof leadCommands;
export type LeadCommandData<T extends LeadCommandType> = z.output<(typeof leadCommands)[T]>;
export type LeadCommand = { [T in LeadCommandType]: Command<T, LeadCommandData<T>> }[LeadCommandType];
