/** By what credit can be told apart: the name of a dimension, and where it stands. Nothing else ever becomes SQL. */
export const dimensions = {
  channel: { column: 't.channel', help: 'as its emitter said it, else by the channel grouping' },
  'said-channel': { column: 't.said_channel', help: 'as its emitter said it, or nothing' },
  'utm-source': {
    column: 't.utm_source',
    help: 'the source of its UTM parameters, or the site it was referred by',
  },
  'utm-medium': { column: 't.utm_medium', help: 'the medium of its UTM parameters' },
  campaign: { column: 't.campaign', help: 'the campaign of the touch, else that of its UTM parameters' },
  person: { column: 's.person', help: 'whose touch it is: the customer’s person, canonical' },
  member: { column: 't.actor', help: 'the member of the revenue team who made the touch' },
  team: { column: 't.team', help: 'marketing or sales' },
  asset: { column: 't.asset', help: 'the content of the touch' },
  'touch-type': { column: 't.type', help: 'page-view, meeting-held …' },
  account: { column: 'd.account', help: 'the account of the deal' },
  owner: { column: 'd.owner', help: 'the owner of the deal' },
  opportunity: { column: 'd.opportunity', help: 'the deal' },
} as const;
export type Dimension = keyof typeof dimensions;
export const dimensionNames = Object.keys(dimensions) as Dimension[];

/** Which date of a credit a window is of. */
export const dates = {
  closed: { column: 'd.closed_at', help: 'when the deal was won' },
  created: { column: 'd.opened_at', help: 'when the deal was opened' },
  touch: { column: 't.occurred_at', help: 'when the touch was; what no touch deserves has no such date' },
} as const;
export type DateMeaning = keyof typeof dates;
