import { RULE_MODELS } from '@throughline/attribution';
import { attributionModelDefined } from '@throughline/contracts';
import type { Command } from '@throughline/decider';
import { z } from 'zod';
import type { Definition } from '../credit/deal.state.ts';

const { title, scope, exposures, windowDays, mostRecent, severalConversions, inForceFrom } =
  attributionModelDefined.schema.shape;

/** What a sender says of a version; what is left out is as in the standard models. */
export const defineModel = z.strictObject({
  ...{ title, inForceFrom },
  rule: z.enum(RULE_MODELS.map(({ name }) => name)),
  parameters: z.record(z.string(), z.unknown()).default({}),
  scope: scope.default('account'),
  exposures: exposures.default(false),
  windowDays: windowDays.unwrap().default(365),
  mostRecent: mostRecent.default(500),
  severalConversions: severalConversions.default('reuse'),
});

/** A version without its place. */
export type ModelSettings = Omit<Definition, 'model' | 'version'>;

export type DefineModel = Command<'DefineModel', ModelSettings>;
/** Makes a model that comes with the service, where it is not there yet. */
export type ShipModel = Command<'ShipModel', ModelSettings>;
export type ModelCommand = DefineModel | ShipModel;
