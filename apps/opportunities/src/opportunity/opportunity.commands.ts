import { z } from 'zod';
import type { Command } from '@throughline/decider';

const id = z.string().min(1).max(200);
const words = z.string().min(1).max(500);
const instant = z.iso.datetime({ offset: true }).transform((time) => new Date(time).toISOString());
const money = z.strictObject({ amount: z.int(), currency: z.string().regex(/^[A-Z]{3}$/) });
/** Left out and null are the same: unknown. */
const known = <T extends z.ZodType>(schema: T) => schema.nullable().default(null);

const definition = z.strictObject({ id, version: z.int().min(1) });
const criterion = z.strictObject({ criterion: words, met: z.boolean() });
const rule = z.strictObject({
  rule: words,
  input: known(z.union([z.string().max(500), z.number(), z.boolean()])),
  result: z.boolean(),
});

/** What each command's data must look like; the key is the command's type. Money is in minor units. */
export const opportunityCommands = {
  OpenOpportunity: z.strictObject({
    account: known(id),
    leads: z.array(id).max(100).default([]),
    name: known(words),
    amount: known(money),
    process: known(definition),
    stage: known(id),
    owner: known(id),
    productLine: known(id),
    attributes: z.record(id, words.nullable()).default({}),
  }),
  ChangeStage: z.strictObject({ to: id, criteria: z.array(criterion).max(100).default([]) }),
  ChangeAmount: z.strictObject({ amount: known(money) }),
  ChangeCloseDate: z.strictObject({ closeDate: known(z.iso.date()) }),
  ChangeOwner: z.strictObject({ owner: known(id) }),
  AddContact: z.strictObject({ person: id, role: known(id) }),
  RemoveContact: z.strictObject({ person: id }),
  JudgeFit: z.strictObject({
    definition,
    verdict: z.boolean(),
    rules: z.array(rule).max(100).default([]),
    score: known(z.number()),
  }),
  GrantException: z.strictObject({ approver: id, expiry: instant, reason: known(words) }),
  WinOpportunity: z.strictObject({ amount: known(money), contributors: z.array(id).max(100).default([]) }),
  LoseOpportunity: z.strictObject({ reason: known(words) }),
  ReopenOpportunity: z.strictObject({ reason: known(words) }),
} as const;

export type OpportunityCommandType = keyof typeof opportunityCommands;
export type OpportunityCommandData<T extends OpportunityCommandType> = z.output<
  (typeof opportunityCommands)[T]
>;
export type OpportunityCommand = {
  [T in OpportunityCommandType]: Command<T, OpportunityCommandData<T>>;
}[OpportunityCommandType];
