import { RULE_MODELS } from '@throughline/attribution';
import { attributionModelDefined } from '@throughline/contracts';
import type { Command } from '@throughline/decider';
import { z } from 'zod';
import type { Definition } from '../credit/deal.state.ts';

const { title, milestones, scope, exposures, windowDays, mostRecent, severalConversions, inForceFrom } =
  attributionModelDefined.schema.shape;

const MOST_STEPS = 10;

/** What a sender says of a version; what is left out is as in the standard models. */
export const defineModel = z.strictObject({
  ...{ title, inForceFrom },
  rule: z.enum(RULE_MODELS.map(({ name }) => name)),
  parameters: z.record(z.string(), z.unknown()).default({}),
  scope: scope.default('account'),
  exposures: exposures.default(false),
  windowDays: windowDays.unwrap().default(365),
  mostRecent: mostRecent
    .unwrap()
    .default(null)
    .describe('after path steps; touches that hold milestones count beside them; all unless told'),
  severalConversions: severalConversions.default('reuse'),
  pathSteps: z
    .array(z.unknown())
    .max(MOST_STEPS)
    .optional()
    .describe(
      'taken in this order, on the touches that count: { step: collapse-repeats }, { step: first-occurrence }, ' +
        '{ step: exclude, channels: [direct] } (unless the whole path is that), { step: exclude-trailing, channels }, ' +
        '{ step: keep-last, touches: 5 }; of what is folded the first touch stays',
    ),
  milestones,
  stageProbabilities: z
    .strictObject({
      stages: z.record(z.string(), z.union([z.number(), z.string()])),
      other: z
        .union([z.number(), z.string()])
        .default('1')
        .describe('of a stage that is not named, and where no stage is known; 1 unless told'),
    })
    .optional()
    .describe('for pipeline: amount × probability of the stage, 0 to 1; the whole amount unless told'),
});

/** As it is sent: steps and probabilities are read as the parameters of the rule are. */
export type GivenSettings = z.output<typeof defineModel>;

/** A version without its place. */
export type ModelSettings = Omit<Definition, 'model' | 'version'>;

/** `DefineModel` as it comes through the door. */
export type SentModel = Command<'DefineModel', GivenSettings>;
export type DefineModel = Command<'DefineModel', ModelSettings>;
/** Makes a model that comes with the service, where it is not there yet. */
export type ShipModel = Command<'ShipModel', ModelSettings>;
export type ModelCommand = DefineModel | ShipModel;
