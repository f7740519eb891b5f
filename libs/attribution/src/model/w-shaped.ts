import { milestoneModel, MISSING } from './milestone-weights.ts';
import { choice } from './parameter.ts';
import { ruleModel } from './rule-model.ts';

/**
 * W-shaped: 30 each to the first touch, the touch of lead creation and that of opportunity creation, 10 in equal parts to
 * the others before opportunity creation.
 *
 * Source: Marketo Measure, HubSpot, "W-shaped".
 */
export const wShaped = ruleModel({
  name: 'w-shaped',
  title: 'W-shaped',
  parameters: { missing: choice(MISSING, 'renormalise') },
  ...milestoneModel(({ missing }: { readonly missing: (typeof MISSING)[number] }) => ({
    stages: new Map([
      ['first', 30n],
      ['lead', 30n],
      ['opportunity', 30n],
    ]),
    middle: 10n,
    missing,
  })),
});
