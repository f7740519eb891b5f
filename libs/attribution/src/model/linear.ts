import { ruleModel } from './rule-model.ts';

/**
 * Linear per touch: w(i) = 1/n; a channel that comes twice gets twice.
 *
 * Source: Google Analytics, Adobe Analytics; so do ChannelAttribution, Fractribution and Snowplow.
 */
export const linear = ruleModel({
  name: 'linear',
  title: 'Linear per touch',
  parameters: {},
  weights: () => (journey) => journey.touches.map(() => 1n),
});
