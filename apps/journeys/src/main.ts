import { TOPICS } from '@throughline/contracts';
import { runService } from '@throughline/service';
import { readJourneysConfig } from './journeys.config.ts';
import { JourneysModule } from './journeys.module.ts';

await runService({
  name: 'journeys',
  version: '0.1.0',
  env: process.env,
  readConfig: readJourneysConfig,
  topics: TOPICS,
  modules: (parts) => [JourneysModule.register(parts)],
});
