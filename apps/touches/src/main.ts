import { runService } from '@throughline/service';
import { quarantineLimits, readTouchesConfig } from './touches.config.ts';
import { TOUCH_TOPICS, TouchesModule } from './touches.module.ts';

await runService({
  name: 'touches',
  version: '0.1.0',
  env: process.env,
  readConfig: readTouchesConfig,
  topics: TOUCH_TOPICS,
  modules: (parts, config) => [TouchesModule.register({ ...parts, quarantine: quarantineLimits(config) })],
});
