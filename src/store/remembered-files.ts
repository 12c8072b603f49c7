/** Files of the user's that somebody named to have us put something into: so that all of it is found again when we are to go. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { foldersMadeWith, removeEmpty } from './made-with.ts';

export const rememberedName = 'mcp-files.json';

/** Absolute paths; none where nothing can be read. */
export function rememberedFiles(configFolder: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(readFileSync(join(configFolder, rememberedName), 'utf8'));
    return Array.isArray(value) ? value.filter((path): path is string => typeof path === 'string') : [];
  } catch {
    return [];
  }
}

/** Never throws: what could not be written down has to be named once more. */
export function rememberFile(configFolder: string, path: string): void {
  change(configFolder, (paths) => [...paths, path]);
}

/** Never throws. The last one takes the list along, and our folder, if there is nothing else in it. */
export function forgetFile(configFolder: string, path: string): void {
  change(configFolder, (paths) => paths.filter((each) => each !== path));
}

function change(configFolder: string, edit: (paths: readonly string[]) => readonly string[]): void {
  const known = rememberedFiles(configFolder);
  const paths = [...new Set(edit(known))];
  if (paths.length === known.length) return;
  const file = join(configFolder, rememberedName);
  try {
    if (paths.length === 0) {
      const around = foldersMadeWith(configFolder);
      rmSync(file);
      removeEmpty([configFolder, ...around]);
      return;
    }
    mkdirSync(configFolder, { recursive: true, mode: 0o700 });
    writeFileSync(file, `${JSON.stringify(paths, undefined, 2)}\n`, { mode: 0o600 });
  } catch {
    // See above.
  }
}
