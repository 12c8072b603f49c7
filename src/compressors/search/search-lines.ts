/** The lines of search results, each with the path it spells out: `path:12:text`, `path-11-context`, or both without numbers. */

export interface SearchLine {
  readonly kind: 'hit' | 'context' | 'separator' | 'other';
  /** Empty where the line names none. */
  readonly path: string;
  /** What stands behind the path: `12:text`, or `:text` where no number is given. */
  readonly entry: string;
}

export const separator = '--';

/** What an entry below a numbered heading looks like. */
export const numberedEntry = /^\d+[:-]/;
/** What an entry below a heading without numbers looks like. */
export const plainEntry = /^[:-]/;

/** Paths and numbers stand within this many UTF-16 units. */
const mostLength = 600;

export interface SearchResult {
  readonly lines: readonly SearchLine[];
  readonly isNumbered: boolean;
  /** Claude Code spells lines with a colon in them relative to its folder, and others in full: what stands in front of these. */
  readonly contextFolder: string | undefined;
}

/** Reads all lines; a context line is only believed where its path has a hit as well. */
export function readSearch(lines: readonly string[]): SearchResult {
  let before = '';
  const numbered = lines.map((line) => {
    const hit = readHit(line, before);
    if (hit) before = hit.path;
    return hit;
  });
  const isNumbered = numbered.some((line) => line !== undefined);
  const hits = isNumbered ? numbered : lines.map(readPlainHit);
  const paths = new Set(hits.flatMap((line) => (line ? [line.path] : [])));
  const contextFolder = isNumbered ? folderOfContext(lines, hits, paths) : undefined;
  let latest = '';
  const readOther = (line: string): SearchLine | undefined => {
    if (line === separator) return { kind: 'separator', path: '', entry: line };
    if (!isNumbered) return readPlainContext(line, paths, latest);
    if (contextFolder === undefined) return readContext(line, paths);
    if (line.includes(':')) return readContext(line, paths);
    return line.startsWith(contextFolder) ? readContext(line.slice(contextFolder.length), paths) : undefined;
  };
  const read = lines.map((line, at) => {
    const known = hits[at] ?? readOther(line);
    if (known && known.path !== '') latest = known.path;
    return known ?? { kind: 'other' as const, path: '', entry: line };
  });
  return { lines: read, isNumbered, contextFolder };
}

const rooted = /^(?:\.{0,2}[\\/]|~[\\/]|[A-Za-z]:[\\/])/;
const fileName = /^(?:[\w@+-]*[\p{L}_][\w@+-]*\.[\w.-]*\w|\.\w[\w.-]*|[A-Z]\w*file|[A-Z][A-Z_]+)$/u;

/** True for what can only be a path: no sentence, no time, no key of a table. Spaces are believed in paths that begin at a root. */
export function isPath(text: string): boolean {
  if (text.length > mostLength || !/[A-Za-z_\u00aa-\uffff]/.test(text) || /["`<>|\t]|: |:$|^\w\w+:\/\//.test(text)) return false;
  if (rooted.test(text)) return true;
  if (/\s/.test(text) || text.indexOf(':') !== text.lastIndexOf(':')) return false;
  return /[\\/]/.test(text) || fileName.test(text);
}

/** `path:12:text`; a colon may belong to a drive or a git revision. `before`: the path of the hit before, known to be one. */
function readHit(line: string, before: string): SearchLine | undefined {
  if (before !== '' && line.startsWith(before) && /^:\d+:/.test(line.slice(before.length, before.length + 12)))
    return { kind: 'hit', path: before, entry: line.slice(before.length + 1) };
  const head = line.slice(0, mostLength);
  const number = /:\d+:/g;
  number.lastIndex = /^[A-Za-z]:[\\/]/.test(head) ? 2 : 1;
  const found = number.exec(head);
  if (!found || !isPath(head.slice(0, found.index))) return undefined;
  return { kind: 'hit', path: head.slice(0, found.index), entry: line.slice(found.index + 1) };
}

function readContext(line: string, paths: ReadonlySet<string>): SearchLine | undefined {
  const head = line.slice(0, mostLength);
  const number = /-\d+(?=-)/g;
  for (let found = number.exec(head); found; found = number.exec(head)) {
    const path = head.slice(0, found.index);
    if (paths.has(path)) return { kind: 'context', path, entry: line.slice(found.index + 1) };
  }
  return undefined;
}

/** Told by the first line that spells a path which hits spell from further in. */
function folderOfContext(
  lines: readonly string[],
  hits: readonly (SearchLine | undefined)[],
  paths: ReadonlySet<string>,
): string | undefined {
  if (paths.size === 0 || [...paths].some((path) => rooted.test(path))) return undefined;
  const at = lines.findIndex((line, n) => hits[n] === undefined && rooted.test(line) && /-\d+-/.test(line.slice(0, mostLength)));
  const head = lines[at]?.slice(0, mostLength) ?? '';
  for (const { index } of head.matchAll(/[\\/]/g)) if (readContext(head.slice(index + 1), paths)) return head.slice(0, index + 1);
  return undefined;
}

/** `path:text`, where no line of the output has a number: only paths with a folder are believed. */
function readPlainHit(line: string): SearchLine | undefined {
  const at = line.indexOf(':', /^[A-Za-z]:[\\/]/.test(line) ? 2 : 1);
  const path = line.slice(0, Math.min(at, mostLength));
  if (at < 0 || !/[\\/]/.test(path) || !/\.\w+$|[\\/]\w+$/.test(path) || /\s/.test(path) || !isPath(path)) return undefined;
  return { kind: 'hit', path, entry: line.slice(at) };
}

function readPlainContext(line: string, paths: ReadonlySet<string>, latest: string): SearchLine | undefined {
  if (latest !== '' && line.startsWith(`${latest}-`)) return { kind: 'context', path: latest, entry: line.slice(latest.length) };
  const head = line.slice(0, mostLength);
  for (let at = head.indexOf('-'); at >= 0; at = head.indexOf('-', at + 1))
    if (paths.has(head.slice(0, at))) return { kind: 'context', path: head.slice(0, at), entry: line.slice(at) };
  return undefined;
}
