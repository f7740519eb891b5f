import { type Dimension, times } from './dimensions.table.ts';

const column = (name: string, help: string): Dimension => ({ sql: `lead.${name}`, help });
/** `times` writes the row `d`; here the row is `lead`. */
const captured = Object.entries(times('', 'captured_at', 'of capture')).map(
  ([name, { help, sql }]): [string, Dimension] => [
    name,
    {
      help,
      sql: (clock, statement) =>
        typeof sql === 'string' ? sql : sql(clock, statement).replaceAll('d.captured_', 'lead.captured_'),
    },
  ],
);

/** Of the first lead of a deal, the row `lead` of `analytics_v1.opportunity_lead`. */
export const leadDimensions: Readonly<Record<string, Dimension>> = {
  channel: column('channel', 'where the lead came from, as captured'),
  campaign: column('campaign', 'campaign at capture'),
  'product-line': column('product_line', 'product line at capture'),
  ...Object.fromEntries(captured),
  stage: column('stage', 'current stage of the lead'),
  qualifier: column('qualified_by', 'who qualified'),
  'offered-by': column('offered_by', 'who handed over last'),
  'offered-to': column('offered_to', 'to whom it was handed over last'),
  'accepted-by': column('accepted_by', 'who accepted'),
  owner: column('owner', 'current owner of the lead'),
};
