/**
 * Which rows of a long table are shown, by a written rule: the first five and the last three; rows with a word of failure, where those are few;
 * rows that hold a word that was asked for; and outliers. An outlier holds a number further from the column's median than three median absolute
 * deviations times 1.4826 (or, where more than half are the same, another number that at most two rows hold), or a value seen once in a column of at most eight values, or a cell whose
 * length is such an outlier. Columns that only count up are no measure.
 */
import { findTelling } from '../../text/telling-words.ts';
import type { DrawnTable, TableRow } from './tables-read.ts';

const first = 5;
const last = 3;
const mostValues = 8;
const failure = /\b(?:error|errors|failed|failure|fatal|critical|exception|denied|refused|timeout|warning|warn|crash|crashed|panic)\b/i;
/** Above these shares, words of failure or of the question tell nothing. */
const mostMarked = 0.25;
const mostAsked = 0.1;
/** UTF-16 units of what is told of a column, and of all. */
const mostTold = 160;
const number = /^[-+]?\d{1,15}(?:\.\d+)?(?:e[-+]?\d{1,3})?$/i;

export function keepRows({ head, rows }: DrawnTable, asked: string | undefined): boolean[] {
  const keeps = rows.map((_, at) => at < first || at >= rows.length - last);
  const mark = (test: (row: TableRow) => boolean) => {
    const found = rows.flatMap((row, at) => (test(row) ? [at] : []));
    if (found.length <= rows.length * mostMarked) for (const at of found) keeps[at] = true;
  };
  mark((row) => row.cells.some((cell) => failure.test(cell)));
  const lines = rows.map((row) => row.cells.join(' '));
  const isTelling = findTelling(lines, asked, mostAsked);
  for (const [at, line] of lines.entries()) if (isTelling(line)) keeps[at] = true;
  for (const column of head.keys()) {
    const cells = rows.map((row) => row.cells[column] ?? '');
    for (const at of outliersOf(cells)) keeps[at] = true;
  }
  return keeps;
}

/** What rows hold, by up to three telling columns: how often each of few values, or from which number to which. */
export function tellRows({ head, rows }: DrawnTable, from: number, until: number): string | undefined {
  const told: string[] = [];
  for (const [column, name] of head.entries()) {
    if (told.length === 3 || told.join(', ').length > mostTold / 2) break;
    const cells = rows.slice(from, until).map((row) => row.cells[column] ?? '');
    const counts = countValues(cells);
    if (cells.every((cell) => number.test(cell))) {
      const { smallest, largest } = rangeOf(cells);
      told.push(smallest === largest ? `${name} ${smallest}` : `${name} ${smallest} to ${largest}`);
    } else if (counts.size <= 4 && [...counts.keys()].every((value) => value.length <= 24)) {
      told.push(`${name} ${[...counts].map(([value, count]) => `${value === '' ? 'empty' : value} ${count}`).join(' / ')}`);
    }
  }
  const said = told.filter((one) => one.length <= mostTold && !/[[\]]/.test(one)).join(', ');
  return said === '' ? undefined : said;
}

function outliersOf(cells: readonly string[]): number[] {
  const filled = cells.filter((cell) => cell !== '');
  if (filled.length < 10) return [];
  const counts = countValues(filled);
  if (counts.size > 1 && counts.size <= mostValues) return cells.flatMap((cell, at) => (counts.get(cell) === 1 ? [at] : []));
  const isNumeric = filled.every((cell) => number.test(cell));
  const values = cells.map((cell) => (cell === '' ? undefined : isNumeric ? Number(cell) : cell.length));
  return isNumeric && countsUp(values) ? [] : farFromMedian(values);
}

function farFromMedian(values: readonly (number | undefined)[]): number[] {
  const known = values.filter((value) => value !== undefined);
  const median = medianOf(known);
  const deviation = medianOf(known.map((value) => Math.abs(value - median)));
  if (deviation > 0)
    return values.flatMap((value, at) => (value !== undefined && Math.abs(value - median) > 3 * 1.4826 * deviation ? [at] : []));
  const counts = new Map<number, number>();
  for (const value of known) counts.set(value, (counts.get(value) ?? 0) + 1);
  return values.flatMap((value, at) => (value !== undefined && value !== median && (counts.get(value) ?? 0) <= 2 ? [at] : []));
}

function countsUp(values: readonly (number | undefined)[]): boolean {
  return (
    values.every((value, at) => at === 0 || (value ?? 0) > (values[at - 1] ?? 0)) ||
    values.every((value, at) => at === 0 || (value ?? 0) < (values[at - 1] ?? 0))
  );
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[sorted.length >> 1] ?? 0;
}

function countValues(cells: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  return counts;
}

/** As they are spelled. */
function rangeOf(cells: readonly string[]): { smallest: string; largest: string } {
  let [smallest = '', largest = ''] = [cells[0], cells[0]];
  for (const cell of cells) {
    if (Number(cell) < Number(smallest)) smallest = cell;
    if (Number(cell) > Number(largest)) largest = cell;
  }
  return { smallest, largest };
}
