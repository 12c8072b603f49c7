/** From what a person or an agent has in hand, a hash, its beginning or a path, to the original that is meant. */
import { realpathSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { listNames } from './list-names.ts';
import { isOriginalName } from './originals.ts';

export interface Place {
  readonly folder: string;
  readonly name: string;
}

export type Located =
  | { readonly state: 'located'; readonly place: Place }
  /** `elsewhere`: a path that leads to no original of ours. `no-hash`: neither a path nor a hash. */
  | { readonly state: 'missing' | 'elsewhere' | 'no-hash' }
  | { readonly state: 'ambiguous'; readonly names: readonly string[] };

const leastDigits = 4;

/** `folders`: where originals are; the first that has it counts. */
export function locateOriginal(word: string, folders: readonly string[], workingFolder: string): Located {
  if (/[\\/]/.test(word)) return locatePath(resolve(workingFolder, word), folders);
  const hash = word.toLowerCase();
  if (!/^[0-9a-f]+$/.test(hash) || hash.length < leastDigits || hash.length > 64) return { state: 'no-hash' };
  const start = hash.slice(0, 16);
  const places = new Map<string, Place>();
  for (const folder of folders) {
    for (const name of listNames(folder)) {
      if (name.startsWith(start) && isOriginalName(name) && !places.has(name)) places.set(name, { folder, name });
    }
  }
  const [place, ...others] = places.values();
  if (!place) return { state: 'missing' };
  return others.length > 0 ? { state: 'ambiguous', names: [...places.keys()].sort() } : { state: 'located', place };
}

function locatePath(path: string, folders: readonly string[]): Located {
  const name = basename(path);
  const folder = realPath(dirname(path));
  const isOurs = folder !== undefined && folders.some((each) => realPath(each) === folder);
  return isOurs && isOriginalName(name) ? { state: 'located', place: { folder, name } } : { state: 'elsewhere' };
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}
