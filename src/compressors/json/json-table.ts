/** Plans a table for an array of objects: which columns stand in the rows, which are said once above them, which have rows of their own. */

import type { JsonNode, JsonObject } from '../../text/json-node.ts';
import { type Column, columnsOf, isFilledObject, type Segment, valuesOf } from './json-columns.ts';
import { findTemplate, type Source, type Template } from './json-template.ts';
import { type Notation, spellName } from './json-words.ts';

/** `cell`: in each row. `constant`: the same in all. `template`: said once, with a blank in the rows or without. `rows`: further rows below each row; `tree`: of this same table. */
type Shown =
  | { readonly how: 'cell' }
  | { readonly how: 'constant'; readonly node: JsonNode }
  | { readonly how: 'template'; readonly template: Template }
  | { readonly how: 'rows'; readonly table: Table }
  | { readonly how: 'tree' };

export interface TableColumn extends Column {
  readonly name: string;
  readonly shown: Shown;
}

export interface Table {
  readonly columns: readonly TableColumn[];
  /** Rows in all; in a tree those of every level, each followed by those below it. */
  readonly size: number;
}

/** Cells of a row that a reader can still match with their columns. */
const mostColumns = 16;
/** Share of cells that are not empty: rows full of gaps are hard to match with their columns. */
const leastFilled = 0.6;
const mostSources = 30;

/** `parentOf`: the object that an item's array stands in; `isBelowRows`: that object is a row of another table. */
export function planTable(
  items: readonly JsonNode[],
  parentOf: (item: number) => JsonObject | undefined,
  isBelowRows: boolean,
  notation: Notation,
): Table | undefined {
  const treeKey = treeKeyOf(items);
  const { rows, above } =
    treeKey === undefined
      ? { rows: items, above: isBelowRows ? items.map((_, at) => parentOf(at)) : [] }
      : unfold(items, parentOf, treeKey);
  const columns = columnsOf(rows, treeKey);
  if (!columns) return undefined;
  const named = columns.map((column) => ({ ...column, name: spellName(column.path, notation) }));
  const planned: (TableColumn | undefined)[] = named.map((column) => plain(column, rows, treeKey, notation));
  if (planned.every((column) => column?.shown.how === 'constant')) {
    const [first] = named;
    if (first) planned[0] = { ...first, shown: { how: 'cell' } };
  }
  const tree = named.find((column) => column.path.length === 1 && column.path[0] === treeKey);
  if (tree?.cells.some((cell) => cell?.type === 'verbatim' || (cell?.type === 'scalar' && cell.raw !== 'null'))) return undefined;
  addTemplates(named, planned, treeKey !== undefined || isBelowRows ? parentSources(above) : []);
  const table = named.map((column, at) => planned[at] ?? { ...column, shown: { how: 'cell' as const } });
  const inRows = table.filter(hasCells);
  const filled = inRows.reduce((sum, { cells }) => sum + cells.reduce((count, cell) => count + (cell ? 1 : 0), 0), 0);
  if (filled < inRows.length * rows.length * leastFilled) return undefined;
  return inRows.length > mostColumns ? undefined : { columns: table, size: rows.length };
}

/** True where a column has a cell in each row. */
export function hasCells({ shown }: TableColumn): boolean {
  return shown.how !== 'constant' && !(shown.how === 'template' && shown.template.blankAt === undefined);
}

/** Everything but cells, which may yet become templates. */
function plain(
  column: Column & { readonly name: string },
  rows: readonly JsonNode[],
  treeKey: string | undefined,
  notation: Notation,
): TableColumn | undefined {
  const { cells, path } = column;
  if (treeKey !== undefined && path.length === 1 && path[0] === treeKey) return { ...column, shown: { how: 'tree' } };
  const [first] = cells;
  if (rows.length > 1 && first && cells.every((cell) => cell !== undefined && same(cell, first)))
    return { ...column, shown: { how: 'constant', node: first } };
  if (cells.some((cell) => cell?.type === 'array' && cell.items.length > 0)) {
    if (!cells.every((cell) => cell === undefined || (cell.type === 'array' ? cell.items.every(isFilledObject) : cell.type === 'scalar')))
      return undefined;
    const items: JsonNode[] = [];
    const parents: (JsonObject | undefined)[] = [];
    for (const [at, cell] of cells.entries()) {
      if (cell?.type !== 'array') continue;
      const row = rows[at];
      for (const item of cell.items) {
        items.push(item);
        parents.push(row?.type === 'object' ? row : undefined);
      }
    }
    const table = cells.some((cell) => cell?.type === 'scalar' && cell.raw !== 'null')
      ? undefined
      : planTable(items, (item) => parents[item], true, notation);
    if (table && !table.columns.some(({ shown }) => shown.how === 'tree')) return { ...column, shown: { how: 'rows', table } };
  }
  return undefined;
}

function addTemplates(
  columns: readonly (Column & { readonly name: string })[],
  planned: (TableColumn | undefined)[],
  inherited: readonly Source[],
): void {
  const sources: { source: Source; length: number; at: number }[] = [];
  for (const [at, column] of columns.entries()) {
    if (planned[at] || sources.length >= mostSources) continue;
    const texts = column.cells.map(textOf);
    if (texts.some((text) => text !== undefined)) sources.push({ source: { column: column.name, texts }, length: sum(texts), at });
  }
  const uses = new Map<number, readonly number[]>();
  const reaches = (from: number, to: number): boolean => from === to || (uses.get(from) ?? []).some((next) => reaches(next, to));
  for (const [at, column] of columns.entries()) {
    if (planned[at] || !column.cells.every((cell) => cell === undefined || isTextOrNull(cell))) continue;
    const texts = column.cells.map((cell) => (cell?.type === 'scalar' ? cell.text : undefined));
    const length = sum(texts);
    if (length === 0) continue;
    const allowed = sources.filter(
      (other) => (other.length < length || (other.length === length && other.at < at)) && !reaches(other.at, at),
    );
    const template = findTemplate(texts, [...allowed.map(({ source }) => source), ...inherited]) ?? stringsOnly(texts);
    if (!template || template.parts.some((part) => typeof part === 'string' && /[{}]/.test(part))) continue;
    planned[at] = { ...column, shown: { how: 'template', template } };
    uses.set(
      at,
      template.parts.flatMap((part) =>
        typeof part === 'string' ? [] : allowed.filter(({ source }) => source.column === part.column).map((other) => other.at),
      ),
    );
  }
}

/** Texts that look like numbers: said once above instead of quoted in every row. */
function stringsOnly(texts: readonly (string | undefined)[]): Template | undefined {
  const alike = texts.filter(
    (text) => text !== undefined && /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false)$/.test(text),
  ).length;
  return alike >= 4 ? { parts: [], blankAt: 0, fills: texts } : undefined;
}

function parentSources(above: readonly (JsonObject | undefined)[]): Source[] {
  const [first] = above;
  if (!first || !above.every((parent) => parent !== undefined)) return [];
  return first.keys.flatMap((key) => {
    const column = /^"([\w$]+)"$/.exec(key)?.[1];
    const texts = column === undefined ? [] : valuesOf(above, key).map(textOf);
    return column !== undefined && texts.every((text) => text !== undefined && text !== '') ? [{ column: `parent.${column}`, texts }] : [];
  });
}

/** The key under which objects hold objects that have it too. */
function treeKeyOf(items: readonly JsonNode[]): (Segment & string) | undefined {
  for (const item of items) {
    if (item.type !== 'object') return undefined;
    for (const [at, key] of item.keys.entries())
      if (filledItems(item.values[at]).some((child) => filledItems(memberOf(child, key)).length > 0)) return key;
  }
  return undefined;
}

/** All rows of a tree, each before those below it, and what stands above each. */
function unfold(
  items: readonly JsonNode[],
  parentOf: (item: number) => JsonObject | undefined,
  key: string,
): { rows: JsonNode[]; above: (JsonObject | undefined)[] } {
  const rows: JsonNode[] = [];
  const above: (JsonObject | undefined)[] = [];
  const add = (item: JsonNode, parent: JsonObject | undefined): void => {
    rows.push(item);
    above.push(parent);
    if (item.type === 'object') for (const child of itemsOf(memberOf(item, key))) add(child, item);
  };
  for (const [at, item] of items.entries()) add(item, parentOf(at));
  return { rows, above };
}

function filledItems(node: JsonNode | undefined): readonly JsonObject[] {
  return node?.type === 'array' && node.items.every(isFilledObject) ? (node.items as readonly JsonObject[]) : [];
}

function itemsOf(node: JsonNode | undefined): readonly JsonNode[] {
  return node?.type === 'array' ? node.items : [];
}

function memberOf(object: JsonObject, key: string): JsonNode | undefined {
  const at = object.keys.indexOf(key);
  return at < 0 ? undefined : object.values[at];
}

function textOf(node: JsonNode | undefined): string | undefined {
  if (node?.type !== 'scalar') return undefined;
  return node.text ?? (/^-?\d/.test(node.raw) ? node.raw : undefined);
}

function isTextOrNull(node: JsonNode): boolean {
  return node.type === 'scalar' && (node.text !== undefined || node.raw === 'null');
}

function sum(texts: readonly (string | undefined)[]): number {
  return texts.reduce((total, text) => total + (text?.length ?? 0), 0);
}

function same(one: JsonNode, other: JsonNode): boolean {
  if (one === other) return true;
  if (one.type === 'scalar' || one.type === 'verbatim') return other.type === one.type && other.raw === one.raw;
  if (one.type === 'array')
    return (
      other.type === 'array' &&
      one.items.length === other.items.length &&
      one.items.every((item, at) => same(item, other.items[at] ?? item))
    );
  return (
    other.type === 'object' &&
    one.keys.length === other.keys.length &&
    one.keys.every((key, at) => key === other.keys[at]) &&
    one.values.every((value, at) => same(value, other.values[at] ?? value))
  );
}
