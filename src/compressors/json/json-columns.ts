/** Rows of JSON as columns: nested objects become dotted columns, short lists of a fixed length numbered ones. Nothing is written here. */
import type { JsonNode, JsonObject } from '../../text/json-node.ts';

/** A key as spelled, quotes and all, or a place in a list. */
export type Segment = string | number;

export interface Column {
  readonly path: readonly Segment[];
  /** One per row; undefined where the row has none. */
  readonly cells: readonly (JsonNode | undefined)[];
}

const mostKeys = 120;
const mostPlaces = 4;
const mostPlacesOfRow = 24;

/** The columns of rows that are all objects, or all lists of one length; undefined where they have no order of keys in common. `whole`: a key that is not spread. */
export function columnsOf(rows: readonly JsonNode[], whole: string | undefined): Column[] | undefined {
  const [first] = rows;
  if (first?.type === 'array') {
    const length = first.items.length;
    if (length < 2 || length > mostPlacesOfRow) return undefined;
    return rows.every((row) => row.type === 'array' && row.items.length === length) ? spreadPlaces(rows, [], length) : undefined;
  }
  if (!rows.every((row) => row.type === 'object')) return undefined;
  const keys = mergeKeys(rows);
  if (!keys || keys.length === 0) return undefined;
  return keys.flatMap((key) => (key === whole ? [{ path: [key], cells: valuesOf(rows, key) }] : spread(valuesOf(rows, key), [key])));
}

/** Keys of all objects in an order that is the order of each of them; undefined where there is none that is found in one pass. */
function mergeKeys(objects: readonly JsonObject[]): string[] | undefined {
  let merged: string[] = [];
  let places = new Map<string, number>();
  let previous: readonly string[] | undefined;
  for (const { keys } of objects) {
    if (previous && keys.length === previous.length && keys.every((key, at) => key === previous?.[at])) continue;
    previous = keys;
    if (new Set(keys).size !== keys.length) return undefined;
    let last = -1;
    for (const key of keys) {
      const place = places.get(key);
      if (place !== undefined) {
        if (place <= last) return undefined;
        last = place;
        continue;
      }
      if (merged.length === mostKeys) return undefined;
      merged = [...merged.slice(0, last + 1), key, ...merged.slice(last + 1)];
      places = new Map(merged.map((each, at) => [each, at]));
      last++;
    }
  }
  return merged;
}

export function isFilledObject(node: JsonNode | undefined): node is JsonObject {
  return node?.type === 'object' && node.keys.length > 0;
}

export function valuesOf(rows: readonly (JsonNode | undefined)[], key: string): (JsonNode | undefined)[] {
  let guess = 0;
  return rows.map((row) => {
    if (row?.type !== 'object') return undefined;
    if (row.keys[guess] !== key) {
      const found = row.keys.indexOf(key);
      if (found < 0) return undefined;
      guess = found;
    }
    return row.values[guess];
  });
}

function spread(cells: readonly (JsonNode | undefined)[], path: readonly Segment[]): Column[] {
  const present = cells.filter((cell) => cell !== undefined);
  const filled = present.filter(isFilledObject);
  if (filled.length > 0 && present.every((cell) => isFilledObject(cell) || isNothing(cell))) {
    const keys = mergeKeys(filled);
    const average = filled.reduce((sum, object) => sum + object.keys.length, 0) / filled.length;
    if (keys && keys.length <= Math.max(6, average * 2) && (keys.length <= 6 || filled.length * 3 >= cells.length)) {
      const rest = filled.length < present.length ? [{ path, cells: cells.map((cell) => (isFilledObject(cell) ? undefined : cell)) }] : [];
      return [...rest, ...keys.flatMap((key) => spread(valuesOf(cells, key), [...path, key]))];
    }
  }
  const length = present[0]?.type === 'array' ? present[0].items.length : 0;
  if (length > 0 && length <= mostPlaces && present.every((cell) => cell.type === 'array' && cell.items.length === length)) {
    const isFlat = present.every((cell) => cell.type === 'array' && cell.items.every((item) => item.type === 'scalar'));
    if (length === 1 || isFlat) return spreadPlaces(cells, path, length);
  }
  return [{ path, cells }];
}

function spreadPlaces(cells: readonly (JsonNode | undefined)[], path: readonly Segment[], length: number): Column[] {
  return Array.from({ length }, (_, place) => place).flatMap((place) =>
    spread(
      cells.map((cell) => (cell?.type === 'array' ? cell.items[place] : undefined)),
      [...path, place],
    ),
  );
}

/** `null` and `{}`: what stands in place of an object. */
function isNothing(node: JsonNode): boolean {
  return node.type === 'object' ? node.keys.length === 0 : node.type === 'scalar' && node.raw === 'null';
}
