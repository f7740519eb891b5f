import { describe, expect, it } from '@jest/globals';
import { StartStopped, StartUp } from './start-up.ts';

function parts() {
  const startUp = new StartUp();
  const done: string[] = [];
  const part = (name: string, started: Promise<unknown> = Promise.resolve()) =>
    startUp.part(
      async () => {
        done.push(`start ${name}`);
        await started;
        return name;
      },
      (it) => Promise.resolve(void done.push(`stop ${it}`)),
    );
  return { startUp, done, part };
}

describe('a start', () => {
  it('F4 is undone in reverse order, once', async () => {
    const { startUp, done, part } = parts();
    await part('postgres');
    await part('kafka');
    expect(await Promise.all([startUp.stop(), startUp.stop()])).toEqual([true, true]);
    expect(done).toEqual(['start postgres', 'start kafka', 'stop kafka', 'stop postgres']);
  });

  it('F4 stopped while a part starts waits for that part, stops it too, and starts nothing more', async () => {
    const { startUp, done, part } = parts();
    await part('postgres');
    const gate = Promise.withResolvers<undefined>();
    const kafka = part('kafka', gate.promise);
    const stopped = startUp.stop();
    const refused = expect(kafka).rejects.toThrow(StartStopped);
    gate.resolve(undefined);
    expect(await stopped).toBe(true);
    await refused;
    await expect(part('services')).rejects.toThrow(StartStopped);
    expect(done).toEqual(['start postgres', 'start kafka', 'stop kafka', 'stop postgres']);
  });

  it('F4 stopped while a part starts that then fails stops the others', async () => {
    const { startUp, done, part } = parts();
    await part('postgres');
    const kafka = part('kafka', Promise.reject(new Error('no Java')));
    const failed = expect(kafka).rejects.toThrow('no Java');
    await startUp.stop();
    await failed;
    expect(done).toEqual(['start postgres', 'start kafka', 'stop postgres']);
  });

  it('F4 ends a wait at once', async () => {
    const { startUp } = parts();
    const ready = startUp.until(new Promise(() => undefined));
    void startUp.stop();
    await expect(ready).rejects.toThrow(StartStopped);
  });

  it('F4 stops every part though one fails, and says so', async () => {
    const { startUp, done, part } = parts();
    await part('postgres');
    await startUp.part(
      () => Promise.resolve(),
      () => Promise.reject(new Error('the broker does not stop')),
    );
    expect(await startUp.stop()).toBe(false);
    expect(done.at(-1)).toBe('stop postgres');
  });
});
