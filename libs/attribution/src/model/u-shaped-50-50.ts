import { milestoneModel, MISSING } from './milestone-weights.ts';
import { choice } from './parameter.ts';
import { ruleModel } from './rule-model.ts';

/**
 * U-shaped 50/50, by milestone: 50 to the first touch, 50 to the touch of lead creation, nothing to any other.
 *
 * Source: Marketo Measure, "U-shaped". HubSpot's has a middle: `u-shaped-40-40-20`.
 */
export const uShaped5050 = ruleModel({
  name: 'u-shaped-50-50',
  title: 'U-shaped 50/50',
  parameters: { missing: choice(MISSING, 'renormalise') },
  ...milestoneModel(({ missing }: { readonly missing: (typeof MISSING)[number] }) => ({
    stages: new Map([
      ['first', 50n],
      ['lead', 50n],
    ]),
    middle: 0n,
    missing,
  })),
});
