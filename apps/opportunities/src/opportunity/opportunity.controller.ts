import { Controller, Inject } from '@nestjs/common';
import { EventStore } from '@throughline/event-store';
import {
  answer,
  commandController,
  Input,
  Route,
  route,
  type Answer,
  type CommandDoor,
  type CommandHandling,
  type InputOf,
} from '@throughline/service';
import { z } from 'zod';
import { opportunityCommands, type OpportunityCommand } from './opportunity.commands.ts';
import { opportunityDecider as decider } from './opportunity.decider.ts';
import { opportunityPublication as publication } from './opportunity.publication.ts';
import { readOpportunity } from './opportunity.query.ts';

export const OPPORTUNITY_HANDLING = Symbol('what judges the commands to opportunities');

const data = opportunityCommands;
const door: CommandDoor = {
  entity: 'opportunity',
  plural: 'opportunities',
  handling: OPPORTUNITY_HANDLING,
  commands: {
    OpenOpportunity: {
      path: 'open',
      creates: true,
      summary: 'Open an opportunity, of which only the id must be known',
      data: data.OpenOpportunity,
    },
    ChangeStage: {
      path: 'change-stage',
      summary: 'Move it to a stage, with the exit criteria met or skipped',
      data: data.ChangeStage,
    },
    ChangeAmount: { path: 'change-amount', summary: 'Change what it is worth', data: data.ChangeAmount },
    ChangeCloseDate: {
      path: 'change-close-date',
      summary: 'Change the day on which it should close',
      data: data.ChangeCloseDate,
    },
    ChangeOwner: { path: 'change-owner', summary: 'Give it to another owner', data: data.ChangeOwner },
    AddContact: {
      path: 'add-contact',
      summary: 'Add a person to the buying committee',
      data: data.AddContact,
    },
    RemoveContact: {
      path: 'remove-contact',
      summary: 'Take a person, or one of their roles, out of the committee',
      data: data.RemoveContact,
    },
    JudgeFit: { path: 'judge-fit', summary: 'Record a judgement of its fit', data: data.JudgeFit },
    GrantException: {
      path: 'grant-exception',
      summary: 'Allow it against the rules, for a time',
      data: data.GrantException,
    },
    WinOpportunity: {
      path: 'win',
      summary: 'Win it; without an amount the one known so far stands',
      data: data.WinOpportunity,
    },
    LoseOpportunity: { path: 'lose', summary: 'Lose it', data: data.LoseOpportunity },
    ReopenOpportunity: {
      path: 'reopen',
      summary: 'Open a closed opportunity again',
      data: data.ReopenOpportunity,
    },
  },
};

/** One route a command, and `POST /v1/opportunities/commands` for many. */
export const OpportunityCommandController = commandController(door);

/** Judges commands to opportunities by their streams. */
export function handleOpportunities(store: EventStore, now: () => Date): CommandHandling<OpportunityCommand> {
  return {
    now,
    handle: (item) => store.handle({ decider, publication, ...item }),
    handleMany: (commands) => store.handleMany({ decider, publication, commands }),
  };
}

const opportunityRoute = route({
  method: 'get',
  path: '/v1/opportunities/:id',
  tag: 'opportunities',
  summary: 'An opportunity as it stands, with all that happened to it',
  description: 'The ETag is its version; send it as If-Match with a command that must not meet a newer one.',
  params: z.object({ id: z.string().min(1).max(200) }),
  answers: [
    {
      status: 200,
      description: 'The opportunity',
      schema: z.object({
        id: z.string(),
        version: z.int(),
        state: z.unknown(),
        events: z.array(z.unknown()),
      }),
    },
    { status: 404, description: 'No opportunity has this id' },
  ],
});

@Controller()
export class OpportunityController {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  @Route(opportunityRoute)
  async read(@Input() { params }: InputOf<typeof opportunityRoute>): Promise<Answer> {
    const opportunity = await readOpportunity(this.store, params.id);
    return answer(200, opportunity, { etag: `"${opportunity.version}"` });
  }
}
