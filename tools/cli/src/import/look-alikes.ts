import type { Plan } from './plan.ts';

/** Ids that differ only in blanks or in upper and lower case: probably one entity. */
export interface LookAlike {
  readonly ids: readonly string[];
}

/** Among the entities that commands are on, and the people and accounts that events name. */
export function lookAlikes({ facts, commands }: Plan): LookAlike[] {
  const ids = new Set<string>();
  for (const { on } of [...commands.leads, ...commands.opportunities]) ids.add(`entity ${on}`);
  for (const { data } of [...facts, ...commands.leads, ...commands.opportunities]) {
    if (typeof data !== 'object' || data === null || Array.isArray(data)) continue;
    for (const field of ['account', 'person', 'member', 'lead', 'opportunity', 'campaign']) {
      const id = data[field];
      if (typeof id === 'string') ids.add(`${field} ${id}`);
    }
  }
  const groups = Map.groupBy([...ids].sort(), (id) => id.toLowerCase().replaceAll(/\s+/g, ''));
  return [...groups.values()].filter((group) => group.length > 1).map((group) => ({ ids: group }));
}
