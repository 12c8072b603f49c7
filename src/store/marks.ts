/**
 * Which originals a launch uses: a list of names in its private folder, so that it ends with the launch, by `kill -9` too. Each launch
 * adds to its own list only, and no lock is needed: a name is on the list before the launch looks at the file.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { listNames } from './list-names.ts';

const fileName = 'used-originals';

export interface Marks {
  /** Throws where the list cannot be written. */
  add(name: string): void;
}

/** The list in this private folder; made when there is something to put on it. */
export function createMarks(privateFolder: string): Marks {
  const file = join(privateFolder, fileName);
  const known = new Set<string>();
  const append = (text: string) => appendFileSync(file, text, { mode: 0o600 });
  return {
    add: (name) => {
      if (known.has(name) && existsSync(file)) return;
      try {
        append(`${name}\n`);
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
        // Somebody emptied the cache while we run.
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
        append(`${name}\n`);
      }
      known.add(name);
    },
  };
}

/** Everything on the lists of the launches below this folder. A launch that is over counts until its folder is swept. */
export function readMarks(launchesFolder: string): ReadonlySet<string> {
  const lists = listNames(launchesFolder).map((id) => read(join(launchesFolder, id, fileName)));
  // A line that a full disk cut short stands in front of the next one.
  return new Set(lists.flatMap((text) => text.match(/[0-9a-f]{16}(?=\n)/g) ?? []));
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
