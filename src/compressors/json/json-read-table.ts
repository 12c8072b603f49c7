/** Reads the rows of a table of JSON back, with what was said once above them. */
import type { JsonNode } from '../../text/json-node.ts';
import { parseJson } from '../../text/json-parse.ts';
import { writeLiteral } from '../../text/json-spelling.ts';
import type { Segment } from './json-columns.ts';
import { type LineCursor, Misfit } from './json-lines.ts';
import { inOrder, type Promoted } from './json-order.ts';
import { cutOut, type Reference } from './json-template.ts';
import { type Notation, readName, readTemplate, readValue } from './json-words.ts';

interface ReadColumn {
  readonly name: string;
  readonly path: readonly Segment[];
  readonly hasCells: boolean;
  readonly constant?: JsonNode;
  readonly template?: readonly (string | Reference | null)[];
  readonly rows?: Head | 'tree';
}

interface Head {
  readonly columns: readonly ReadColumn[];
}

/** The rows of the table itself, not those below them: whether numbers stand before them, and who wants to know of each. */
interface TopRows {
  readonly isNumbered: boolean;
  readonly note: (number: string, texts: Texts) => void;
}

/** Texts by name: those of the columns of a row, or of the object around a table. */
type Texts = ReadonlyMap<string, string>;

/** `around`: texts of the object that the table stands in, by key as spelled. */
export function readTable(
  cursor: LineCursor,
  count: number,
  indent: string,
  notation: Notation,
  around: Texts,
  promoted: Promoted | undefined,
): JsonNode[] {
  const isNumbered = promoted !== undefined && promoted.by === undefined;
  const head = readHead(cursor, indent, notation, isNumbered);
  const keys: string[] = [];
  const note = (number: string, texts: Texts): void => {
    keys.push(promoted?.by === undefined ? number : (texts.get(promoted.by) ?? ''));
  };
  const rows = readRows(cursor, head, count, indent, 0, notation, around, { isNumbered, note });
  return promoted ? inOrder(rows, keys) : rows;
}

function readHead(cursor: LineCursor, indent: string, notation: Notation, isNumbered: boolean): Head {
  const defined: { column: ReadColumn; after: string | undefined; isFirst: boolean }[] = [];
  for (;;) {
    const line = cursor.lines[cursor.at++];
    if (line === undefined) throw new Misfit();
    if (!line.startsWith(`${indent}  `)) {
      if (!line.startsWith(indent)) throw new Misfit();
      return { columns: order(line.slice(indent.length + (isNumbered ? '#\t'.length : 0)), defined, notation) };
    }
    const name = readName(line, indent.length + 2, notation);
    if (!name) throw new Misfit();
    const said = line.slice(name.end);
    const place = /^ \((?:first|after )/.exec(said)?.[0];
    const after = place?.endsWith('after ') ? readName(said, place.length, notation) : undefined;
    if (place?.endsWith('after ') && !after) throw new Misfit();
    const rest = place === undefined ? said : said.slice((after?.end ?? place.length) + 1);
    const column = readDefinition(line.slice(indent.length + 2, name.end), name.path, rest, cursor, indent, notation);
    defined.push({ column, after: after && said.slice(place?.length, after.end), isFirst: place === ' (first' });
  }
}

function readDefinition(name: string, path: Segment[], rest: string, cursor: LineCursor, indent: string, notation: Notation): ReadColumn {
  if (rest.startsWith(': ')) return { name, path, hasCells: false, constant: readValue(rest.slice(2), notation) };
  if (rest === ' -> that many rows follow, indented:')
    return { name, path, hasCells: true, rows: readHead(cursor, `${indent}  `, notation, false) };
  if (rest === ' -> that many rows follow, indented, of the same columns') return { name, path, hasCells: true, rows: 'tree' };
  const text = rest.startsWith(' = ') ? readTemplate(rest.slice(3)) : undefined;
  if (text === undefined) throw new Misfit();
  const template = (text.match(/\{[^{}]*\}|[^{}]+/g) ?? []).map((part) => {
    if (!part.startsWith('{')) return part;
    const [column = '', ...words] = part.slice(1, -1).split(' ');
    if (words.length === 0) return column === '' ? null : { column };
    const delimiter = words.at(-1) === 'space' ? ' ' : (words.at(-1) ?? '');
    return { column, cut: { side: words.slice(0, -1).join(' ') as 'before' | 'after' | 'after last', delimiter } };
  });
  return { name, path, hasCells: template.includes(null), template };
}

/** All columns in the order of the keys: those of the rows as the line names them, the others where they were said to be. */
function order(
  line: string,
  defined: readonly { column: ReadColumn; after: string | undefined; isFirst: boolean }[],
  notation: Notation,
): ReadColumn[] {
  const byName = new Map(defined.map(({ column }) => [column.name, column]));
  const columns = line.split('\t').map((name): ReadColumn => {
    const found = byName.get(name);
    if (found?.hasCells) return found;
    const read = readName(name, 0, notation);
    if (read?.end !== name.length) throw new Misfit();
    return { name, path: read.path, hasCells: true };
  });
  let previous = '';
  for (const { column, after, isFirst } of defined) {
    if (column.hasCells) continue;
    const at = isFirst ? 0 : columns.findIndex(({ name }) => name === (after ?? previous)) + 1;
    if (at === 0 && !isFirst) throw new Misfit();
    columns.splice(at, 0, column);
    previous = column.name;
  }
  return columns;
}

function readRows(
  cursor: LineCursor,
  head: Head,
  count: number,
  indent: string,
  depth: number,
  notation: Notation,
  above: Texts,
  top: TopRows = { isNumbered: false, note: () => undefined },
): JsonNode[] {
  const rows: JsonNode[] = [];
  const cellColumns = head.columns.filter(({ hasCells }) => hasCells);
  for (let n = 0; n < count; n++) {
    const line = cursor.lines[cursor.at++];
    if (line === undefined || line.length < indent.length + depth) throw new Misfit();
    const cells = splitCells(line.slice(indent.length + depth), notation);
    const number = top.isNumbered ? (cells.shift() ?? '') : '';
    if (cells.length > cellColumns.length) throw new Misfit();
    const spelled = new Map(cellColumns.map((column, at) => [column, cells[at] ?? '']));
    const values = new Map<ReadColumn, JsonNode | undefined>();
    const texts = resolveRow(head, spelled, values, notation, above);
    top.note(number, texts);
    for (const column of cellColumns) {
      if (column.rows === undefined) continue;
      const cell = spelled.get(column) ?? '';
      if (!/^\d+$/.test(cell)) {
        values.set(column, cell === '' ? undefined : readValue(cell, notation));
        continue;
      }
      const [below, size] = [new Map([...texts].map(([name, text]) => [`"${name}"`, text])), Number(cell)];
      if (size > cursor.lines.length) throw new Misfit();
      const items =
        column.rows === 'tree'
          ? readRows(cursor, head, size, indent, depth + 1, notation, below)
          : readRows(cursor, column.rows, size, `${indent} `, depth, notation, below);
      values.set(column, { type: 'array', items });
    }
    rows.push(assemble(head.columns.map((column) => ({ path: column.path, value: values.get(column) }))));
  }
  return rows;
}

/** Values of all columns but those with rows of their own; gives their texts by name. */
function resolveRow(
  head: Head,
  spelled: ReadonlyMap<ReadColumn, string>,
  values: Map<ReadColumn, JsonNode | undefined>,
  notation: Notation,
  above: Texts,
): Texts {
  const texts = new Map<string, string>();
  const byName = new Map(head.columns.map((column) => [column.name, column]));
  const resolve = (column: ReadColumn, depth: number): void => {
    if (values.has(column) || column.rows !== undefined || depth > 50) return;
    const cell = spelled.get(column) ?? '';
    let node: JsonNode | undefined;
    if (column.constant) node = column.constant;
    else if (!column.template) node = cell === '' ? undefined : readValue(cell, notation);
    else if (column.hasCells && (cell === '' || cell === 'null')) node = cell === '' ? undefined : { type: 'scalar', raw: 'null' };
    else {
      const text = column.template.map((part) => {
        if (typeof part === 'string') return part;
        if (part === null) return readTemplate(cell) ?? '';
        const source = byName.get(part.column);
        if (source) resolve(source, depth + 1);
        const from = source ? texts.get(part.column) : above.get(`"${part.column.replace(/^parent\./, '')}"`);
        return cutOut(from ?? '', part.cut) ?? '';
      });
      node = { type: 'scalar', raw: writeLiteral(text.join(''), notation.strings), text: text.join('') };
    }
    values.set(column, node);
    if (node?.type === 'scalar') texts.set(column.name, node.text ?? node.raw);
  };
  for (const column of head.columns) resolve(column, 0);
  return texts;
}

function splitCells(line: string, { inline, strings }: Notation): string[] {
  const cells: string[] = [];
  for (let at = 0; ; at++) {
    const literal = /["[{]/.test(line[at] ?? '') ? parseJson(line, at, inline, strings) : undefined;
    let end = literal?.end ?? at;
    if (line[end] !== '\t' || !literal) end = line.indexOf('\t', end);
    if (end < 0) end = line.length;
    cells.push(line.slice(at, end));
    at = end;
    if (end >= line.length) return cells;
  }
}

interface Placed {
  readonly path: readonly Segment[];
  readonly value: JsonNode | undefined;
}

/** The object or list whose parts these are. */
function assemble(parts: readonly Placed[], depth = 0): JsonNode {
  const groups: { segment: Segment; parts: Placed[] }[] = [];
  for (const part of parts) {
    const segment = part.path[depth];
    if (part.value === undefined || segment === undefined) continue;
    const group = groups.at(-1);
    if (group && group.segment === segment) group.parts.push(part);
    else groups.push({ segment, parts: [part] });
  }
  const values = groups.map((group) => {
    const whole = group.parts.find(({ path }) => path.length === depth + 1);
    return whole?.value ?? assemble(group.parts, depth + 1);
  });
  const first = parts.find(({ path }) => path.length > depth)?.path[depth];
  if (typeof first === 'number') return { type: 'array', items: values };
  return { type: 'object', keys: groups.map(({ segment }) => String(segment)), values };
}
