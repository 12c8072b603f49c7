/** Which originals are there, for whoever shows them. Reads no text. */
import { lstatSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { listNames } from './list-names.ts';
import { isOriginalName } from './originals.ts';
import { cacheParts } from './place.ts';

export interface ListedOriginal {
  readonly name: string;
  readonly folder: string;
  readonly bytes: number;
  /** When it was kept last, epoch milliseconds. */
  readonly keptAt: number;
}

/** Where originals may be: the lasting folder first, then those of running launches that leave nothing behind. */
export function originalsFolders(cacheFolder: string): readonly string[] {
  const { originals, launches } = cacheParts(cacheFolder);
  return [originals, ...listNames(launches).map((id) => join(launches, id, 'originals'))];
}

/** The youngest first; each name once, from the first folder that has it. A folder that is not there has none. */
export function listOriginals(folders: readonly string[]): readonly ListedOriginal[] {
  const found = new Map<string, ListedOriginal>();
  for (const folder of folders) {
    for (const name of listNames(folder)) {
      if (!isOriginalName(name) || found.has(name)) continue;
      const file = look(join(folder, name));
      if (file?.isFile()) found.set(name, { name, folder, bytes: file.size, keptAt: file.mtimeMs });
    }
  }
  return [...found.values()].sort((one, other) => other.keptAt - one.keptAt || (one.name < other.name ? -1 : 1));
}

/** Undefined where it is gone meanwhile. */
function look(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}
