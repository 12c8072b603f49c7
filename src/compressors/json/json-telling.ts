/**
 * Which rows of a long table tell most. The rule: every row that carries an error or a warning; every outlier, that is a number more than
 * three median absolute deviations from the median, a value seen once in a column of few values, or, in a column of many, a text whose
 * length is that far from the median length and rarely so; rows with a rare word of the question; the first and the last rows.
 */
import type { JsonNode } from '../../text/json-node.ts';
import type { Table, TableColumn } from './json-table.ts';

/** Rows shown from the beginning: the more, the fewer there are. */
const firstRows = (size: number): number => Math.min(10, Math.max(2, Math.floor(400 / size)));
const lastRows = 1;
const manyRows = 20;
/** Different values up to which a column is one of few values. */
const fewValues = 12;
const mostAskedRows = 20;

const troubleLevel =
  /^(?:error|err|fatal|critical|crit|alert|emerg|emergency|panic|severe|warn|warning|fail|failed|failure|failing|errored|timed[ _-]?out|timeout|high)$/i;
const troubleWord = /\b(?:error|exception|fatal|panic|critical|traceback|failed|failure|warning)\b|(?:Error|Exception)\b/i;
const statusName = /(?:^|[._\]"])(?:http_?)?(?:status|status_?code|code)"?$/i;
const exitName = /(?:^|[._\]"])(?:exit|return)_?(?:code|status)"?$/i;
const errorName = /(?:^|[._\]"])(?:errors?|exception|failure|stack(?:_?trace)?|traceback)"?$/i;
const successName = /(?:^|[._\]"])(?:ok|success|succeeded|passed|healthy|ready)"?$/i;

/** Rows in their order. */
export function tellingRows({ columns, size }: Table, asked: string): number[] {
  const isTelling = new Array<boolean>(size).fill(false);
  const mark = (row: number): void => {
    isTelling[row] = true;
  };
  for (const column of columns) {
    if (column.shown.how === 'constant') continue;
    if (column.shown.how === 'rows') markBelow(column, column.shown.table, mark);
    else {
      markTrouble(column, mark);
      markOutliers(column, mark);
    }
  }
  markAsked(columns, size, asked, mark);
  // Where many rows tell something, the first of them are enough of a sample.
  const first = isTelling.filter(Boolean).length > manyRows ? 1 : firstRows(size);
  for (let row = 0; row < size; row++) if (row < first || row >= size - lastRows) isTelling[row] = true;
  return isTelling.flatMap((telling, row) => (telling ? [row] : []));
}

/** Trouble in a row below is trouble of the row above it. */
function markBelow({ cells }: TableColumn, below: Table, mark: (row: number) => void): void {
  const above = cells.flatMap((cell, row) => (cell?.type === 'array' ? cell.items.map(() => row) : []));
  const markAbove = (row: number): void => mark(above[row] ?? 0);
  for (const column of below.columns) {
    if (column.shown.how === 'rows') markBelow(column, column.shown.table, markAbove);
    else if (column.shown.how !== 'constant') markTrouble(column, markAbove);
  }
}

function markTrouble({ name, cells }: TableColumn, mark: (row: number) => void): void {
  const worded: number[] = [];
  for (const [row, cell] of cells.entries()) {
    if (cell === undefined) continue;
    const text = cell.type === 'scalar' ? cell.text : undefined;
    const raw = cell.type === 'scalar' ? cell.raw : undefined;
    if (text !== undefined && troubleLevel.test(text)) mark(row);
    else if (statusName.test(name) && /^[45]\d\d$/.test(text ?? raw ?? '')) mark(row);
    else if (exitName.test(name) && /^-?[1-9]\d*$/.test(text ?? raw ?? '')) mark(row);
    else if (successName.test(name) && raw === 'false') mark(row);
    else if (errorName.test(name) && !isEmpty(cell)) mark(row);
    else if (text !== undefined && text.length < 10_000 && troubleWord.test(text)) worded.push(row);
  }
  // Where most rows have the word, it is a name (`ErrorBoundary.tsx`, a search for it) and tells nothing.
  if (worded.length * 3 <= cells.length) for (const row of worded) mark(row);
}

function markOutliers({ cells }: TableColumn, mark: (row: number) => void): void {
  const counts = countValues(cells);
  if (counts.size <= fewValues) {
    for (const rows of counts.values()) if (rows.length === 1 && counts.size > 1 && cells.length > counts.size * 4) rows.forEach(mark);
  } else {
    const lengths = cells.map((cell) => (cell?.type === 'scalar' ? cell.text?.length : undefined));
    markFar(lengths, true, mark);
  }
  const numbers = cells.map((cell) => (cell?.type === 'scalar' && /^-?\d/.test(cell.raw) ? Number(cell.raw) : undefined));
  markFar(numbers, false, mark);
}

/**
 * Where the deviation is 0, more than half of the values are the same; others stand out only where they are few. So do lengths always:
 * messages of two kinds are no outliers of each other.
 */
function markFar(numbers: readonly (number | undefined)[], onlyFew: boolean, mark: (row: number) => void): void {
  const known = numbers.filter((number) => number !== undefined);
  if (known.length < 10) return;
  const middle = median(known);
  const deviation = median(known.map((number) => Math.abs(number - middle)));
  const far = numbers.flatMap((number, row) => (number !== undefined && Math.abs(number - middle) > 3 * deviation ? [row] : []));
  if ((deviation > 0 && !onlyFew) || far.length * 20 <= known.length) far.forEach(mark);
}

function markAsked(columns: readonly TableColumn[], size: number, asked: string, mark: (row: number) => void): void {
  const words = new Set(asked.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? []);
  if (words.size === 0) return;
  const rows = new Map<string, Set<number>>();
  for (const { cells, shown } of columns) {
    if (shown.how === 'constant') continue;
    for (const [row, cell] of cells.entries()) {
      const text = cell?.type === 'scalar' ? (cell.text ?? cell.raw) : '';
      for (const word of text
        .slice(0, 2000)
        .toLowerCase()
        .match(/[\p{L}\p{N}]{3,}/gu) ?? []) {
        if (!words.has(word)) continue;
        const found = rows.get(word) ?? new Set();
        rows.set(word, found.add(row));
      }
    }
  }
  const rare = [...rows.values()].filter((found) => found.size <= Math.max(3, size / 10)).sort((one, other) => one.size - other.size);
  const marked = new Set<number>();
  for (const row of rare.flatMap((found) => [...found])) if (marked.size < mostAskedRows) marked.add(row);
  for (const row of marked) mark(row);
}

/** Rows by value, as spelled; stops where there are many. */
function countValues(cells: readonly (JsonNode | undefined)[]): Map<string, number[]> {
  const counts = new Map<string, number[]>();
  for (const [row, cell] of cells.entries()) {
    const spelled = cell === undefined ? '' : cell.type === 'scalar' ? cell.raw : cell.type;
    const rows = counts.get(spelled);
    if (rows) rows.push(row);
    else counts.set(spelled, [row]);
    if (counts.size > fewValues) break;
  }
  return counts;
}

function isEmpty(node: JsonNode): boolean {
  if (node.type === 'scalar') return ['null', '""', 'false', '0'].includes(node.raw);
  return node.type === 'array' ? node.items.length === 0 : node.type === 'object' && node.keys.length === 0;
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[half] ?? 0) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}
