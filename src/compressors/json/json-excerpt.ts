/** Excerpts of long tables: the telling rows stand first and are shown, the others follow and are counted. */
import type { Excerpt, TextToShrink } from '../compressor.ts';
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
  for (const { lines, until, promoted } of long) keeps.fill(false, lines[promoted?.count ?? 0], until);
  return {
    of: { text: written.lines.join('\n'), form: 'invertible', inverse: readText },
    keeps,
    unit: long.every(({ table }) => isFlat(table)) ? 'row' : 'line',
    tell: (from) => {
      const found = long.find(({ lines }) => lines.includes(from));
      if (!found?.promoted) return undefined;
      const rows = found.promoted.order.slice(found.lines.indexOf(from));
      const told = tellRows(found.table, rows);
      return isFlat(found.table) ? told : [`${rows.length} rows`, told ?? 'and those below them'].join('; ');
    },
  };
}

function isFlat({ columns }: Table): boolean {
  return columns.every(({ shown }) => shown.how !== 'rows' && shown.how !== 'tree');
}
