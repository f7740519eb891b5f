import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MigrationRefused } from '@throughline/postgres';
import { readOptions } from './standalone.config.ts';
import { requireDataFolder, requireFreePort, whyNot } from './start-refused.ts';

const home = mkdtempSync(join(tmpdir(), 'start-refused-'));
afterAll(() => rmSync(home, { recursive: true }));

describe('a start that cannot be', () => {
  it('leaves a folder alone that holds other things, and takes a new, an empty or its own one', () => {
    const foreign = join(home, 'foreign');
    mkdirSync(foreign);
    writeFileSync(join(foreign, 'thesis.txt'), '');
    expect(() => requireDataFolder(foreign)).toThrow('name an empty or a new folder with --data');
    expect(readdirSync(foreign)).toEqual(['thesis.txt']);
    const own = join(home, 'a', 'new');
    requireDataFolder(own);
    requireDataFolder(own);
    mkdirSync(join(own, 'lost+found'));
    requireDataFolder(own);
    writeFileSync(join(own, 'credentials.json'), '{}');
    requireDataFolder(own);
  });

  it('says of a file, or of what cannot be written, to name a folder', () => {
    const file = join(home, 'file');
    writeFileSync(file, '');
    expect(() => requireDataFolder(file)).toThrow('(EEXIST): name a folder that you may write to');
    expect(() => requireDataFolder(join(file, 'below'))).toThrow('(ENOTDIR): name a folder');
  });

  it('says of a taken port to take another, before anything is started', async () => {
    const other = createServer();
    await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
    const { port } = other.address() as AddressInfo;
    await expect(requireFreePort(port)).rejects.toThrow(`Port ${port} is taken: stop what uses it, or take`);
    await new Promise((closed) => other.close(closed));
    await requireFreePort(port);
    await requireFreePort(0);
  });

  const notAsRoot = process.getuid?.() === 0 ? it.skip : it;
  notAsRoot('does not call a port taken that needs more rights', async () => {
    await expect(requireFreePort(80)).rejects.toThrow('Port 80 cannot be had (EACCES): take another');
  });

  it('says of data of another revision which folder it is and what can be done', () => {
    const said = whyNot(new MigrationRefused('0001-lead.sql of leads was changed'), '/data/here');
    expect(said).toContain('0001-lead.sql of leads was changed');
    expect(said).toContain('made /data/here; nothing in it was changed');
    expect(said).toContain('npm start -- --data <another folder>');
  });

  it('says of an option that is not known where they are listed', () => {
    expect(() => readOptions(['--dta', 'x'])).toThrow(
      "Unknown option '--dta'\n`npm start -- --help` lists what there is.",
    );
  });
});
