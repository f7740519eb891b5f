import { modelOf, RULE_MODELS } from '@throughline/attribution';
import { STANDARD_COUNTING } from '../credit/deal-paths.ts';
import type { ModelSettings } from './model.commands.ts';

/** Rules whose weights somebody has to choose: they come with no model. */
const chosen = (name: string): boolean => name.startsWith('custom-');

/** The models that come with the service: each rule with its defaults, in force for every deal. */
export const standardModels: readonly { readonly model: string; readonly settings: ModelSettings }[] =
  RULE_MODELS.filter(({ name }) => !chosen(name)).map(({ name, title }) => ({
    model: name,
    settings: {
      ...{ title, rule: name, parameters: modelOf({ name }).spec.parameters as ModelSettings['parameters'] },
      ...STANDARD_COUNTING,
      inForceFrom: null,
    },
  }));
