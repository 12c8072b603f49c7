/** Writes a table of JSON: what holds for all rows, the names of the columns, and the rows. */
import { hasCells, type Table, type TableColumn } from './json-table.ts';
import { type Notation, spellFill, spellTemplate, spellValue } from './json-words.ts';

/** What is said once above the rows, and the names of what stands in them. */
export function writeHead({ columns }: Table, indent: string, notation: Notation, isNumbered: boolean, out: string[]): void {
  let previous: string | undefined;
  for (const [at, column] of columns.entries()) {
    const definition = definitionOf(column, notation);
    if (definition === undefined) continue;
    const predecessor = columns[at - 1]?.name;
    const place =
      hasCells(column) || (at > 0 && predecessor === previous) ? '' : predecessor === undefined ? ' (first)' : ` (after ${predecessor})`;
    out.push(`${indent}  ${column.name}${place}${definition}`);
    if (column.shown.how === 'rows') writeHead(column.shown.table, `${indent}  `, notation, false, out);
    if (!hasCells(column)) previous = column.name;
  }
  const names = columns.filter(hasCells).map(({ name }) => name);
  out.push(indent + [...(isNumbered ? ['#'] : []), ...names].join('\t'));
}

function definitionOf({ shown }: TableColumn, notation: Notation): string | undefined {
  if (shown.how === 'constant') return `: ${spellValue(shown.node, 'value', notation)}`;
  if (shown.how === 'rows') return ' -> that many rows follow, indented:';
  if (shown.how === 'tree') return ' -> that many rows follow, indented, of the same columns';
  if (shown.how === 'cell') return undefined;
  const parts = shown.template.parts.map((part) => {
    if (typeof part === 'string') return part;
    return part.cut ? `{${part.column} ${part.cut.side} ${part.cut.delimiter === ' ' ? 'space' : part.cut.delimiter}}` : `{${part.column}}`;
  });
  if (shown.template.blankAt !== undefined) parts.splice(shown.template.blankAt, 0, '{}');
  return ` = ${spellTemplate(parts.join(''))}`;
}

/** The rows of a table, each followed by those below it. */
export class RowWriter {
  readonly places: number[] = [];
  readonly #table: Table;
  readonly #indent: string;
  readonly #notation: Notation;
  readonly #below: ReadonlyMap<TableColumn, RowWriter>;
  #next = 0;

  constructor(table: Table, indent: string, notation: Notation) {
    this.#table = table;
    this.#indent = indent;
    this.#notation = notation;
    this.#below = new Map(
      table.columns.flatMap((column) =>
        column.shown.how === 'rows' ? [[column, new RowWriter(column.shown.table, `${indent} `, notation)] as const] : [],
      ),
    );
  }

  writeInOrder(order: readonly number[], out: string[], isNumbered: boolean): void {
    const starts = new Map([...this.#below.keys()].map((column) => [column, startsBelow(column)] as const));
    for (const row of order) {
      this.places.push(out.length);
      out.push(this.#indent + (isNumbered ? `${row + 1}\t` : '') + this.#cells(row));
      for (const [column, below] of this.#below) {
        below.#next = starts.get(column)?.[row] ?? 0;
        below.write(itemsIn(column, row), out);
      }
    }
  }

  write(count: number, out: string[], depth = 0): void {
    for (let n = 0; n < count; n++) {
      const row = this.#next++;
      this.places.push(out.length);
      out.push(this.#indent + ' '.repeat(depth) + this.#cells(row));
      for (const column of this.#table.columns) {
        const cell = column.cells[row];
        if (cell?.type !== 'array' || cell.items.length === 0) continue;
        if (column.shown.how === 'tree') this.write(cell.items.length, out, depth + 1);
        else if (column.shown.how === 'rows') this.#below.get(column)?.write(cell.items.length, out, depth);
      }
    }
  }

  #cells(row: number): string {
    const cells: string[] = [];
    for (const column of this.#table.columns) if (hasCells(column)) cells.push(this.#cell(column, row));
    while (cells.length > 0 && cells.at(-1) === '') cells.pop();
    return cells.join('\t');
  }

  #cell({ cells, shown }: TableColumn, row: number): string {
    const node = cells[row];
    if (!node) return '';
    if (shown.how === 'template') {
      const fill = shown.template.fills[row];
      return fill === undefined ? 'null' : spellFill(fill);
    }
    if ((shown.how === 'rows' || shown.how === 'tree') && node.type === 'array' && node.items.length > 0) return String(node.items.length);
    return spellValue(node, 'cell', this.#notation);
  }
}

/** For each row of the table, which row is the first of those below it. */
function startsBelow(column: TableColumn): number[] {
  let start = 0;
  return column.cells.map((_, row) => {
    start += itemsIn(column, row);
    return start - itemsIn(column, row);
  });
}

function itemsIn({ cells }: TableColumn, row: number): number {
  const cell = cells[row];
  return cell?.type === 'array' ? cell.items.length : 0;
}
