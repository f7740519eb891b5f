import { loadSql } from '@throughline/postgres';
import { touchPlacement, type StableViews } from '@throughline/projection';

const placedTouch = [
  loadSql(import.meta.url, './placed-touch.sql'),
  touchPlacement,
  'where not exists (select from touch_withdrawal w where w.touch = t.event_id)',
];
const whole = (name: string) => ({ name, sql: `select * from ${name}` });

/** What credit and its reports are read from, whatever build is live; granted to nobody. */
export const evidenceViews: StableViews = {
  schema: 'evidence',
  views: [
    ...['touch', 'touch_withdrawal', 'opportunity', 'opportunity_contact', 'lead', 'lead_opportunity'].map(
      whole,
    ),
    ...['campaign_spend', 'member', 'person_alias', 'visitor_person', 'membership'].map(whole),
    { name: 'assertion', sql: 'select event_id, relation, low, high from identity_assertion' },
    { name: 'entry', sql: 'select event_id from entry' },
    { name: 'parked', sql: 'select event_id, state from parked' },
    { name: 'contested', sql: 'select event_id from repeat where conflict' },
    { name: 'placed_touch', sql: placedTouch.join('\n') },
  ],
};
