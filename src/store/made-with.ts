/** Which folders around a path were made for it: those that began in the same breath. So what we made for ourselves can go with us. */
import { rmdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** One call makes them all, and the file comes a few system calls later; nobody else is that quick. */
const breathMs = 50;

/** The nearest first; none where the file system does not say when something began. Ask before the path is removed. */
export function foldersMadeWith(path: string): readonly string[] {
  const born = birthOf(path);
  const folders: string[] = [];
  for (let folder = dirname(path); born > 0 && isOfOneBreath(birthOf(folder), born); folder = dirname(folder)) {
    if (folders.at(-1) === folder) break;
    folders.push(folder);
  }
  return folders;
}

/** Up to the first that holds something, or may not be removed. */
export function removeEmpty(folders: readonly string[]): void {
  try {
    for (const folder of folders) rmdirSync(folder);
  } catch {
    // Somebody uses it.
  }
}

function isOfOneBreath(folder: number, path: number): boolean {
  return folder > 0 && path >= folder && path - folder <= breathMs;
}

/** Epoch milliseconds; 0: unknown. */
function birthOf(path: string): number {
  try {
    return statSync(path).birthtimeMs;
  } catch {
    return 0;
  }
}
