import type { Database } from '@throughline/postgres';

export interface Move<I extends string> {
  readonly by: I;
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
}

/** Who moved which position of a live projection, noted by the database in the transaction of the move. */
export class MoveLog<I extends string> {
  private constructor(
    private readonly database: Database,
    private readonly roles: Readonly<Record<I, string>>,
  ) {}

  /** Notes every move from now on. */
  static async of<I extends string>(
    database: Database,
    schema: string,
    roles: Readonly<Record<I, string>>,
  ): Promise<MoveLog<I>> {
    await database.query(`create table public.moved (
      id bigint generated always as identity, role text not null default session_user, topic text not null,
      partition int not null, from_offset bigint not null, to_offset bigint not null)`);
    await database.query(`create function public.note_move() returns trigger language plpgsql as $$ begin
      insert into public.moved (topic, partition, from_offset, to_offset)
        values (new.topic, new.partition, old.next_offset, new.next_offset);
      return new; end $$`);
    await database.query(`create trigger note_move after update on "${schema}".position
      for each row execute function public.note_move()`);
    return new MoveLog(database, roles);
  }

  /** All, in the order they were made. */
  async all(): Promise<Move<I>[]> {
    const { rows } = await this.database.query<{ role: string } & Omit<Move<I>, 'by'>>(
      `select role, topic, partition, from_offset::int as from, to_offset::int as to from public.moved order by id`,
    );
    const labels = new Map(Object.entries<string>(this.roles).map(([label, role]) => [role, label as I]));
    return rows.map(({ role, ...move }) => ({ by: labels.get(role) ?? (role as I), ...move }));
  }

  /** topic/partition → who moved it last. */
  async owners(): Promise<Map<string, I>> {
    return new Map((await this.all()).map(({ by, topic, partition }) => [`${topic}/${partition}`, by]));
  }
}
