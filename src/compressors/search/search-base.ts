/** The folder that all paths of a search result are below, said once in a first line. */
import { sharedFolder } from '../../text/folder-runs.ts';
import type { SearchResult } from './search-lines.ts';

export interface Base {
  readonly folder: string;
  /** False: hits are given relative to it, and only lines without a colon, which are context, spell it out. */
  readonly ofHits: boolean;
}

/** Lines that stand as they are where all others are below a base. */
export const remark = /^$|^(?:Total output lines: \d+|Warning: .*|\[Showing results .*|\(Results are truncated.*)$/;
const ofAll = /^Paths below (.+[\\/]):$/;
const ofContext = /^Paths are relative to (.+[\\/]):$/;
const leastLength = 10;
const leastPaths = 2;
const mostLength = 2000;

export function writeBase({ folder, ofHits }: Base): string {
  return ofHits ? `Paths below ${folder}:` : `Paths are relative to ${folder}:`;
}

export function readBase(lines: readonly string[]): { base: Base | undefined; lines: readonly string[] } {
  const first = lines[0] ?? '';
  const all = ofAll.exec(first)?.[1];
  const folder = all ?? ofContext.exec(first)?.[1];
  return folder === undefined ? { base: undefined, lines } : { base: { folder, ofHits: all !== undefined }, lines: lines.slice(1) };
}

/** True for a text that already begins so. */
export function saysBase(text: string): boolean {
  return readBase([text.slice(0, mostLength).split('\n', 1)[0] ?? '']).base !== undefined;
}

/** The folder that all lines name, where every line names one or is a remark; or the one that only context lines spell. */
export function commonBase({ lines, contextFolder }: SearchResult): Base | undefined {
  if (contextFolder !== undefined) return { folder: contextFolder, ofHits: false };
  let folder: string | undefined;
  const paths = new Set<string>();
  for (const { kind, path, entry } of lines) {
    if (kind === 'separator' || (kind === 'other' && remark.test(entry))) continue;
    if (path === '') return undefined;
    paths.add(path);
    folder = folder === undefined ? path.slice(0, lastSeparator(path) + 1) : folder.slice(0, sharedFolder(`${folder}.`, path));
    if (folder.length < leastLength) return undefined;
  }
  return folder !== undefined && paths.size >= leastPaths ? { folder, ofHits: true } : undefined;
}

function lastSeparator(path: string): number {
  return Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
}
