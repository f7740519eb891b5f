import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');
const LIST = 'libs/postgres/released-migrations.json';
const released = JSON.parse(readFileSync(join(root, LIST), 'utf8')) as Record<string, string>;
const files = globSync('{apps,libs}/*/{,src/**/}migrations/*.sql', { cwd: root });
const checksum = (file: string) =>
  createHash('sha256')
    .update(readFileSync(join(root, file), 'utf8'))
    .digest('hex');

describe('migrations of every service and lib', () => {
  it.each(Object.entries(released))(
    '%s is as it was released: a change goes into a new file',
    (file, sum) => {
      expect(files).toContain(file);
      expect(checksum(file)).toBe(sum);
    },
  );

  it(`are all listed in ${LIST}, a new one with its SHA-256`, () => {
    const missing = files.filter((file) => !(file in released));
    expect(Object.fromEntries(missing.map((file) => [file, checksum(file)]))).toEqual({});
  });
});
