import { deliver } from '@throughline/client';
import { memoryLog, type Log } from '@throughline/log';
import { oneProcess, type OneProcess } from '@throughline/standalone/testing';
import { deals } from './deals.ts';

export interface ToldDeals {
  readonly services: OneProcess;
  readonly log: Log;
  stop(): Promise<void>;
}

/** The services in one process over a log in memory, after they were told of `deals`. */
export async function toldDeals(): Promise<ToldDeals> {
  const log = memoryLog();
  const services = await oneProcess({ log });
  await deliver(deals, services.client);
  await services.settled();
  return {
    ...{ services, log },
    async stop() {
      await services.stop();
      await log.close();
    },
  };
}
