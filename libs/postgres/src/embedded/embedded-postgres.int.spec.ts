import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Database } from '../database.ts';
import { EmbeddedPostgres } from './embedded-postgres.ts';
import { holdsWithin, signalIfThere, stopPostmaster } from './postmaster.ts';
import { isAlive, servesData } from './process-table.ts';

const register = new URL('../../../../tools/typescript/register.mjs', import.meta.url).href;
const library = new URL('../index.ts', import.meta.url).href;

describe('an embedded PostgreSQL', () => {
  let above: string;
  let directory: string;
  let server: EmbeddedPostgres | undefined;
  let owners: ChildProcess[];
  let postmasters: number[];

  beforeEach(() => {
    above = realpathSync(mkdtempSync(join(tmpdir(), 'embedded-'))); // mode 0700: as root, closed to the account that it runs as
    directory = join(above, 'postgres');
    owners = [];
    postmasters = [];
  });
  afterEach(async () => {
    for (const owner of owners) owner.kill('SIGKILL');
    await server?.stop();
    server = undefined;
    const left = postmasters.filter((pid) => isAlive(pid) && servesData(pid, join(directory, 'data')));
    await Promise.all(left.map(stopPostmaster));
    rmSync(above, { recursive: true, force: true });
  });

  const start = async (port?: number) =>
    (server = await EmbeddedPostgres.start({ directory, ...(port === undefined ? {} : { port }) }));
  const stop = async () => {
    await server?.stop();
    server = undefined;
  };
  const ask = async (text: string) => {
    const database = await Database.open({
      url: server?.adminUrl ?? '',
      name: 'embedded.int.spec',
      poolSize: 1,
    });
    try {
      return (await database.query(text)).rows;
    } finally {
      await database.close();
    }
  };
  const remember = () => ask("CREATE TABLE kept AS SELECT 'committed' AS state");
  const kept = () => ask('SELECT state FROM kept');

  /** Another program that owns the directory; resolves when its server runs and it has committed a row. */
  const owner = async (extra = ''): Promise<{ child: ChildProcess; postmaster: number }> => {
    const script = `
      const { EmbeddedPostgres, Database } = await import('${library}');
      const server = await EmbeddedPostgres.start({ directory: ${JSON.stringify(directory)} });
      const database = await Database.open({ url: server.adminUrl, name: 'owner' });
      await database.query("CREATE TABLE kept AS SELECT 'committed' AS state");
      console.log(server.pid);
      ${extra || 'setInterval(() => undefined, 1_000_000);'}`;
    const child = spawn(process.execPath, ['--import', register, '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'] },
    });
    owners.push(child);
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    postmasters.push(Number(line));
    return { child, postmaster: Number(line) };
  };
  const killed = async (child: ChildProcess) => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };

  it('keeps its data, password and port from one start to the next (I1)', async () => {
    const { adminUrl } = await start();
    await remember();
    await stop();
    await start();

    expect(server?.adminUrl).toBe(adminUrl);
    expect(await kept()).toEqual([{ state: 'committed' }]);
  });

  it('is durable, checks its pages, and lets nobody in without the password', async () => {
    await start();
    const open = new URL(server?.adminUrl ?? '');
    open.password = 'guessed';

    expect(
      await ask(`SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commits,
        current_setting('data_checksums') AS checksums, current_setting('server_encoding') AS encoding,
        current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets`),
    ).toEqual([
      { fsync: 'on', commits: 'on', checksums: 'on', encoding: 'UTF8', addresses: '127.0.0.1', sockets: '' },
    ]);
    expect(statSync(join(directory, 'superuser.password')).mode & 0o077).toBe(0);
    await expect(Database.open({ url: open.href, name: 'guess' })).rejects.toMatchObject({ code: '28P01' });
  });

  it('takes over the server that a killed owner left, with all it had committed (I1)', async () => {
    const { child, postmaster } = await owner();
    await killed(child);
    expect(isAlive(postmaster)).toBe(true);

    await start();

    expect(server?.pid).toBe(postmaster);
    expect(await kept()).toEqual([{ state: 'committed' }]);
    await stop();
    expect(isAlive(postmaster)).toBe(false);
  });

  it('recovers by itself when owner and server were both killed, whatever postmaster.pid says (I1)', async () => {
    const { child, postmaster } = await owner();
    await killed(child);
    signalIfThere(postmaster, 'SIGKILL');
    expect(await holdsWithin(10_000, () => !isAlive(postmaster))).toBe(true);
    expect(existsSync(join(directory, 'data', 'postmaster.pid'))).toBe(true);

    await start();

    expect(server?.pid).not.toBe(postmaster);
    expect(await kept()).toEqual([{ state: 'committed' }]);
  });

  it('is not misled by a postmaster.pid whose number has gone to another program', async () => {
    await start();
    await remember();
    const file = join(directory, 'data', 'postmaster.pid');
    const [, ...rest] = readFileSync(file, 'utf8').split('\n');
    await stop();
    writeFileSync(file, [String(process.pid), ...rest].join('\n'));

    await start();

    expect(server?.pid).not.toBe(process.pid);
    expect(await kept()).toEqual([{ state: 'committed' }]);
  });

  it('starts anew in place of a left server that is frozen and does not answer', async () => {
    const { child, postmaster } = await owner();
    await killed(child);
    signalIfThere(postmaster, 'SIGSTOP');

    await start();

    expect(server?.pid).not.toBe(postmaster);
    expect(await kept()).toEqual([{ state: 'committed' }]);
  }, 60_000);

  it('refuses a second owner while the first lives, and says which process that is', async () => {
    const { child } = await owner();

    await expect(start()).rejects.toThrow(`is in use by process ${child.pid}`);
  });

  it('is not left behind by an owner that ends without stopping it', async () => {
    const { child, postmaster } = await owner('process.exit(0);');
    if (child.exitCode === null) await once(child, 'exit');

    expect(await holdsWithin(10_000, () => !isAlive(postmaster))).toBe(true);
  });

  it('takes another port when its own has gone to another program, but not in place of an asked one', async () => {
    await start();
    const { port } = new URL(server?.adminUrl ?? '');
    await stop();
    const other = createServer().listen(Number(port), '127.0.0.1');
    await once(other, 'listening');

    expect((other.address() as AddressInfo).port).toBe(Number(port));
    await expect(start(Number(port))).rejects.toThrow(`Port ${port} is taken`);
    await start();
    expect(new URL(server?.adminUrl ?? '').port).not.toBe(port);
    other.close();
  });

  it('says what is wrong and shows its log when it cannot start', async () => {
    await start();
    await stop();
    writeFileSync(join(directory, 'data', 'postgresql.conf'), 'no_such_setting = 1\n');
    chmodSync(join(directory, 'data', 'postgresql.conf'), 0o644);

    await expect(start()).rejects.toThrow(/did not start(.|\n)*no_such_setting/);
  });
});
