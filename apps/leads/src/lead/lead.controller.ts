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
import { decideInTime } from './command-time.ts';
import { leadCommands, type SentLeadCommand } from './lead.commands.ts';
import { leadPublication as publication } from './lead.publication.ts';
import { readLead } from './lead.query.ts';

export const LEAD_HANDLING = Symbol('what judges the commands to leads');

const data = leadCommands;
const door: CommandDoor = {
  entity: 'lead',
  plural: 'leads',
  handling: LEAD_HANDLING,
  commands: {
    CaptureLead: {
      path: 'capture',
      creates: true,
      summary: 'Capture a lead',
      data: data.CaptureLead,
    },
    AssessLead: {
      path: 'assess',
      summary: 'Record a judgement against a definition',
      data: data.AssessLead,
    },
    QualifyLead: { path: 'qualify', summary: 'Qualify a captured lead', data: data.QualifyLead },
    OfferLead: {
      path: 'offer',
      summary: 'Offer the lead to sales; starts the clock of the hand-off',
      data: data.OfferLead,
    },
    AcceptLead: { path: 'accept', summary: 'Accept the open hand-off', data: data.AcceptLead },
    RejectLead: {
      path: 'reject',
      summary: 'Reject the open hand-off, with a reason',
      data: data.RejectLead,
    },
    ExpireOffer: {
      path: 'expire-offer',
      summary: 'End a hand-off whose answer is overdue',
      data: data.ExpireOffer,
    },
    ReassignLead: {
      path: 'reassign',
      summary: 'Give the lead, or its open offer, to somebody else',
      data: data.ReassignLead,
    },
    FollowUpLead: {
      path: 'follow-up',
      summary: 'Log a human touch by sales',
      data: data.FollowUpLead,
    },
    RecycleLead: {
      path: 'recycle',
      summary: 'Set the lead aside to be nurtured',
      data: data.RecycleLead,
    },
    ReturnLead: {
      path: 'return',
      summary: 'Bring back a nurtured or disqualified lead',
      data: data.ReturnLead,
    },
    DisqualifyLead: { path: 'disqualify', summary: 'Rule the lead out', data: data.DisqualifyLead },
    ConvertLead: {
      path: 'convert',
      summary: 'Say which opportunity came of the lead',
      data: data.ConvertLead,
    },
  },
};

/** One route a command, and `POST /v1/leads/commands` for many. */
export const LeadCommandController = commandController(door);

/** Judges commands to leads by their streams. */
export function handleLeads(store: EventStore, now: () => Date): CommandHandling<SentLeadCommand> {
  return {
    now,
    handle: (item) => store.handle({ decider: decideInTime([item]), publication, ...item }),
    handleMany: (commands) => store.handleMany({ decider: decideInTime(commands), publication, commands }),
  };
}

const leadRoute = route({
  method: 'get',
  path: '/v1/leads/:id',
  tag: 'leads',
  summary: 'A lead as it stands, with all that happened to it',
  description: 'The ETag is its version; send it as If-Match with a command that must not meet a newer one.',
  params: z.object({ id: z.string().min(1).max(200) }),
  answers: [
    {
      status: 200,
      description: 'The lead',
      schema: z.object({
        id: z.string(),
        version: z.int(),
        state: z.unknown(),
        events: z.array(z.unknown()),
      }),
    },
    { status: 404, description: 'No lead has this id' },
  ],
});

@Controller()
export class LeadController {
  constructor(@Inject(EventStore) private readonly store: EventStore) {}

  @Route(leadRoute)
  async read(@Input() { params }: InputOf<typeof leadRoute>): Promise<Answer> {
    const lead = await readLead(this.store, params.id);
    return answer(200, lead, { etag: `"${lead.version}"` });
  }
}
