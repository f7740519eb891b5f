export { AttributionModule } from './attribution.module.ts';
export type { AttributionDeps } from './attribution-workers.ts';
