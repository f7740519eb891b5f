import type { Cluster } from '@throughline/kafka-broker';
import type { Bench } from '../bench.ts';
import { leads, touches } from '../system/requests.ts';
import { servicesApart, standalone } from '../system/system.ts';
import { attack } from './attack.ts';

export const overloadBench: Bench = {
  name: 'overload',
  what: '20 times what a door holds: crashes, lost 2xx, memory, what is turned away and how, recovery',
  needs: ['postgres'],
  async run(context) {
    const embedded = await standalone(context, await context.folder('embedded'));
    const { standalone: pid = 0 } = embedded.services;
    const oneProcess = { system: embedded, pid, once: true };
    await attack(context, {
      ...oneProcess,
      name: 'facts, one process',
      door: embedded.client.urls.touches,
      request: (label) => touches(label, 100),
      size: 100,
      topic: 'journey.touches',
    });
    await attack(context, {
      ...oneProcess,
      name: 'decisions, one process',
      door: embedded.client.urls.leads,
      request: (label) => leads(label, 20),
      size: 20,
      topic: 'journey.leads',
    });
    await embedded.stop();
    const kafka = await context.ownKafka('facts, services apart, the broker frozen');
    if (kafka === null) return;
    const apart = await servicesApart(context, await context.folder('apart'), kafka);
    context.onEnd(() => freeze(kafka, 'SIGCONT')); // a frozen broker could not be stopped in order
    await attack(context, {
      name: 'facts, services apart, the broker frozen for a third of the time',
      system: apart,
      door: apart.client.urls.touches,
      pid: apart.services['touches'] ?? 0,
      request: (label) => touches(label, 100),
      size: 100,
      topic: 'journey.touches',
      once: false,
      disturb: (part) => freeze(kafka, part === 'begin' ? 'SIGSTOP' : 'SIGCONT'),
    });
    await apart.stop();
    await kafka.stop();
  },
};

function freeze(kafka: Cluster, signal: 'SIGSTOP' | 'SIGCONT'): void {
  for (const { pid } of kafka.nodes) if (pid !== null) process.kill(pid, signal);
}
