/** A text of JSON as an outline under one line that says what it is, and back. */
import { compact, type JsonLayout, layoutOf, spaced } from '../../text/json-layout.ts';
import { type JsonNode, writeCutJson } from '../../text/json-node.ts';
import { parseCutJson, parseJson } from '../../text/json-parse.ts';
import { readEscapes, type StringSpelling, sayEscapes, spellingOfStrings } from '../../text/json-spelling.ts';
import type { LineCursor } from './json-lines.ts';
import { readOutline } from './json-read.ts';
import type { Notation } from './json-words.ts';
import { type Outline, type Promote, shiftTable, writeOutline } from './json-write.ts';

export interface JsonDocument {
  readonly notation: Notation;
  /** One value, or an array of those that stood on lines of their own. */
  readonly root: JsonNode;
  readonly isLines: boolean;
  /** Where the text breaks off: how many containers it left open. */
  readonly cutLevels?: number;
}

/** Reads a whole text as one value; undefined where it is none that can be written again. */
export function parseDocument(json: string): JsonDocument | undefined {
  if (!/^[[{]/.test(json) || /\p{Surrogate}/u.test(json)) return undefined;
  const notation = notationOf(layoutOf(json), spellingOfStrings(json));
  const parsed = parseJson(json, 0, notation.layout, notation.strings);
  return parsed?.end === json.length && parsed.node.type !== 'verbatim' ? { notation, root: parsed.node, isLines: false } : undefined;
}

/** Reads as much of a value as there is; `end` is the index behind it. */
export function parseCutDocument(text: string): (JsonDocument & { readonly end: number }) | undefined {
  if (/\p{Surrogate}/u.test(text)) return undefined;
  const notation = notationOf(layoutOf(text), spellingOfStrings(text));
  const parsed = parseCutJson(text, 0, notation.layout, notation.strings);
  return parsed && { notation, root: parsed.node, isLines: false, cutLevels: parsed.levels, end: parsed.end };
}

/** Reads lines that are a value each. */
export function parseLines(lines: readonly string[]): JsonDocument | undefined {
  const text = lines.join('\n');
  if (/\p{Surrogate}/u.test(text)) return undefined;
  const layout = layoutOf(lines[0] ?? '');
  if (layout.indent !== undefined) return undefined;
  const notation = notationOf(layout, spellingOfStrings(text));
  const items: JsonNode[] = [];
  for (const line of lines) {
    const parsed = parseJson(line, 0, layout, notation.strings);
    if (parsed?.end !== line.length) return undefined;
    items.push(parsed.node);
  }
  return { notation, root: { type: 'array', items }, isLines: true };
}

/** Line numbers of tables count from the line that says what it is. */
export function spellDocument({ root, notation, isLines, cutLevels = 0 }: JsonDocument, promote?: Promote): Outline {
  const outline = writeOutline(root, notation, promote);
  const tables = outline.tables.map((table) => shiftTable(table, 1));
  return { lines: [headOf(notation, isLines, cutLevels, outline), ...outline.lines], tables };
}

/** The text that a document was; the cursor stands behind it. Undefined where none begins there. */
export function readDocument(cursor: LineCursor): string | undefined {
  const head = readHead(cursor.lines[cursor.at] ?? '');
  if (!head) return undefined;
  cursor.at++;
  const root = readOutline(cursor, head.notation);
  if (!root) return undefined;
  if (!head.isLines) return writeCutJson(root, head.notation.layout, head.cutLevels);
  return root.type === 'array' ? root.items.map((item) => writeCutJson(item, head.notation.layout, 0)).join('\n') : undefined;
}

const layouts: readonly (readonly [string, JsonLayout])[] = [
  ['compact', compact],
  ['spaced', spaced],
  ['spaced after commas', { ...spaced, colon: ':' }],
  ['spaced after colons', { ...compact, colon: ': ' }],
];

function headOf({ layout, strings }: Notation, isLines: boolean, cutLevels: number, outline: Outline): string {
  const name =
    layout.indent === undefined
      ? layouts.find(([, { comma, colon }]) => comma === layout.comma && colon === layout.colon)?.[0]
      : layout.indent.includes('\t')
        ? `indent ${layout.indent.length} tab`
        : `indent ${layout.indent.length}`;
  const said = sayEscapes(strings);
  const cut = cutLevels === 0 ? '' : `, cut off ${cutLevels} deep`;
  return `JSON${isLines ? ' lines' : ''} (${name}${cut}${said === '' ? '' : `, ${said}`}) as ${outline.tables.length > 0 ? legend(outline) : 'outline'}`;
}

/** What a reader must know of the tables that follow. */
function legend({ lines, tables }: Outline): string {
  const columns = tables.flatMap(({ table }) => table.columns);
  const blanks = columns.some(({ shown }) => shown.how === 'template' && shown.template.blankAt !== undefined);
  const isFixed = columns.some(
    ({ shown }) => shown.how === 'constant' || (shown.how === 'template' && shown.template.blankAt === undefined),
  );
  const isAbsent = tables.some((table) => table.lines.some((line) => /^\t|\t\t|^$/.test(lines[line] ?? '')));
  return [
    'tab-separated tables',
    ...(isFixed ? ['shared values above'] : []),
    ...(blanks ? ['{} = the cell'] : []),
    ...(isAbsent ? ['empty = no such key'] : []),
  ].join(', ');
}

function readHead(line: string): { notation: Notation; isLines: boolean; cutLevels: number } | undefined {
  const found = /^JSON( lines)? \(([^)]*)\) as /.exec(line);
  if (!found) return undefined;
  const [name = '', said = ''] = (found[2] ?? '').split(/, (.*)/);
  const indent = /^indent (\d+)( tab)?$/.exec(name);
  const width = Math.min(Number(indent?.[1] ?? 0), 16);
  const layout = indent
    ? { indent: (indent[2] ? '\t' : ' ').repeat(width), comma: ',' as const, colon: ': ' as const }
    : layouts.find(([each]) => each === name)?.[1];
  if (!layout) return undefined;
  const cutLevels = Number(/(?:^|, )cut off (\d+) deep/.exec(said)?.[1] ?? 0);
  return { notation: notationOf(layout, readEscapes(said)), isLines: found[1] !== undefined, cutLevels };
}

function notationOf(layout: JsonLayout, strings: StringSpelling): Notation {
  return { layout, inline: layout.indent === undefined ? layout : compact, strings };
}
