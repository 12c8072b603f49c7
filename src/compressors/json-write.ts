/** Writes a tree of JSON as an outline: `key: value` lines, indented, and tables for arrays of objects. `json-read.ts` reads it back. */
import { type JsonArray, type JsonNode, type JsonObject, writeJson } from '../text/json-node.ts';
import { isFilledObject } from './json-columns.ts';
import { hasCells, planTable, type Table, type TableColumn } from './json-table.ts';
import { type Notation, spellFill, spellKey, spellTemplate, spellValue } from './json-words.ts';

/** A table whose rows are lines of an outline. */
export interface WrittenTable {
  readonly table: Table;
  /** For each of its rows the line that it is. */
  readonly lines: readonly number[];
}

export interface Outline {
  readonly lines: readonly string[];
  /** Tables that are not within another one. */
  readonly tables: readonly WrittenTable[];
}

/** Lists of texts and numbers up to this length stand on one line. */
const longestList = 200;
const longestObject = 50;

export function writeOutline(root: JsonNode, notation: Notation): Outline {
  const writer = new OutlineWriter(notation);
  if (root.type === 'object') writer.members(root, '');
  else if (root.type === 'array') writer.array('', root, '', undefined);
  return { lines: writer.lines, tables: writer.tables };
}

class OutlineWriter {
  readonly lines: string[] = [];
  readonly tables: WrittenTable[] = [];
  readonly #notation: Notation;

  constructor(notation: Notation) {
    this.#notation = notation;
  }

  members(object: JsonObject, indent: string): void {
    for (const [at, key] of object.keys.entries()) {
      const name = indent + spellKey(key, this.#notation);
      const value = object.values[at];
      if (!value) continue;
      if (value.type === 'array' && value.items.length > 0) {
        const before = { type: 'object', keys: object.keys.slice(0, at), values: object.values.slice(0, at) } as const;
        this.array(`${name}: `, value, indent, before);
      } else if (isFilledObject(value) && !this.#isShort(value)) {
        this.lines.push(`${name}:`);
        this.members(value, `${indent}  `);
      } else this.#value(`${name}: `, value, indent, 'value');
    }
  }

  /** `lead`: what stands on the line before the value. */
  array(lead: string, array: JsonArray, indent: string, within: JsonObject | undefined): void {
    const { items } = array;
    if (this.#table(lead, items, indent, within)) return;
    if (items.length === 0 || (items.every((item) => item.type === 'scalar') && writeJson(array, this.#notation.inline).length <= longestList)) {
      this.lines.push(lead + writeJson(array, this.#notation.inline));
      return;
    }
    this.lines.push(`${lead}${items.length} items`);
    for (const item of items) {
      const inner = `${indent}  `;
      const start = this.lines.length;
      if (isFilledObject(item)) {
        this.members(item, inner);
        this.lines[start] = `${indent}- ${this.lines[start]?.slice(inner.length)}`;
      } else if (item.type === 'array' && item.items.length > 0) this.array(`${indent}- `, item, inner, undefined);
      else this.#value(`${indent}- `, item, inner, 'item');
    }
  }

  #value(lead: string, node: JsonNode, indent: string, place: 'value' | 'item'): void {
    const lines = node.type === 'scalar' && node.text !== undefined ? textLines(node.text) : undefined;
    if (!lines) {
      this.lines.push(lead + spellValue(node, place, this.#notation));
      return;
    }
    this.lines.push(`${lead}text of ${lines.length} lines`);
    for (const line of lines) this.lines.push(line === '' ? '' : `${indent}  ${line}`);
  }

  #isShort(object: JsonObject): boolean {
    return object.values.every((value) => value.type === 'scalar') && writeJson(object, this.#notation.inline).length <= longestObject;
  }

  #table(lead: string, items: readonly JsonNode[], indent: string, within: JsonObject | undefined): boolean {
    if (items.length < 2) return false;
    const parents = items.map(() => within);
    const table = planTable(items, parents, false, this.#notation);
    if (!table) return false;
    const start = this.lines.length;
    this.lines.push(`${lead}${items.length} rows`);
    this.#head(table, indent);
    const rows = new RowWriter(table, indent, this.#notation);
    rows.write(items.length, this.lines);
    const length = this.lines.slice(start).reduce((sum, line) => sum + line.length + 1, 0);
    if (length > items.reduce((sum, item) => sum + writeJson(item, this.#notation.inline).length, 0) * 0.9) {
      this.lines.length = start;
      return false;
    }
    this.tables.push({ table, lines: rows.places });
    return true;
  }

  /** What is said once above the rows, and the names of what stands in them. */
  #head({ columns }: Table, indent: string): void {
    let previous: string | undefined;
    for (const [at, column] of columns.entries()) {
      const definition = this.#definition(column);
      if (definition === undefined) continue;
      const predecessor = columns[at - 1]?.name;
      const place = hasCells(column) || (at > 0 && predecessor === previous) ? '' : predecessor === undefined ? ' (first)' : ` (after ${predecessor})`;
      this.lines.push(`${indent}  ${column.name}${place}${definition}`);
      if (column.shown.how === 'rows') this.#head(column.shown.table, `${indent}  `);
      if (!hasCells(column)) previous = column.name;
    }
    const names = columns.filter(hasCells).map(({ name }) => name);
    this.lines.push(indent + names.join('\t'));
  }

  #definition({ shown }: TableColumn): string | undefined {
    if (shown.how === 'constant') return `: ${spellValue(shown.node, 'value', this.#notation)}`;
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
}

/** The rows of a table, each followed by those below it. */
class RowWriter {
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

  write(count: number, out: string[], depth = 0): void {
    for (let n = 0; n < count; n++) {
      const row = this.#next++;
      const cells: string[] = [];
      for (const column of this.#table.columns) if (hasCells(column)) cells.push(this.#cell(column, row));
      while (cells.length > 0 && cells.at(-1) === '') cells.pop();
      this.places.push(out.length);
      out.push(this.#indent + ' '.repeat(depth) + cells.join('\t'));
      for (const column of this.#table.columns) {
        const cell = column.cells[row];
        if (cell?.type !== 'array' || cell.items.length === 0) continue;
        if (column.shown.how === 'tree') this.write(cell.items.length, out, depth + 1);
        else if (column.shown.how === 'rows') this.#below.get(column)?.write(cell.items.length, out, depth);
      }
    }
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

/** Lines of a text that can be shown as lines. */
function textLines(text: string): string[] | undefined {
  if (!text.includes('\n') || /[\0-\x08\x0b-\x1f\x7f\u0085\u2028\u2029]/.test(text)) return undefined;
  return text.split('\n');
}

