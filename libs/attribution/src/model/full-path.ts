import { milestoneModel, MISSING } from './milestone-weights.ts';
import { choice } from './parameter.ts';
import { ruleModel } from './rule-model.ts';

/**
 * Full path (Z-shaped): 22.5 each to the first touch, the touch of lead creation, that of opportunity creation and that
 * of the close, 10 in equal parts to the others before the close.
 *
 * Source: Marketo Measure, HubSpot, "full path". In whole numbers 9 : 9 : 9 : 9 : 4.
 */
export const fullPath = ruleModel({
  name: 'full-path',
  title: 'Full path',
  parameters: { missing: choice(MISSING, 'renormalise') },
  ...milestoneModel(({ missing }: { readonly missing: (typeof MISSING)[number] }) => ({
    stages: new Map([
      ['first', 9n],
      ['lead', 9n],
      ['opportunity', 9n],
      ['close', 9n],
    ]),
    middle: 4n,
    missing,
  })),
});
