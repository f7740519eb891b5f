import { runService } from '@throughline/service';
import { readOpportunitiesConfig } from './opportunities.config.ts';
import { OpportunitiesModule } from './opportunity/opportunity.module.ts';

await runService({
  name: 'opportunities',
  version: '0.1.0',
  env: process.env,
  readConfig: readOpportunitiesConfig,
  topics: ['journey.opportunities'],
  modules: (parts) => [OpportunitiesModule.register(parts)],
});
