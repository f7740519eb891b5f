import { Script } from './script.ts';

/** The selling company: invented people, offices and campaigns. */
export const members = [
  {
    id: 'sim-member-mara',
    name: 'Mara Lindqvist (simulated)',
    function: 'marketing',
    manager: 'sim-member-ines',
    office: 'North',
  },
  {
    id: 'sim-member-teo',
    name: 'Teo Marchetti (simulated)',
    function: 'marketing',
    manager: 'sim-member-ines',
    office: 'South',
  },
  {
    id: 'sim-member-ines',
    name: 'Ines Okafor (simulated)',
    function: 'marketing',
    manager: null,
    office: 'North',
  },
  {
    id: 'sim-member-sven',
    name: 'Sven Aalto (simulated)',
    function: 'sales',
    manager: 'sim-member-rhea',
    office: 'North',
  },
  {
    id: 'sim-member-lucia',
    name: 'Lucia Ferrand (simulated)',
    function: 'sales',
    manager: 'sim-member-rhea',
    office: 'North',
  },
  {
    id: 'sim-member-dara',
    name: 'Dara Whelan (simulated)',
    function: 'sales',
    manager: 'sim-member-oskar',
    office: 'South',
  },
  {
    id: 'sim-member-pavel',
    name: 'Pavel Novotny (simulated)',
    function: 'sales',
    manager: 'sim-member-oskar',
    office: 'South',
  },
  {
    id: 'sim-member-rhea',
    name: 'Rhea Castellan (simulated)',
    function: 'sales',
    manager: null,
    office: 'North',
  },
  {
    id: 'sim-member-oskar',
    name: 'Oskar Brandt (simulated)',
    function: 'sales',
    manager: null,
    office: 'South',
  },
] as const;

export const sellers = [
  'sim-member-sven',
  'sim-member-lucia',
  'sim-member-dara',
  'sim-member-pavel',
] as const;
export const marketers = ['sim-member-mara', 'sim-member-teo'] as const;

/** What brings people here first is a touch of type `begins`; what the last one costs nobody told. */
export const campaigns = [
  { id: 'sim-campaign-search', channel: 'paid_search', monthly: 420_000, begins: 'ad-click' },
  { id: 'sim-campaign-social', channel: 'social', monthly: 260_000, begins: 'social-engagement' },
  { id: 'sim-campaign-webinar', channel: 'webinar', monthly: 180_000, begins: 'webinar-registered' },
  { id: 'sim-campaign-fair', channel: 'trade_show', monthly: 900_000, begins: 'trade-show' },
  { id: 'sim-campaign-newsletter', channel: 'email', monthly: 60_000, begins: 'email-clicked' },
  { id: 'sim-campaign-partners', channel: 'partner', monthly: null, begins: 'partner-introduction' },
] as const;
export type Campaign = (typeof campaigns)[number];

const names = [
  'Alder Works',
  'Basalt Freight',
  'Corvid Energy',
  'Dunlin Foods',
  'Ember Tools',
  'Fjord Paper',
  'Garnet Clinics',
  'Heron Glass',
  'Iris Mobility',
  'Juniper Labs',
  'Kestrel Air',
  'Larch Homes',
  'Merle Textiles',
  'Nimbus Steel',
  'Otter Ports',
  'Pike Marine',
  'Quarry Stone',
  'Rowan Seeds',
  'Sable Print',
  'Tern Logistics',
  'Umber Paints',
  'Vesper Hotels',
  'Willow Care',
  'Xenon Optics',
  'Yarrow Pharma',
  'Zephyr Wind',
  'Aspen Rail',
  'Birch Bakery',
  'Cedar Schools',
  'Dogwood Media',
  'Elm Insurance',
  'Fern Gardens',
  'Gorse Mining',
  'Hazel Retail',
  'Ivy Security',
  'Jasmine Travel',
  'Knapweed Farms',
  'Linden Legal',
  'Maple Motors',
  'Nettle Apps',
];
const industries = ['manufacturing', 'logistics', 'health', 'retail', 'services'];
const countries = ['DE', 'FR', 'SE', 'IE', 'IT'];

export interface Account {
  readonly id: string;
  readonly name: string;
  readonly industry: string;
  readonly country: string;
  readonly employees: number;
}

export const accounts: readonly Account[] = names.map((name, index) => ({
  id: `sim-account-${name.toLowerCase().replace(' ', '-')}`,
  name: `${name} (simulated)`,
  industry: industries[index % industries.length] as string,
  country: countries[index % countries.length] as string,
  employees: 40 + ((index * 137) % 1900),
}));

/** Who works where, which companies there are, what the campaigns cost month by month. */
export function describeCompany(): Script {
  const script = new Script('company', '2026-01-05T08:00:00.000Z');
  for (const { id, ...member } of members) script.fact('member.described', { member: id, ...member });
  for (const { id, ...account } of accounts) script.fact('account.described', { account: id, ...account });
  const [parent, ...children] = accounts.slice(0, 3);
  for (const child of children)
    script.fact('identity.linked', { relation: 'account-in-parent', from: child.id, to: parent?.id });
  for (const { id, channel, monthly } of campaigns)
    for (let month = 1; month <= 6 && monthly !== null; month += 1) {
      const days = new Date(Date.UTC(2026, month, 0)).getUTCDate();
      const name = `2026-${String(month).padStart(2, '0')}`;
      script.fact('campaign.spend-recorded', {
        ...{ campaign: id, channel },
        amount: { amount: monthly, currency: 'EUR' },
        period: { from: `${name}-01`, to: `${name}-${days}` },
      });
    }
  return script;
}
