import { runService } from '@throughline/service';
import { readLeadsConfig } from './leads.config.ts';
import { LeadsModule } from './lead/lead.module.ts';

await runService({
  name: 'leads',
  version: '0.1.0',
  env: process.env,
  readConfig: readLeadsConfig,
  topics: ['journey.leads', 'journey.opportunities'],
  modules: (parts) => [LeadsModule.register(parts)],
});
