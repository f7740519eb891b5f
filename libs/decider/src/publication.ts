import type { DomainEvent } from './decider.ts';

/** What the world sees of an event: the name in the catalogue, and the data its schema describes. */
export interface Published<Name extends string = string> {
  readonly name: Name;
  readonly data: unknown;
}

/**
 * How a module's own events become published contracts, and back. The two are inverse:
 * `restore(publish(event, stream))` is the event again, because a stream is folded from what was published.
 */
export interface Publication<E extends DomainEvent, Name extends string = string> {
  publish(event: E, stream: string): Published<Name>;
  restore(published: Published): E;
}

/** Names of the contracts that this data satisfies, once the entity's id is added. */
type Fitting<Data, Contracts, Entity extends string> = {
  [Name in keyof Contracts]: Data & Readonly<Record<Entity, string>> extends Contracts[Name] ? Name : never;
}[keyof Contracts] &
  string;

/**
 * The publication of events whose data is the contract's without the entity's id: a stream belongs to one
 * entity, so its id is the stream's.
 * @param entity the field of the contract that holds the entity's id, e.g. `lead`
 * @param names published name by event type; a contract that the event's data does not satisfy fails to compile
 */
export function publishAs<E extends DomainEvent, Contracts, Entity extends string>(
  entity: Entity,
  names: {
    readonly [Type in E['type']]: Fitting<Extract<E, { type: Type }>['data'], Contracts, Entity>;
  },
): Publication<E, keyof Contracts & string> {
  const byType = new Map(Object.entries<keyof Contracts & string>(names));
  const byName = new Map([...byType].map(([type, name]) => [name as string, type]));
  if (byName.size !== byType.size)
    throw new Error('Two events are published under one name; give each its own.');
  return {
    publish(event, stream) {
      const name = byType.get(event.type);
      if (name === undefined)
        throw new Error(`${event.type} has no published name; add it to the publication.`);
      return { name, data: { [entity]: stream, ...(event.data as object) } };
    },
    restore({ name, data }) {
      const type = byName.get(name);
      if (type === undefined)
        throw new Error(`${name} belongs to no event here; the stream is another module's.`);
      const { [entity]: _stream, ...own } = data as Record<string, unknown>;
      return { type, data: own } as E;
    },
  };
}
