import { byEdge, holds } from '@throughline/identity';
import type { Queryable } from '@throughline/postgres';
import { column, Edges, recorded } from './edges.query.ts';
import type { Journey, Subject } from './journey.state.ts';
import { type Who, whoIsWho } from './who.state.ts';

interface Lead {
  readonly lead: string;
  readonly person: string | null;
  readonly account: string | null;
  readonly occurred_at: string | null;
}

interface Deal {
  readonly opportunity: string;
  readonly account: string | null;
}

/** Gathers what belongs to one subject's journey, as of a recorded time (null: now). */
export class Scope {
  private readonly edges: Edges;

  constructor(
    private readonly database: Queryable,
    private readonly asOf: string | null,
  ) {
    this.edges = new Edges(database, asOf);
  }

  async journey(subject: Subject, withChildren: boolean): Promise<Journey> {
    const accounts = await this.accounts(subject, withChildren);
    const seeds = subject.kind === 'person' ? [subject.id] : await this.edges.membersOf(accounts);
    const near = await this.who(seeds, []);
    const leads = await this.leads(subject, accounts, near);
    const deals = await this.deals(subject, accounts, leads);
    const contacts = subject.kind === 'opportunity' ? await this.contacts(subject.id) : [];
    const leadPersons = leads.flatMap(({ person }) => person ?? []);
    const asked = subject.kind === 'account' ? [...seeds, ...leadPersons] : [...leadPersons, ...contacts];
    const named = subject.kind === 'person' ? seeds : asked;
    const visitor = subject.kind === 'visitor' ? [subject.id] : [];
    const { who, persons, visitors } = await this.who([...seeds, ...named], visitor);
    const canonical = new Set(named.map((person) => who.canonical(person)));
    return {
      ...{ subject, who, visitors: new Set(visitors), accounts: new Set(accounts) },
      persons: new Set([...persons].filter((person) => canonical.has(who.canonical(person)))),
      leads: new Map(leads.map(({ lead, person, account }) => [lead, { person, account }])),
      opportunities: new Map(deals.map(({ opportunity, account }) => [opportunity, { account }])),
      leadPersons: new Set(leadPersons.map((person) => who.canonical(person))),
    };
  }

  private async accounts({ kind, id }: Subject, withChildren: boolean): Promise<string[]> {
    if (kind !== 'account') return [];
    if (!withChildren) return [id];
    const below = await this.edges.withChildren(id);
    const standing = byEdge(await this.edges.assertions([], [], below)).filter(holds);
    const children = standing.flatMap(([edge]) => (edge ? [[edge.from, edge.to] as const] : []));
    const found = new Set([id]);
    for (const account of found)
      for (const [child, parent] of children) if (parent === account) found.add(child);
    return [...found];
  }

  private async who(seeds: readonly string[], visitor: readonly string[]) {
    const persons = await this.edges.sameAs([...new Set(seeds)]);
    const visitors = [...new Set([...visitor, ...(await this.edges.visitorsOf(persons))])];
    return { who: whoIsWho(await this.edges.assertions(persons, visitors, [])), persons, visitors };
  }

  /** Leads that name the subject, or whose person is or belongs to it; and those that its own deals came of. */
  private async leads(
    subject: Subject,
    accounts: readonly string[],
    near: { who: Who; persons: readonly string[] },
  ) {
    const { who, persons } = near;
    const id = (kind: Subject['kind']) => (subject.kind === kind ? subject.id : null);
    const named = [...persons, ...accounts, id('lead'), id('opportunity')].filter((it) => it !== null);
    if (named.length === 0) return [];
    const text = `
      select lead, person, account, occurred_at, deal.lead is not null as of_deal
        from journeys_read.timeline_entry e
        left join lateral (
          select lo.lead from analytics_v1.lead_opportunity lo
            join journeys_read.timeline_entry o on o.name = 'opportunity.opened' and o.opportunity = lo.opportunity
           where lo.lead = e.lead and (o.account = any ($3) or o.opportunity = $5)
             and ${recorded('lo', 4)} and ${recorded('o', 4)} limit 1) deal using (lead)
       where e.name = 'lead.captured' and ${recorded('e', 4)}
         and (e.lead = $1 or e.person = any ($2) or e.account = any ($3) or e.lead in (
           select lo.lead from analytics_v1.lead_opportunity lo
             join journeys_read.timeline_entry o on o.name = 'opportunity.opened' and o.opportunity = lo.opportunity
            where o.account = any ($3) or o.opportunity = $5))`;
    const values = [id('lead'), persons, accounts, this.asOf, id('opportunity')];
    const { rows } = await this.database.query<Lead & { of_deal: boolean }>(text, values);
    return rows.filter((row) => {
      if (row.of_deal || row.lead === id('lead')) return true;
      if (row.account !== null && accounts.includes(row.account)) return true;
      if (row.person === null) return false;
      const person = who.canonical(row.person);
      if (subject.kind === 'person') return person === who.canonical(subject.id);
      const account = row.account ?? who.account(person, row.occurred_at);
      return account !== null && accounts.includes(account);
    });
  }

  /** Deals of the subject and of its leads; one that names another account stands there. */
  private async deals(
    subject: Subject,
    accounts: readonly string[],
    leads: readonly Lead[],
  ): Promise<Deal[]> {
    if (subject.kind !== 'opportunity' && accounts.length + leads.length === 0) return [];
    const text = `
      select opportunity, account from journeys_read.timeline_entry e
       where name = 'opportunity.opened' and ${recorded('e', 4)}
         and (opportunity = $1 or account = any ($2) or opportunity in (
           select lo.opportunity from analytics_v1.lead_opportunity lo where lo.lead = any ($3) and ${recorded('lo', 4)}))`;
    const own = subject.kind === 'opportunity' ? subject.id : null;
    const ids = subject.kind === 'opportunity' ? [] : leads.map(({ lead }) => lead);
    const { rows } = await this.database.query<Deal>(text, [own, accounts, ids, this.asOf]);
    if (subject.kind !== 'account') return rows;
    return rows.filter(({ account }) => account === null || accounts.includes(account));
  }

  private contacts(opportunity: string): Promise<string[]> {
    const text = `select distinct person from analytics_v1.opportunity_contact c
                   where opportunity = $1 and ${recorded('c', 2)}`;
    return column(this.database, text, [opportunity, this.asOf]);
  }
}
