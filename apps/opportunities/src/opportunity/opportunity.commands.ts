import {
  distinct,
  opportunityAmountChanged,
  opportunityCloseDateChanged,
  opportunityContactAdded,
  opportunityContactRemoved,
  opportunityExceptionGranted,
  opportunityFitJudged,
  opportunityLost,
  opportunityOpened,
  opportunityOwnerChanged,
  opportunityReopened,
  opportunityStageChanged,
  opportunityWon,
} from '@throughline/contracts';
import type { Command } from '@throughline/decider';
import { z } from 'zod';

const { contributors } = opportunityWon.schema.shape;
const contributor = contributors.unwrap().unwrap().element;
const { member } = contributor.shape;
/** A contributor may be given by id alone; function and role are then unknown. */
const credited = z.union([
  contributor,
  member.transform((id) => ({ member: id, function: null, role: null })),
]);

/** What a command is about is sent, null where it is not known any more: left out it would erase what is known. */
function explicit<S extends z.ZodType>(field: z.ZodDefault<z.ZodNullable<S>>): z.ZodNullable<S> {
  return field.unwrap();
}

/**
 * What the data of each command must look like, by the command's type: that of the event it leads to, less the
 * `from` that the decider adds. The opportunity is the one in the route. Money is in minor units.
 */
export const opportunityCommands = {
  OpenOpportunity: opportunityOpened.schema.omit({ opportunity: true }),
  ChangeStage: opportunityStageChanged.schema.omit({ opportunity: true, from: true }),
  ChangeAmount: opportunityAmountChanged.schema
    .omit({ opportunity: true, from: true })
    .extend({ to: explicit(opportunityAmountChanged.schema.shape.to) }),
  ChangeCloseDate: opportunityCloseDateChanged.schema
    .omit({ opportunity: true, from: true })
    .extend({ to: explicit(opportunityCloseDateChanged.schema.shape.to) }),
  ChangeOwner: opportunityOwnerChanged.schema
    .omit({ opportunity: true, from: true })
    .extend({ to: explicit(opportunityOwnerChanged.schema.shape.to) }),
  AddContact: opportunityContactAdded.schema.omit({ opportunity: true }),
  RemoveContact: opportunityContactRemoved.schema.omit({ opportunity: true }),
  JudgeFit: opportunityFitJudged.schema.omit({ opportunity: true }),
  GrantException: opportunityExceptionGranted.schema.omit({ opportunity: true }),
  WinOpportunity: opportunityWon.schema
    .omit({ opportunity: true })
    .extend({ contributors: z.array(credited).max(100).overwrite(distinct).nullable().default(null) }),
  LoseOpportunity: opportunityLost.schema.omit({ opportunity: true }),
  ReopenOpportunity: opportunityReopened.schema.omit({ opportunity: true }),
} as const;

export type OpportunityCommandType = keyof typeof opportunityCommands;
export type OpportunityCommandData<T extends OpportunityCommandType> = Readonly<
  z.output<(typeof opportunityCommands)[T]>
>;
export type OpportunityCommand = {
  [T in OpportunityCommandType]: Command<T, OpportunityCommandData<T>>;
}[OpportunityCommandType];
