import { touchPlacement, type StableViews } from '@throughline/projection';
import { loadSql } from '@throughline/postgres';
import { comments } from './comments.table.ts';

const view = (name: string) => ({
  name,
  sql: loadSql(import.meta.url, `./${name.replaceAll('_', '-')}.sql`),
});
const whole = (name: string) => ({ name, sql: `select * from ${name}` });

/** What analysts query; no personal fields. A view that reads another stands after it. */
export const analyticsViews: StableViews = {
  schema: 'analytics_v1',
  readers: ['analyst'],
  comments,
  views: [
    view('person'),
    view('visitor_person'),
    view('person_account'),
    view('account_parent'),
    view('account'),
    view('member'),
    { name: 'touch', sql: `${view('touch').sql}\n${touchPlacement}` },
    view('lead'),
    view('opportunity'),
    whole('opportunity_stage'),
    whole('opportunity_contact'),
    whole('lead_opportunity'),
    view('opportunity_lead'),
    view('opportunity_change'),
    view('stage_stay'),
    view('lead_change'),
    view('hand_off'),
    whole('campaign_spend'),
    whole('touch_withdrawal'),
    view('timeline_entry'),
  ],
};

/** What the service itself reads besides, personal fields included; granted to nobody. */
export const servingViews: StableViews = {
  schema: 'journeys_read',
  views: [
    whole('timeline_entry'),
    view('assertion'),
    view('standing'),
    { name: 'repeat', sql: 'select event_id, topic, partition, "offset", standing, conflict from repeat' },
    {
      name: 'parked',
      sql: 'select event_id, topic, partition, "offset", key, state, code, reason, parked_at from parked',
    },
  ],
};
