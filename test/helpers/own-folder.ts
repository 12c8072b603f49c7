/** A folder of a test file's own, with every link in its path followed: there before its tests, and gone after them. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

export function ownFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'headroom-test-')));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
