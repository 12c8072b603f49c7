/** Bytes of all files below a folder, links not followed. */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export function bytesOnDisk(path: string, leavesOut?: RegExp): number {
  const about = lstatSync(path);
  if (about.isSymbolicLink()) return 0;
  if (!about.isDirectory()) return about.size;
  return readdirSync(path)
    .filter((name) => !leavesOut?.test(name))
    .reduce((sum, name) => sum + bytesOnDisk(join(path, name), leavesOut), 0);
}
