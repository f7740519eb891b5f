import { AttributionError } from '../attribution.error.ts';
import type { Journey } from '../journey/journey.ts';
import type { Parameter, Written } from './parameter.ts';

/** Which model, and how it is set; what is not set has its default. Plain JSON, kept with the credit it gave. */
export interface ModelSpec {
  readonly name: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** Rules that say what each touch of one journey deserves, from that journey alone. */
export interface RuleModel {
  readonly name: string;
  readonly title: string;
  /** every parameter, defaults included: `modelOf` makes the same model of it on any day */
  readonly spec: { readonly name: string; readonly parameters: Readonly<Record<string, Written>> };
  /**
   * One weight a touch, in the journey's order: proportions, no unit, none negative. They are all 0 only where no touch
   * deserves anything: there is none, or a custom model gives all its weight to what the journey does not have.
   */
  weights(journey: Journey): readonly bigint[];
  /** The weight of what no touch deserves beside them, in the same proportions; left out: nothing. */
  readonly rest?: (journey: Journey) => bigint;
}

/** A model before its parameters are set. */
export interface RuleModelDefinition {
  readonly name: string;
  readonly title: string;
  readonly parameters: readonly string[];
  /** @throws AttributionError `unknown-parameter`, `bad-parameter`, `bad-weights` */
  make(given: Readonly<Record<string, unknown>>): RuleModel;
}

/** Defines a model by its parameters and by what they make of a journey. */
export function ruleModel<P extends Readonly<Record<string, unknown>>>(definition: {
  readonly name: string;
  readonly title: string;
  readonly parameters: { readonly [K in keyof P]: Parameter<P[K]> };
  readonly weights: (parameters: P) => RuleModel['weights'];
  readonly rest?: (parameters: P) => NonNullable<RuleModel['rest']>;
}): RuleModelDefinition {
  const { name, title, weights, rest } = definition;
  const parameters = Object.entries<Parameter<unknown>>(definition.parameters);
  const known = parameters.map(([parameter]) => parameter);
  return {
    name,
    title,
    parameters: known,
    make(given) {
      const extra = Object.keys(given).find((parameter) => !known.includes(parameter));
      if (extra !== undefined) {
        const remedy = known.length === 0 ? 'Leave it out; it has none.' : `It has ${known.join(', ')}.`;
        throw new AttributionError('unknown-parameter', extra, `${title} has no such parameter.`, remedy);
      }
      const read = parameters.map(([field, parameter]) => {
        const value = parameter.read(field, given[field]);
        return { field, value, written: parameter.write(value) };
      });
      const values = Object.fromEntries(read.map(({ field, value }) => [field, value])) as P;
      const written = Object.fromEntries(read.map((it) => [it.field, it.written]));
      const spec = { name, parameters: written };
      return { name, title, spec, weights: weights(values), ...(rest && { rest: rest(values) }) };
    },
  };
}
