import type { Database } from '@throughline/postgres';
import { DataSource, EntitySchema, MoreThan, type EntitySchemaColumnOptions } from 'typeorm';

/** Rows of a stable view; instants stay text, as everywhere. */
export type SubjectRow = Readonly<Record<string, unknown>>;

const columns: Readonly<Record<string, readonly string[]>> = {
  account: ['account', 'source', 'name', 'domain', 'industry', 'country', 'parent'],
  member: ['member', 'source', 'function', 'manager', 'office', 'opportunities'],
  lead: ['lead', 'source', 'channel', 'campaign', 'account', 'stage', 'furthest_stage', 'owner', 'won'],
  opportunity: [
    'opportunity',
    'source',
    'account',
    'product',
    'stage',
    'status',
    'owner',
    'amount',
    'currency',
  ],
};

export const subjectLists = ['account', 'member', 'lead', 'opportunity'] as const;
export type SubjectList = (typeof subjectLists)[number];

/** Read models: the stable views by TypeORM, for plain look-ups. Reports are written SQL. */
export class ReadModels {
  private source: DataSource | null = null;

  constructor(private readonly database: Database) {}

  /** Two connections of its own, so that browsing lists takes none from the projection. Safe to repeat. */
  async open(): Promise<void> {
    if (this.source !== null) return;
    const { options } = this.database.dataSource;
    const entities = subjectLists.map(viewOf);
    const source = new DataSource({ ...options, entities, poolSize: 2 } as typeof options);
    this.source = await source.initialize();
  }

  /** One page in the order of the id. @param after the last id of the page before */
  async page(kind: SubjectList, most: number, after: string | null): Promise<SubjectRow[]> {
    if (this.source === null) throw new Error('The read models are not open yet.');
    const where = after === null ? {} : { [kind]: MoreThan(after) };
    return this.source
      .getRepository<SubjectRow>(viewName(kind))
      .find({ where, order: { [kind]: 'ASC' }, take: most });
  }

  async close(): Promise<void> {
    await this.source?.destroy();
    this.source = null;
  }
}

function viewOf(kind: SubjectList): EntitySchema<SubjectRow> {
  const shape = (columns[kind] ?? []).map((name): [string, EntitySchemaColumnOptions] => [
    name,
    { type: 'varchar', primary: name === kind },
  ]);
  return new EntitySchema<SubjectRow>({
    name: viewName(kind),
    tableName: kind,
    schema: 'analytics_v1',
    type: 'view',
    columns: Object.fromEntries(shape),
  });
}

function viewName(kind: SubjectList): string {
  return `${kind}_view`;
}
