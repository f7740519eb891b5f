import { Controller, Inject, UseInterceptors } from '@nestjs/common';
import type { Database } from '@throughline/postgres';
import { commandController, Input, pageSchema, Route, route, type InputOf } from '@throughline/service';
import { z } from 'zod';
import { DATABASE } from '../attribution.tokens.ts';
import { refusal } from '../attribution.error.ts';
import type { Definition } from '../credit/deal.state.ts';
import { DefineModels } from './define-models.ts';
import { defineModel } from './model.commands.ts';
import { NoPlaceToWaitFor } from './no-place-to-wait-for.ts';

/** `POST /v1/attribution-models/:id/define`, and many at once. */
export const ModelCommandController = commandController({
  entity: 'model',
  plural: 'attribution-models',
  handling: DefineModels,
  commands: {
    DefineModel: {
      path: 'define',
      summary: 'Define a model, or a version of it for deals closed from an instant on',
      data: defineModel,
    },
  },
});

UseInterceptors(NoPlaceToWaitFor)(ModelCommandController);

const version = z.object({
  model: z.string(),
  version: z.int(),
  eventId: z.string(),
  ...{ title: z.string().nullable(), rule: z.string(), parameters: z.unknown(), scope: z.string() },
  ...{ exposures: z.boolean(), windowDays: z.int().nullable(), mostRecent: z.int().nullable() },
  ...{ severalConversions: z.string(), inForceFrom: z.string().nullable() },
  pathSteps: z.array(z.unknown()).optional(),
  milestones: z.string().optional(),
  stageProbabilities: z.unknown().optional(),
});

const listRoute = route({
  method: 'get',
  path: '/v1/attribution-models',
  tag: 'attribution models',
  summary: 'Every version of every model',
  answers: [{ status: 200, description: 'The versions, by model', schema: pageSchema(version) }],
});
const readRoute = route({
  method: 'get',
  path: '/v1/attribution-models/:id',
  tag: 'attribution models',
  summary: 'The versions of one model',
  params: z.object({ id: z.string().min(1).max(200) }),
  answers: [
    { status: 200, description: 'The versions, the first first', schema: pageSchema(version) },
    { status: 404, description: 'No model has this id' },
  ],
});

@Controller()
export class ModelController {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  @Route(listRoute)
  async list() {
    return { items: await this.read(null), next: null };
  }

  @Route(readRoute)
  async one(@Input() { params: { id } }: InputOf<typeof readRoute>) {
    const items = await this.read(id);
    if (items.length > 0) return { items, next: null };
    throw refusal('model-unknown', 'No model has this id.', {
      field: 'id',
      remedy:
        'GET /v1/attribution-models lists them; define it with POST /v1/attribution-models/{id}/define.',
    });
  }

  private async read(model: string | null): Promise<(Definition & { readonly eventId: string })[]> {
    const { rows } = await this.database.query<{ event_id: string; said: Definition }>(
      `select event_id, said from model_definition where $1::text is null or model = $1 order by model, version`,
      [model],
    );
    return rows.map(({ event_id: eventId, said }) => ({ ...said, eventId }));
  }
}
