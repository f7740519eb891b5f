export { LeadsModule } from './lead/lead.module.ts';
export type { LeadsDeps } from './lead/lead-workers.ts';
