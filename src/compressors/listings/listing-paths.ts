/**
 * Lists of paths (`find`, `git ls-files`, `rg --files`, `du`, globs): neighbours of one folder below its name, one space further in, in their
 * order. `readFolders` gives back every byte of what `writeFolders` wrote.
 */
import { foldFolders } from '../../text/folder-runs.ts';
import { linesOf } from '../../text/lines-of.ts';
import { isPath } from '../search/search-lines.ts';
import { append } from '../two-way.ts';

/** What may stand in front of a path: a size, or what git says of an object. */
const lead = /^(?:\d[\d.,]*[KMGTP]?\t|\d{6} (?:blob|tree|commit) [0-9a-f]{40,64}(?: +[\d-]+)?\t)?/;
const inside = /^ \S/;
const mostLength = 1000;

export interface ListedPath {
  readonly lead: string;
  readonly path: string;
}

/** Undefined where the line lists none. `allowsSpaces`: every line is a path, whatever it looks like. */
export function readListed(line: string, allowsSpaces: boolean): ListedPath | undefined {
  if (line.length > mostLength) return undefined;
  const front = lead.exec(line)?.[0] ?? '';
  const path = line.slice(front.length);
  if (!/[\\/]/.test(path) || /^\s/.test(path)) return undefined;
  if (!isPath(path) && !(allowsSpaces && !/["<>|\t]|: |:$|^\w\w+:\/\//.test(path))) return undefined;
  return { lead: front, path };
}

/** Undefined where nothing is gained or the form does not read back. */
export function writeFolders(text: string, allowsSpaces: boolean): string | undefined {
  const lines = linesOf(text);
  const listed = lines.map((line) => readListed(line, allowsSpaces));
  const runs = foldFolders(listed.map((one) => one?.path ?? ''));
  if (runs.length === 0) return undefined;
  const written: string[] = [];
  let next = 0;
  for (const { from, until, folder } of runs) {
    append(written, lines.slice(next, from));
    written.push(folder);
    for (const one of listed.slice(from, until)) written.push(` ${one?.lead ?? ''}${one?.path.slice(folder.length) ?? ''}`);
    next = until;
  }
  const form = [...written, ...lines.slice(next)].join('\n');
  return readFolders(form) === text ? form : undefined;
}

export function readFolders(text: string): string {
  const lines = text.split('\n');
  const spelled: string[] = [];
  let folder = '';
  for (const [at, line] of lines.entries()) {
    if (folder !== '' && inside.test(line)) {
      const front = lead.exec(line.slice(1))?.[0] ?? '';
      spelled.push(front + folder + line.slice(1 + front.length));
      continue;
    }
    folder = /[\\/]$/.test(line) && inside.test(lines[at + 1] ?? '') ? line : '';
    if (folder === '') spelled.push(line);
  }
  return spelled.join('\n');
}
