/** Excerpts of long tables: the telling rows stand first and are shown, the others follow and are counted. */
import type { Excerpt, TextToShrink } from './compressor.ts';
import { tellRows } from './json-distribution.ts';
import type { Table } from './json-table.ts';
import { tellingRows } from './json-telling.ts';
import { readText, writeText } from './json-text.ts';

const leastRows = 50;
/** Of its rows, the most that may be telling: else the table stays whole. */
const mostTelling = 0.6;

export function excerptJson({ text, asked = '' }: TextToShrink): Excerpt | undefined {
  const promote = (table: Table): number[] | undefined => {
    if (table.size < leastRows) return undefined;
    const telling = tellingRows(table, asked);
    return telling.length > table.size * mostTelling ? undefined : telling;
  };
  const written = writeText(text, promote);
  const long = written?.tables.filter(({ promoted }) => promoted !== undefined) ?? [];
  if (!written || long.length === 0) return undefined;
  const keeps = written.lines.map(() => true);
  for (const { lines, promoted } of long) for (const line of lines.slice(promoted?.count)) keeps[line] = false;
  return {
    of: { text: written.lines.join('\n'), form: 'invertible', inverse: readText },
    keeps,
    unit: 'row',
    tell: (from, until) => {
      const found = long.find(({ lines }) => lines.includes(from));
      if (!found?.promoted) return undefined;
      const start = found.lines.indexOf(from);
      return tellRows(found.table, found.promoted.order.slice(start, start + until - from));
    },
  };
}
