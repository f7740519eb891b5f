import { publishAs, type Publication } from '@throughline/decider';
import type { DecisionName, EventData } from '@throughline/contracts';
import type { ModelDefined, ModelEvent } from './model.events.ts';

const definitions = publishAs<ModelDefined, { [N in DecisionName]: EventData<N> }, 'model'>('model', {
  ModelDefined: 'attribution-model.defined',
});

/** Versions of a model; its key on the log is the model's id. */
export const modelPublication: Publication<ModelEvent, DecisionName> = {
  publish(event, stream) {
    if (event.type === 'ModelDefined') return definitions.publish(event, stream);
    throw new Error('What is said of deals is said by the credit book.');
  },
  restore(published) {
    if (published.name === 'attribution-model.defined') return definitions.restore(published);
    return { type: 'SaidOfDeal', data: published.data };
  },
};
