import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '@throughline/log/testing';
import { batch, touches } from '../src/testing/facts.ts';
import { servicesApart, type Instance, type ServicesApart } from '../src/testing/services-apart.ts';
import { settled } from '../src/testing/settled.ts';
import { describeOnKafka } from '../src/testing/test-logs.ts';

/** Enough for every partition of the topic to get some, and few enough to send one after the other. */
const [MANY, FEW] = [300, 24];
const START_MS = 120_000;

describeOnKafka('two processes of journeys', () => {
  let apart: ServicesApart;
  let rounds = 0;
  let sent = 0;

  beforeAll(async () => {
    apart = await servicesApart();
    await eventually('both to apply some partitions', async () => {
      await send(FEW);
      return new Set((await apart.moves.owners()).values()).size === 2;
    });
  }, START_MS);
  afterAll(async () => {
    for (const { pid } of Object.values(apart.processes)) signal(pid, 'SIGCONT');
    await apart.stop();
  }, START_MS);

  async function send(count: number): Promise<void> {
    rounds += 1;
    await apart.client.emit(...batch(touches(`round-${rounds}`, count)));
    sent += count;
  }
  async function partitionsOf(instance: Instance): Promise<string[]> {
    const owners = [...(await apart.moves.owners())];
    return owners.filter(([, by]) => by === instance).map(([place]) => place);
  }
  /** Waits until what came for the one that is gone was applied by the other. */
  async function takenOver(places: readonly string[]): Promise<void> {
    const before = (await apart.moves.all()).length;
    await send(MANY);
    await eventually('the other process to take over', async () => {
      const since = (await apart.moves.all()).slice(before).filter(({ by }) => by === 'one');
      const moved = new Set(since.map(({ topic, partition }) => `${topic}/${partition}`));
      return places.every((place) => moved.has(place));
    });
  }
  async function everythingAppliedOnce(): Promise<void> {
    await settled(apart.client, ['touches', 'journeys']);
    expect(await apart.journeys.accounting()).toEqual({
      ...{ accepted: sent, applied: sent, parked: 0, duplicates: 0, balanced: true },
    });
  }

  it('each own and apply some of the partitions', async () => {
    const [one, two] = [await partitionsOf('one'), await partitionsOf('two')];
    expect([one.length > 0, two.length > 0]).toEqual([true, true]);
    await everythingAppliedOnce();
  });

  it('I5: while one is frozen the other goes on; thawed, it writes nothing stale and takes its part again', async () => {
    const { pid } = apart.processes.two;
    const places = await partitionsOf('two');
    await send(MANY); // so that it is likely to be in the middle of some
    signal(pid, 'SIGSTOP');
    await takenOver(places);
    signal(pid, 'SIGCONT');

    await eventually('the thawed one to own some again', async () => {
      await send(FEW);
      return (await partitionsOf('two')).length > 0;
    });
    await everythingAppliedOnce();
    for (const own of Map.groupBy(await apart.moves.all(), (it) => `${it.topic}/${it.partition}`).values())
      expect(own.slice(1).map(({ from }) => from)).toEqual(own.slice(0, -1).map(({ to }) => to));
    expect((await apart.journeys.verify()).equal).toBe(true);
  });

  it('I1: one is killed, the other takes over, and everything sent meanwhile is applied once', async () => {
    const places = await partitionsOf('two');
    expect(places.length).toBeGreaterThan(0);
    await send(MANY);
    signal(apart.processes.two.pid, 'SIGKILL');
    await takenOver(places);
    await send(MANY);
    await everythingAppliedOnce();
    expect((await apart.journeys.verify()).equal).toBe(true);
  });
});

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // it has ended
  }
}
