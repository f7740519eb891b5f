import { LOG_TOPICS } from '@throughline/contracts';
import { runService } from '@throughline/service';
import { readAttributionConfig } from './attribution.config.ts';
import { AttributionModule } from './attribution.module.ts';

await runService({
  name: 'attribution',
  version: '0.1.0',
  env: process.env,
  readConfig: readAttributionConfig,
  topics: LOG_TOPICS,
  modules: (parts) => [AttributionModule.register(parts)],
});
