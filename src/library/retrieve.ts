/** Gives back an original, whole or in part, to whoever holds its hash. */
import { Failure } from '../errors.ts';
import { originalsFolders } from '../store/list-originals.ts';
import { readOriginal } from '../store/read-original.ts';
import { findLines, wordsOf } from '../text/find-lines.ts';
import { parseLineRange } from '../text/line-range.ts';
import type { RetrieveOptions } from './headroom.ts';

/** Throws a `Failure`. */
export function retrieveFrom(folder: string, hash: string, { lines, query }: RetrieveOptions): string {
  if (typeof hash !== 'string') throw new TypeError('retrieve: the hash is no text');
  const range = lines === undefined ? undefined : parseLineRange(lines);
  if (lines !== undefined && !range) throw new Failure('bad-range', `\`${lines}\` is no range of lines`, 'Examples: 10-20, 10-, 7.');
  const { bytes } = readOriginal(hash, { folders: originalsFolders(folder), workingFolder: process.cwd() });
  const text = bytes.toString();
  if (query === undefined && !range) return text;
  const found = findLines(text, range, wordsOf(query ?? ''));
  return found.map(({ number, line }) => (query === undefined ? line : `${number}:${line}`)).join('');
}
