import { z } from 'zod';
import { fact } from './definition.ts';
import { attributes, count, id, label, optional, personal, slug, team, words } from './fields.ts';

/** Which kinds of entity each relation joins, lower rank first (visitor, person, account). */
export const RELATIONS = {
  'visitor-is-person': { from: 'visitor', to: 'person' },
  'same-person': { from: 'person', to: 'person' },
  'person-in-account': { from: 'person', to: 'account' },
  'account-in-parent': { from: 'account', to: 'account' },
} as const;
export type Relation = keyof typeof RELATIONS;
export interface Edge {
  readonly relation: Relation;
  readonly from: string;
  readonly to: string;
}

/** The edge with its ends in one order: the same person read from either side is one edge. */
export function orderedEdge({ relation, from, to }: Edge): Edge {
  return relation === 'same-person' && to < from ? { relation, from: to, to: from } : { relation, from, to };
}

/** The log key of an edge: JSON text of [kind, id, kind, id]. */
export function edgeKey(edge: Edge): string {
  const { relation, from, to } = orderedEdge(edge);
  return JSON.stringify([RELATIONS[relation].from, from, RELATIONS[relation].to, to]);
}

const edge = {
  relation: z.enum(['visitor-is-person', 'same-person', 'person-in-account', 'account-in-parent']),
  from: id,
  to: id,
  evidence: optional(z.strictObject({ method: slug, reference: optional(id) })),
};
const joinsTwo = ({ relation, from, to }: Edge): boolean =>
  from !== to || RELATIONS[relation].from !== RELATIONS[relation].to;
const TWO_ENDS = { path: ['to'], error: 'must differ from the other end' };

export const identityLinked = fact({
  name: 'identity.linked',
  topic: 'journey.identities',
  summary: 'A visitor is a person, two persons are the same, a person or account belongs to an account.',
  key: edgeKey,
  schema: z
    .strictObject({
      ...edge,
      traits: optional(
        z.strictObject({
          email: optional(personal(words(320))),
          name: optional(personal(words(200))),
          phone: optional(personal(words(50))),
          title: optional(personal(words(200))),
        }),
      ),
    })
    .refine(joinsTwo, TWO_ENDS),
  sample: {
    relation: 'visitor-is-person',
    from: 'visitor-1',
    to: 'person-1',
    evidence: { method: 'form-submission', reference: 'touch-1' },
    traits: { email: 'ada@example.com', name: 'Ada Sample', title: 'Head of Operations' },
  },
});

const WITHDRAWN =
  'true: it never was so, history is restored; false: it ended at the time of the event. ' +
  'Absent: false for a membership in an account, else true.';

const unlinkedSchema = z
  .strictObject({
    ...edge,
    withdrawn: optional(z.boolean().meta({ description: WITHDRAWN })),
  })
  .refine(joinsTwo, TWO_ENDS)
  .transform((data) => ({ ...data, withdrawn: data.withdrawn ?? !isMembership(data.relation) }));

export const identityUnlinked = fact({
  name: 'identity.unlinked',
  topic: 'journey.identities',
  summary: 'An edge is taken back (it never was so) or, for a membership, ended at the time of the event.',
  key: edgeKey,
  schema: unlinkedSchema,
  sample: { relation: 'person-in-account', from: 'person-1', to: 'account-1' },
});

export const accountDescribed = fact({
  name: 'account.described',
  topic: 'journey.identities',
  summary: 'What is known of a company; replaces what was said of it before.',
  key: (data) => data.account,
  schema: z.strictObject({
    account: id,
    domain: optional(label),
    name: optional(label),
    industry: optional(label),
    employees: optional(count),
    country: optional(label),
    attributes: optional(attributes),
  }),
  sample: {
    account: 'account-1',
    domain: 'example.com',
    name: 'Example Ltd',
    industry: 'logistics',
    employees: 250,
    country: 'DE',
    attributes: { sector: 'parcel', subsidiary_of: null },
  },
});

export const memberDescribed = fact({
  name: 'member.described',
  topic: 'journey.identities',
  summary: 'A member of the revenue team; replaces what was said of the member before.',
  key: (data) => data.member,
  schema: z.strictObject({
    member: id,
    function: optional(team),
    manager: optional(id),
    office: optional(label),
    name: optional(personal(words(200))),
    attributes: optional(attributes),
  }),
  sample: {
    member: 'member-1',
    function: 'sales',
    manager: 'member-9',
    office: 'Central',
    name: 'Sam Seller',
  },
});

function isMembership(relation: Relation): boolean {
  return RELATIONS[relation].to === 'account';
}
