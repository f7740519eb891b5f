import type { DomainEvent } from '@throughline/decider';
import type { Definition } from '../credit/deal.state.ts';

export type ModelDefined = DomainEvent<'ModelDefined', Omit<Definition, 'model'>>;
/** Said of a deal that has the id of a model: both are told in one stream, and mean nothing to each other. */
export type SaidOfDeal = DomainEvent<'SaidOfDeal', unknown>;
export type ModelEvent = ModelDefined | SaidOfDeal;
