import { BATCH_EVENTS, catalogue } from '@throughline/contracts';
import { jsonSchemaOf, type RawBodies } from '@throughline/service';

const facts = catalogue.filter(({ kind }) => kind === 'fact');
const name = { type: 'string', minLength: 1, maxLength: 200, pattern: '\\S' } as const;

/** One CloudEvent in the JSON format, of any fact of the catalogue. */
const oneFact = {
  anyOf: facts.map(({ type, schema, summary }) => ({
    type: 'object',
    title: type,
    description: summary,
    properties: {
      specversion: { const: '1.0' },
      type: { const: type },
      source: { ...name, description: 'The system that says it' },
      id: { ...name, description: 'Its own id there: sent again under it, a fact changes nothing' },
      time: { type: 'string', format: 'date-time', description: 'When it happened; left out: undated' },
      precision: {
        enum: ['instant', 'day', 'month', 'unknown'],
        description: 'How well the time is known: instant unless told, unknown without one',
      },
      inferred: { type: 'string', description: 'Names of fields that were concluded, separated by commas' },
      data: jsonSchemaOf(schema, 'input'),
    },
    required: ['specversion', 'type', 'source', 'id', 'data'],
  })),
};
const manyFacts = { type: 'array', items: oneFact, minItems: 1, maxItems: BATCH_EVENTS };

const samples = facts.map((fact, at) => ({
  specversion: '1.0',
  id: `example-${at + 1}`,
  source: 'urn:example:site',
  type: fact.type,
  time: '2026-03-01T09:30:00Z',
  data: fact.sample,
}));
const examples = Object.fromEntries(samples.map((sample) => [sample.type, { value: sample }]));
const batch = { 'all of them': { value: samples } };

/** What a body of `POST /v1/events` may be, by its content type, with the catalogue's samples. */
export const factBodies: RawBodies = {
  'application/cloudevents+json': { schema: oneFact, examples },
  'application/cloudevents-batch+json': { schema: manyFacts, examples: batch },
  'application/json': {
    schema: {
      anyOf: [oneFact, manyFacts],
      description: 'One, several, or its data alone beside ce- headers',
    },
    examples: { ...examples, ...batch },
  },
};

/** What a plain route of one fact takes. */
export function plainBody(of: string): RawBodies {
  const fact = facts.find((each) => each.name === of);
  if (fact === undefined) throw new Error(`${of} is no fact of the catalogue`);
  const body = { schema: jsonSchemaOf(fact.schema, 'input'), examples: { [of]: { value: fact.sample } } };
  return { 'application/json': body };
}
