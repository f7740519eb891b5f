import { Controller, Inject } from '@nestjs/common';
import { ReactorRunner, type Refusal } from '@throughline/projection';
import { Input, limit, Route, route, type InputOf } from '@throughline/service';
import { z } from 'zod';

/** The reactor's routes are below. */
export const REACTION = '/v1/reactions/convert-lead-when-opportunity-opened';

const refusalsRoute = route({
  method: 'get',
  path: `${REACTION}/refusals`,
  tag: 'leads',
  summary:
    'Opened opportunities whose leads could not be converted, the latest first, with the rule that said no',
  query: z.strictObject({ limit }),
  answers: [
    {
      status: 200,
      description: 'The refusals; none is tried again by itself',
      schema: z.object({
        items: z.array(
          z.object({ eventId: z.string(), code: z.string(), message: z.string(), refusedAt: z.string() }),
        ),
      }),
    },
  ],
});

@Controller()
export class ReactionController {
  constructor(@Inject(ReactorRunner) private readonly reactor: ReactorRunner) {}

  @Route(refusalsRoute)
  async refusals(
    @Input() { query }: InputOf<typeof refusalsRoute>,
  ): Promise<{ items: readonly (Refusal & { readonly refusedAt: string })[] }> {
    return { items: await this.reactor.refusals(query.limit) };
  }
}
