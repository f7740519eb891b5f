import { milestoneModel, MISSING } from './milestone-weights.ts';
import { choice } from './parameter.ts';
import { ruleModel } from './rule-model.ts';

/**
 * U-shaped 40/40/20, by milestone: 40 to the first touch, 40 to the touch of lead creation, 20 in equal parts to those
 * between them.
 *
 * Source: HubSpot, "U-shaped". Marketo Measure's has no middle: `u-shaped-50-50`.
 */
export const uShaped404020 = ruleModel({
  name: 'u-shaped-40-40-20',
  title: 'U-shaped 40/40/20',
  parameters: { missing: choice(MISSING, 'renormalise') },
  ...milestoneModel(({ missing }: { readonly missing: (typeof MISSING)[number] }) => ({
    stages: new Map([
      ['first', 40n],
      ['lead', 40n],
    ]),
    middle: 20n,
    missing,
  })),
});
