/** Rows of a table out of their order: the telling ones first. What restores it is a column that only grows, or a number before each row. */
import type { JsonNode } from '../../text/json-node.ts';
import { hasCells, type Table, type TableColumn } from './json-table.ts';

export interface Promoted {
  /** The column that gives the order back; undefined: the rows are numbered. */
  readonly by: string | undefined;
}

const said = /^\d+ rows, \d+ telling first; (?:# = place|order by (.*))$/;

export function sayPromoted(count: number, by: string | undefined): string {
  return `, ${count} telling first; ${by === undefined ? '# = place' : `order by ${by}`}`;
}

export function readPromoted(head: string): Promoted | undefined {
  const found = said.exec(head);
  return found ? { by: found[1] } : undefined;
}

export function promotedOrder(first: readonly number[], size: number): number[] {
  const isFirst = new Set(first);
  return [...first, ...Array.from({ length: size }, (_, row) => row).filter((row) => !isFirst.has(row))];
}

/** A column whose values grow from each row to the next. */
export function orderingColumn({ columns }: Table): TableColumn | undefined {
  return columns.find((column) => {
    if (!hasCells(column)) return false;
    let previous: string | undefined;
    return column.cells.every((cell) => {
      const text = cell?.type === 'scalar' ? (cell.text ?? (/^-?\d/.test(cell.raw) ? cell.raw : undefined)) : undefined;
      const grows = text !== undefined && (previous === undefined || compare(previous, text) < 0);
      previous = text;
      return grows;
    });
  });
}

/** The rows in the order of their keys. */
export function inOrder(rows: readonly JsonNode[], keys: readonly string[]): JsonNode[] {
  return rows
    .map((row, at) => ({ row, key: keys[at] ?? '' }))
    .sort((one, other) => compare(one.key, other.key))
    .map(({ row }) => row);
}

/** Numbers by value where both are, texts by their units. */
function compare(one: string, other: string): number {
  const [a, b] = [number(one), number(other)];
  if (a !== undefined && b !== undefined) return a - b;
  return one < other ? -1 : one > other ? 1 : 0;
}

function number(text: string): number | undefined {
  return /^-?\d{1,15}(?:\.\d{1,9})?$/.test(text) ? Number(text) : undefined;
}
