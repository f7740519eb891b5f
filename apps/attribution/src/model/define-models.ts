import { attributionModelDefined } from '@throughline/contracts';
import type { CommandItem, CommandResult, EventStore, Outcome } from '@throughline/event-store';
import { loadSql, type Database, type Transaction } from '@throughline/postgres';
import type { CommandHandling } from '@throughline/service';
import { SOURCE } from '../credit/credit-book.ts';
import { BY_DEAL } from '../snapshot/by-deal.ts';
import type { ModelCommand, SentModel } from './model.commands.ts';
import { modelDecider } from './model.decider.ts';
import { UnfitSettings } from './model.error.ts';
import { modelPublication as publication } from './model.publication.ts';
import { readSettings } from './read-settings.ts';
import { standardModels } from './standard-models.table.ts';

const keepDefinition = loadSql(import.meta.url, './sql/keep-definition.sql');
const askRecompute = loadSql(import.meta.url, './sql/ask-recompute.sql');

/**
 * Judges commands to models. A new version, the table that credit is concluded by, and the wish to look at the deals
 * it is in force for commit together.
 */
export class DefineModels implements CommandHandling<SentModel> {
  constructor(
    private readonly database: Database,
    private readonly store: EventStore,
    readonly now: () => Date,
    /** called after a commit that wants deals to be looked at */
    private readonly wanted: () => void,
  ) {}

  async handle(item: CommandItem<SentModel>): Promise<CommandResult> {
    const [outcome] = await this.handleMany([item]);
    if (outcome?.status === 'accepted') return outcome.result;
    throw outcome?.error;
  }

  async handleMany(items: readonly CommandItem<SentModel>[]): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const item of items) outcomes.push(await this.#judge(item));
    return outcomes;
  }

  /** Makes the models that come with the service; those that are there stay as they are. */
  async ship(): Promise<void> {
    const recordedAt = this.now().toISOString();
    for (const { model, settings } of standardModels) {
      await this.#store({
        stream: model,
        command: { type: 'ShipModel', data: settings },
        meta: {
          ...{ commandId: `ship:${model}`, source: SOURCE, occurredAt: recordedAt, precision: 'instant' },
          ...{ inferred: [], traceparent: null, tracestate: null, recordedAt },
        },
      });
    }
  }

  async #judge(item: CommandItem<SentModel>): Promise<Outcome> {
    try {
      checkId(item.stream);
      const data = readSettings(item.command.data);
      const outcome = await this.#store({ ...item, command: { type: 'DefineModel', data } });
      if (outcome.status === 'accepted' && outcome.result.events.length > 0) this.wanted();
      return outcome;
    } catch (error) {
      if (error instanceof UnfitSettings) return { status: 'refused', error };
      throw error;
    }
  }

  #store(item: CommandItem<ModelCommand>): Promise<Outcome> {
    return this.database.transaction(async (tx) => {
      const decider = modelDecider(item.meta.recordedAt);
      const [outcome] = await this.store.handleMany({ decider, publication, commands: [item], tx });
      if (!outcome) throw new Error('one outcome a command');
      if (outcome.status === 'accepted' && !outcome.result.replayed) await this.#keep(tx, outcome.result);
      return outcome;
    });
  }

  async #keep(tx: Transaction, { stream, events }: CommandResult): Promise<void> {
    for (const { id } of events) {
      const said = (await this.store.read(stream, tx)).find((event) => event.id === id)?.data;
      const { rows } = await tx.query<{ version: number; in_force_from: string | null }>(keepDefinition, [
        id,
        JSON.stringify(said),
      ]);
      const [kept] = rows;
      const closedFrom = kept?.version === 1 ? null : (kept?.in_force_from ?? null);
      await tx.query(askRecompute, [`${stream} version ${kept?.version ?? 1}`, closedFrom]);
    }
  }
}

/** @throws UnfitSettings for an id that no model can have */
function checkId(id: string): void {
  if (id.endsWith(BY_DEAL)) {
    const other = `Give one that does not end in ${BY_DEAL}: that is credit by deal of a snapshot.`;
    throw new UnfitSettings('model-id-unfit', 'id', 'This is not for models of one’s own.', other);
  }
  if (attributionModelDefined.schema.shape.model.safeParse(id).success) return;
  const remedy = 'Give lower case words joined by hyphens, 64 characters at most, like time-decay-two-weeks.';
  throw new UnfitSettings('model-id-unfit', 'id', 'This cannot be the id of a model.', remedy);
}
