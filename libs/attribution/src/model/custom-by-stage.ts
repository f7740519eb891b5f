import { STAGES } from '../journey/milestone.ts';
import { milestoneModel, MISSING, type MilestoneShares } from './milestone-weights.ts';
import { checkWeights, choice, weight, weightsByName } from './parameter.ts';
import { ruleModel } from './rule-model.ts';

/**
 * Custom by stage: any weights for the first touch and those of lead creation, opportunity creation and close, and
 * `middle` in equal parts on the others before the last stage that has a weight.
 *
 * Source: Marketo Measure, "custom model". Where there is no middle touch Marketo splits its weight evenly over the
 * stages, here it goes to them in proportion, as all that is renormalised.
 */
export const customByStage = ruleModel({
  name: 'custom-by-stage',
  title: 'Custom by stage',
  parameters: { stages: weightsByName(STAGES), middle: weight('0'), missing: choice(MISSING, 'renormalise') },
  ...milestoneModel(({ stages, middle, missing }: Pick<MilestoneShares, keyof MilestoneShares>) => {
    checkWeights('stages, middle', [...stages.values(), middle]);
    return { stages, middle, missing };
  }),
});
