/** Removes recorded decisions that nobody has added to for long. What goes is decided anew, should its conversation ever go on. */
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDecisionFile } from './decision-files.ts';
import type { Amount } from './sweep-originals.ts';

const minute = 60_000;

/** Removes what is older than so many minutes. Never rejects; what cannot be removed stays. */
export async function sweepDecisions(folder: string, mostMinutes: number): Promise<Amount> {
  let [files, bytes] = [0, 0];
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const found = isDecisionFile(name) ? await lstat(path).catch(() => undefined) : undefined;
    if (!found?.isFile() || Date.now() - found.mtimeMs < mostMinutes * minute) continue;
    const isGone = await rm(path).then(
      () => true,
      () => false,
    );
    if (isGone) [files, bytes] = [files + 1, bytes + found.size];
  }
  return { files, bytes };
}
