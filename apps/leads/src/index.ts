export { LeadsModule, type LeadsDeps } from './lead/lead.module.ts';
