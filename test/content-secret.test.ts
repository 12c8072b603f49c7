/** The secret that opens originals and tools of a proxy: the same after a restart, for nobody else to read. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readContentSecret } from '../src/store/content-secret.ts';

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'headroom-secret-')), 'cache');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

test('is made once, and stays', () => {
  const first = readContentSecret(folder);
  expect(first).toEqual({ secret: expect.stringMatching(/^[0-9a-f]{32}$/), path: join(folder, 'content-secret') });
  expect(readContentSecret(folder)).toEqual(first);
  expect(readFileSync(join(folder, 'content-secret'), 'utf8')).toBe(`${first.secret}\n`);
  expect(statSync(join(folder, 'content-secret')).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(readdirSync(folder)).toEqual(['content-secret']);
});

test('takes the place of what is none', () => {
  mkdirSync(folder);
  writeFileSync(join(folder, 'content-secret'), 'short\n');
  const { secret, path } = readContentSecret(folder);
  expect(path).toBeDefined();
  expect(readContentSecret(folder).secret).toBe(secret);
});

test('is another one each time where it cannot be kept', () => {
  writeFileSync(folder, 'in the way');
  const first = readContentSecret(folder);
  expect(first.path).toBeUndefined();
  expect(readContentSecret(folder).secret).not.toBe(first.secret);
});
