export { JourneysModule, type JourneysDeps } from './journeys.module.ts';
export { journeysProjection } from './journeys.projector.ts';
export { touchWithdrawalTable } from './touch/withdrawal.projector.ts';
export { analyticsViews } from './views/views.table.ts';
