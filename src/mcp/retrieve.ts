/** `headroom_retrieve`: an original, whole or in part, exactly as it was kept. */
import { Failure } from '../errors.ts';
import { type OriginalPlaces, readOriginal } from '../store/read-original.ts';
import { findLines, wordsOf } from '../text/find-lines.ts';
import { linesOf, parseLineRange } from '../text/line-range.ts';
import { sayCount } from '../text/say-amount.ts';

export interface RetrieveQuestion {
  readonly hash: string;
  readonly query?: string | undefined;
  readonly lines?: string | undefined;
}

/** The fields of the Python original; `results` where there is a query, else `original_content`. */
export interface RetrieveResult {
  readonly hash: string;
  readonly source: 'local';
  readonly original_content?: string;
  /** Which lines of it these are, where they are not all. */
  readonly lines?: string;
  readonly query?: string;
  /** `NUMBER:LINE`. */
  readonly results?: readonly string[];
  readonly count?: number;
  /** Lines of the original. */
  readonly original_item_count: number;
  readonly hint?: string;
}

/** Throws a `Failure` where there is no such original, or no such lines. */
export function retrieveContent({ hash, query, lines }: RetrieveQuestion, places: OriginalPlaces): RetrieveResult {
  const range = lines === undefined || lines.trim() === '' ? undefined : parseLineRange(lines);
  if (lines?.trim() && !range) throw new Failure('bad-range', `\`${lines}\` is no range of lines`, 'Examples: 10-20, 10-, 7.');
  const { bytes, name } = readOriginal(hash.trim(), places);
  const text = bytes.toString();
  const total = linesOf(text).length;
  if (range && range.first > total) {
    throw new Failure('bad-range', `It has only ${sayCount(total, 'line')}`, `Example: lines 1-${total || 1}`);
  }
  const words = wordsOf(query ?? '');
  const found = range || words.length > 0 ? findLines(text, range, words) : [];
  const head = { hash: name, source: 'local', ...(range ? { lines: `${range.first}-${Math.min(range.last, total)}` } : {}) } as const;
  if (words.length > 0) {
    const results = found.map(({ number, line }) => `${number}:${line.replace(/\n$/, '')}`);
    const hint = results.length === 0 ? { hint: 'All words are looked for in one line: try fewer, or leave the query out.' } : {};
    return { ...head, query: query ?? '', results, count: results.length, original_item_count: total, ...hint };
  }
  return { ...head, original_content: range ? found.map(({ line }) => line).join('') : text, original_item_count: total };
}
