/**
 * Search results with each path once: above its hits, as ripgrep's `--heading` prints them, and neighbours of one folder below its name, one
 * space further in. `readGroups` gives back every byte of what `writeGroups` wrote.
 */
import { foldFolders } from '../../text/folder-runs.ts';
import { linesOf } from '../../text/lines-of.ts';
import { type Base, readBase, remark, writeBase } from './search-base.ts';
import { isPath, numberedEntry, plainEntry, type SearchLine, type SearchResult, separator } from './search-lines.ts';

/** Lines of one file in a row; separators count where the file goes on behind them. */
interface Group {
  readonly path: string;
  readonly from: number;
  readonly until: number;
}

const mostTries = 6;

/** The form below `base` that reads back, or undefined. Groups that would be misread stay as they were. */
export function writeGroups(text: string, { lines: read, isNumbered }: SearchResult, base: Base | undefined): string | undefined {
  const lines = linesOf(text);
  const groups = groupsOf(read, base);
  const plain = new Set<Group>();
  for (let tries = 0; tries < mostTries; tries++) {
    const written = write(
      lines,
      read,
      isNumbered,
      base,
      groups.filter((group) => !plain.has(group)),
    );
    const back = readGroups(written).split('\n');
    const wrong = back.findIndex((line, at) => line !== lines[at]);
    if (wrong < 0 && back.length === lines.length) return written;
    const at = wrong < 0 ? lines.length - 1 : wrong;
    const misread = groups.filter((group) => !plain.has(group) && group.from <= at && group.until >= at);
    if (misread.length === 0) return undefined;
    for (const group of misread) plain.add(group);
  }
  return undefined;
}

export function readGroups(text: string): string {
  const { base, lines } = readBase(text.split('\n'));
  const spelled: string[] = [];
  let folder = '';
  let path: string | undefined;
  let entry = numberedEntry;
  const whole = (line: string): string => (base?.ofHits ? base.folder + line : line);
  /** The path that a line with entries below it names. */
  const heading = (line: string, next: string): string | undefined => {
    if (isPath(line) && numberedEntry.test(next)) entry = numberedEntry;
    else if (line.endsWith(':') && isPath(line.slice(0, -1)) && plainEntry.test(next)) entry = plainEntry;
    else return undefined;
    return entry === plainEntry ? line.slice(0, -1) : line;
  };
  for (const [at, line] of lines.entries()) {
    const next = lines[at + 1] ?? '';
    if (path !== undefined && line !== separator && entry.test(line)) {
      const mark = entry === plainEntry ? line[0] : /^\d+(.)/.exec(line)?.[1];
      const folderOfContext = base && !base.ofHits && !line.includes(':') ? base.folder : '';
      spelled.push(`${folderOfContext}${whole(path)}${entry === plainEntry ? '' : mark}${line}`);
      continue;
    }
    if (line === separator) {
      if (next === '' || !entry.test(next)) path = undefined;
      spelled.push(line);
      continue;
    }
    path = undefined;
    if (folder !== '' && /^ \S/.test(line)) {
      path = heading(folder + line.slice(1), next);
      if (path === undefined) spelled.push(whole(folder + line.slice(1)));
      continue;
    }
    folder = '';
    if (/[\\/]$/.test(line) && isPath(line) && /^ \S/.test(next)) {
      folder = line;
      continue;
    }
    path = heading(line, next);
    if (path === undefined) spelled.push(remark.test(line) ? line : whole(line));
  }
  return spelled.join('\n');
}

function write(
  lines: readonly string[],
  read: readonly SearchLine[],
  isNumbered: boolean,
  base: Base | undefined,
  groups: readonly Group[],
): string {
  const written: string[] = base ? [writeBase(base)] : [];
  const cut = base?.ofHits ? base.folder.length : 0;
  const folders = new Map<number, { folder: string; until: number }>();
  for (const stretch of stretchesOf(groups, read))
    for (const run of foldFolders(stretch.map(({ path }) => path.slice(cut))))
      folders.set(stretch[run.from]?.from ?? 0, { folder: run.folder, until: stretch[run.until - 1]?.until ?? 0 });
  let next = 0;
  let open = { folder: '', until: 0 };
  for (let at = 0; at < lines.length; ) {
    const group = groups[next]?.from === at ? groups[next++] : undefined;
    if (!group) {
      written.push((lines[at] ?? '').slice(read[at]?.path ? cut : 0));
      at++;
      continue;
    }
    const begun = folders.get(at);
    if (begun) {
      open = begun;
      written.push(open.folder);
    }
    const isInside = at < open.until;
    const name = `${isInside ? ' ' : ''}${group.path.slice(cut + (isInside ? open.folder.length : 0))}`;
    if (group.until - at === 1) written.push(name + (lines[at] ?? '').slice(group.path.length));
    else {
      written.push(isNumbered ? name : `${name}:`);
      for (; at < group.until; at++) written.push(read[at]?.entry ?? '');
    }
    at = group.until;
  }
  return written.join('\n');
}

/** Where only context lines spell the base, a single one of them stands as it is. */
function groupsOf(read: readonly SearchLine[], base: Base | undefined): Group[] {
  const groups: Group[] = [];
  for (let at = 0; at < read.length; ) {
    const path = read[at]?.path ?? '';
    const until = path === '' ? at + 1 : groupEnd(read, at);
    const isLoneContext = until - at === 1 && read[at]?.kind === 'context' && base?.ofHits === false;
    if (path !== '' && !isLoneContext) groups.push({ path, from: at, until });
    at = until;
  }
  return groups;
}

function groupEnd(read: readonly SearchLine[], from: number): number {
  let end = from + 1;
  for (let at = from + 1; at < read.length; at++) {
    if (read[at]?.path === read[from]?.path) end = at + 1;
    else if (read[at]?.kind !== 'separator') break;
  }
  return end;
}

/** Groups with nothing but separators between them. */
function stretchesOf(groups: readonly Group[], read: readonly SearchLine[]): Group[][] {
  const stretches: Group[][] = [];
  let end = -1;
  for (const group of groups) {
    while (end >= 0 && end < group.from && read[end]?.kind === 'separator') end++;
    if (end === group.from) stretches.at(-1)?.push(group);
    else stretches.push([group]);
    end = group.until;
  }
  return stretches;
}
