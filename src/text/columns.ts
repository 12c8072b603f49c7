/** Tables that are aligned with spaces: which cells a row has, and how they are written without the padding, every column still tellable. */

export interface ColumnSpan {
  readonly from: number;
  readonly until: number;
}

/** Where the words of a heading stand; words that belong together (`Local Address`) count as one where `pairs` knows them. */
export function spansOfWords(heading: string, pairs?: RegExp): ColumnSpan[] {
  const joined = pairs ? heading.replace(pairs, (pair) => pair.replace(/ /g, '_')) : heading;
  return [...joined.matchAll(/\S+/g)].map((word) => ({ from: word.index, until: word.index + word[0].length }));
}

/** Where columns begin whose headings have two spaces or more between them, as Go's tabwriter pads them. */
export function spansOfPadded(heading: string): ColumnSpan[] {
  return [...heading.matchAll(/\S+(?: \S+)*/g)].map((word) => ({ from: word.index, until: word.index + word[0].length }));
}

/**
 * The cells of a row whose words stand below or above their headings, aligned left or right; empty where a column has none. What stands in
 * the last column is one cell. Undefined where a word cannot be told to belong to one column.
 */
export function cellsByOverlap(row: string, spans: readonly ColumnSpan[]): string[] | undefined {
  const cells = spans.map(() => '');
  const last = spans.length - 1;
  const words = /\S+/g;
  let column = 0;
  for (let word = words.exec(row); word; word = words.exec(row)) {
    const until = word.index + word[0].length;
    while (column < last && (spans[column]?.until ?? 0) <= word.index) column++;
    const span = spans[column];
    if (!span || until <= span.from || (cells[column] ?? '') !== '') return undefined;
    if (column === last) {
      cells[last] = row.slice(word.index).trimEnd();
      return cells;
    }
    if (until > (spans[column + 1]?.from ?? 0)) return undefined;
    cells[column] = word[0];
    column++;
  }
  return cells;
}

/** The cells of a row cut where the headings begin; undefined where a cell runs into the next one. */
export function cellsByOffset(row: string, spans: readonly ColumnSpan[]): string[] | undefined {
  const cells: string[] = [];
  for (const [at, { from }] of spans.entries()) {
    const next = spans[at + 1]?.from;
    if (from > 0 && from <= row.length && row[from - 1] !== ' ') return undefined;
    cells.push(row.slice(from, next).trim());
  }
  return cells;
}

/** The cells of a row of which none is empty and only the last may hold spaces. */
export function cellsByWords(row: string, columns: number): string[] | undefined {
  const cells: string[] = [];
  const words = /\S+/g;
  for (let word = words.exec(row); word; word = words.exec(row)) {
    if (cells.length === columns - 1) return [...cells, row.slice(word.index).trimEnd()];
    cells.push(word[0]);
  }
  return undefined;
}

/**
 * Rows of equally many cells, one line each: a space behind a column where that tells it from the next one, a tab where a cell of either
 * is empty or a cell of it holds a space.
 */
export function writeRows(rows: readonly (readonly string[])[]): string[] {
  const columns = rows[0]?.length ?? 0;
  const separators: string[] = [];
  for (let column = 0; column + 1 < columns; column++) {
    const isPlain = rows.every((row) => row[column] !== '' && row[column + 1] !== '' && !/\s/.test(row[column] ?? ''));
    separators.push(isPlain ? ' ' : '\t');
  }
  return rows.map((row) =>
    row
      .map((cell, column) => cell + (separators[column] ?? ''))
      .join('')
      .trimEnd(),
  );
}
