/** Writes a tree of JSON as an outline: `key: value` lines, indented, and tables for arrays of objects. `json-read.ts` reads it back. */
import { type JsonArray, type JsonNode, type JsonObject, sizeOf, writeJson } from '../../text/json-node.ts';
import { isFilledObject, type Segment } from './json-columns.ts';
import { orderingColumn, promotedOrder, sayPromoted } from './json-order.ts';
import { planTable, type Table } from './json-table.ts';
import { type Notation, spellKey, spellName, spellValue } from './json-words.ts';
import { RowWriter, writeHead } from './json-write-table.ts';

/** A table whose rows are lines of an outline. */
export interface WrittenTable {
  readonly table: Table;
  /** Lines of its rows, in the order in which they are written. */
  readonly lines: readonly number[];
  /** The line behind the last one. */
  readonly until: number;
  /** Where some rows were brought to the front: how many, and which row each of the lines is. */
  readonly promoted?: { readonly count: number; readonly order: readonly number[] };
}

/** Rows of a table that are to stand before the others, in their order; undefined: all stay where they are. */
export type Promote = (table: Table) => readonly number[] | undefined;

/** The same table where `by` more lines stand before it. */
export function shiftTable(table: WrittenTable, by: number): WrittenTable {
  return { ...table, lines: table.lines.map((line) => line + by), until: table.until + by };
}

export interface Outline {
  readonly lines: readonly string[];
  /** Tables that are not within another one. */
  readonly tables: readonly WrittenTable[];
}

/** Lists of texts and numbers up to this length stand on one line. */
const longestList = 200;
/** So many of them do where each is short. */
const mostShort = 200;
const longestShort = 30;
const longestObject = 50;
/** Rows longer than this hold texts that are better read as lines; only many rows gain more from a table. */
const longestRow = 500;
const manyRows = 50;
/** Items that can be told apart without their places. */
const mostUncounted = 3;
/** UTF-16 units from which a container that stands there again is only named. */
const leastRepeated = 120;

export function writeOutline(root: JsonNode, notation: Notation, promote?: Promote): Outline {
  const writer = new OutlineWriter(notation, promote, repeatedSizes(root));
  if (root.type === 'object') writer.members(root, '', []);
  else if (root.type === 'array') writer.array('', root, '', [], undefined);
  return { lines: writer.lines, tables: writer.tables };
}

const planned = new WeakMap<readonly JsonNode[], { readonly table: Table | undefined }>();

/** A tree that was read once is written twice, as its form and as its excerpt: the plans are the same. */
function planOnce(items: readonly JsonNode[], plan: () => Table | undefined): Table | undefined {
  let known = planned.get(items);
  if (!known) {
    known = { table: plan() };
    planned.set(items, known);
  }
  return known.table;
}

/** How a value is found from the root; undefined where it cannot be. */
type Path = readonly Segment[] | undefined;

interface Membership {
  readonly object: JsonObject;
  readonly at: number;
}

class OutlineWriter {
  readonly lines: string[] = [];
  readonly tables: WrittenTable[] = [];
  readonly #notation: Notation;
  readonly #promote: Promote | undefined;

  /** Where a container stands in full, by its text. */
  readonly #seen = new Map<string, string>();
  readonly #repeated: ReadonlySet<number>;

  constructor(notation: Notation, promote: Promote | undefined, repeated: ReadonlySet<number>) {
    this.#notation = notation;
    this.#promote = promote;
    this.#repeated = repeated;
  }

  members(object: JsonObject, indent: string, path: Path): void {
    const known = new Set<string>();
    for (const [at, key] of object.keys.entries()) {
      const name = indent + spellKey(key, this.#notation);
      const value = object.values[at];
      if (!value) continue;
      // Of two members of one name only the first can be found again.
      const inner = known.has(key) ? undefined : path && [...path, key];
      known.add(key);
      if (this.#refer(`${name}: `, value, inner)) continue;
      if (value.type === 'array' && value.items.length > 0) this.array(`${name}: `, value, indent, inner, { object, at });
      else if (isFilledObject(value) && !this.#isShort(value)) {
        this.lines.push(`${name}:`);
        this.members(value, `${indent}  `, inner);
      } else this.#value(`${name}: `, value, indent, 'value');
    }
  }

  /** `lead`: what stands on the line before the value; `within`: the object that it is a member of, and which. */
  array(lead: string, array: JsonArray, indent: string, path: Path, within: Membership | undefined): void {
    const { items } = array;
    if (this.#table(lead, items, indent, within)) return;
    if (items.length === 0 || isShortList(array)) {
      this.lines.push(lead + writeJson(array, this.#notation.inline));
      return;
    }
    this.lines.push(`${lead}${items.length} ${items.length === 1 ? 'item' : 'items'}`);
    const isNumbered = items.length > mostUncounted && items.some(({ type }) => type !== 'scalar');
    for (const [at, item] of items.entries()) {
      const inner = `${indent}  `;
      const dash = isNumbered ? `${indent}[${at}] ` : `${indent}- `;
      const start = this.lines.length;
      if (this.#refer(dash, item, path && [...path, at])) continue;
      if (isFilledObject(item)) {
        this.members(item, inner, path && [...path, at]);
        this.lines[start] = dash + this.lines[start]?.slice(inner.length);
      } else if (item.type === 'array' && item.items.length > 0) this.array(dash, item, inner, path && [...path, at], undefined);
      else this.#value(dash, item, inner, 'item');
    }
  }

  /** What stands further up in the same words is named, not repeated. */
  #refer(lead: string, node: JsonNode, path: Path): boolean {
    if (!this.#repeated.has(sizeOf(node)) || (node.type !== 'object' && node.type !== 'array')) return false;
    const text = writeJson(node, this.#notation.inline);
    const name = this.#seen.get(text);
    if (name !== undefined) this.lines.push(`${lead}same as ${name}`);
    else if (path) this.#seen.set(text, spellName(path, this.#notation));
    return name !== undefined;
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
    return object.values.every((value) => value.type === 'scalar') && sizeOf(object) <= longestObject;
  }

  #table(lead: string, items: readonly JsonNode[], indent: string, within: Membership | undefined): boolean {
    if (items.length < 2) return false;
    const table = planOnce(items, () => planTable(items, () => within && membersBefore(within), false, this.#notation));
    if (!table) return false;
    const start = this.lines.length;
    const first = table.columns.some(({ shown }) => shown.how === 'tree') ? undefined : this.#promote?.(table);
    const key = first && orderingColumn(table);
    const isNumbered = first !== undefined && !key;
    this.lines.push(`${lead}${items.length} rows${first ? sayPromoted(first.length, key?.name) : ''}`);
    writeHead(table, indent, this.#notation, isNumbered, this.lines);
    const rows = new RowWriter(table, indent, this.#notation);
    const order = first && promotedOrder(first, items.length);
    if (order) rows.writeInOrder(order, this.lines, isNumbered);
    else rows.write(items.length, this.lines);
    const length = this.lines.slice(start).reduce((sum, line) => sum + line.length + 1, 0);
    const isTooLong = items.length < manyRows && length > (this.lines.length - start) * longestRow;
    if (isTooLong || length > items.reduce((sum, item) => sum + sizeOf(item), 0) * 0.9) {
      this.lines.length = start;
      return false;
    }
    this.tables.push({
      table,
      lines: rows.places,
      until: this.lines.length,
      ...(order ? { promoted: { count: first.length, order } } : {}),
    });
    return true;
  }
}

/** Lines of a text that can be shown as lines. */
function textLines(text: string): string[] | undefined {
  if (!text.includes('\n') || /[\0-\x08\x0b-\x1f\x7f\u0085\u2028\u2029]/.test(text)) return undefined;
  return text.split('\n');
}

function isShortList({ items, size = 0 }: JsonArray): boolean {
  if (!items.every((item) => item.type === 'scalar')) return false;
  return size <= longestList || (items.length <= mostShort && items.every((item) => sizeOf(item) <= longestShort));
}

/** What of an object is known when its table is read. */
function membersBefore({ object, at }: Membership): JsonObject {
  return { type: 'object', keys: object.keys.slice(0, at), values: object.values.slice(0, at) };
}

/** Sizes that more than one long container has: the others need not be compared. */
function repeatedSizes(root: JsonNode): ReadonlySet<number> {
  const seen = new Set<number>();
  const repeated = new Set<number>();
  const visit = (node: JsonNode): void => {
    if (node.type !== 'object' && node.type !== 'array') return;
    const size = sizeOf(node);
    if (size < leastRepeated) return;
    if (seen.has(size)) repeated.add(size);
    seen.add(size);
    for (const child of node.type === 'object' ? node.values : node.items) visit(child);
  };
  visit(root);
  return repeated;
}
