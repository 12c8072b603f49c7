/** What became of each kind of result, the heaviest first: o200k tokens, each result once. */
import { sayNumber, sayShare } from '../text/say-amount.ts';
import { table } from './table.ts';

export interface KindSum {
  results: number;
  before: number;
  after: number;
}

export function kindTable(byKind: Readonly<Record<string, KindSum>>): readonly string[] {
  const rows = Object.entries(byKind).sort(([, one], [, other]) => other.before - one.before);
  if (rows.length === 0) return [];
  const cells = rows.map(([kind, { results, before, after }]) => [
    kind,
    sayNumber(results),
    sayNumber(before),
    sayNumber(after),
    sayShare(before - after, before),
  ]);
  return [...table([['kind of result', 'results', 'before', 'after', 'removed'], ...cells]), ''];
}
