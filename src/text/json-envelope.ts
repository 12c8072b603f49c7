/**
 * JSON on one line that holds what a tool printed as strings, such as `{"stdout": "..."}`: the JSON with a mark for each of these texts,
 * then the texts as they are, and back to the byte.
 */
import type { ToolCall } from '../block.ts';
import { type JsonLayout, layoutOf } from './json-layout.ts';
import { type JsonNode, type JsonObject, type JsonScalar, sizeOf, writeJson } from './json-node.ts';
import { parseJson } from './json-parse.ts';
import { readEscapes, sayEscapes, spellingOfStrings, writeLiteral } from './json-spelling.ts';
import { printsFile } from './prints-file.ts';

export interface JsonEnvelope {
  /** What the strings say, in their order. */
  readonly texts: readonly string[];
  /** The whole with other texts in their place; as many. */
  readonly write: (texts: readonly string[]) => string;
}

/** More of them in a list are data, not what tools printed. */
const mostTexts = 8;
const end = 'end of JSON';
/** The only one, or the n-th of several. */
const markPattern = /the text below(?: \(([^)]*)\))?|text (\d) below(?: \(([^)]*)\))?/g;

/** Undefined where a text is none, or where it would not read back. */
export function openJsonEnvelope(text: string, call: ToolCall | undefined): JsonEnvelope | undefined {
  const line = /^[[{]/.test(text) && /\\n|"\s*[[{]/.test(text) ? (text.split('\n', 1)[0] ?? '') : '';
  if (line === '' || text.trimEnd() !== line || /\p{Surrogate}/u.test(line)) return undefined;
  const strings = spellingOfStrings(line);
  const layout = layoutOf(line);
  const parsed = parseJson(line, 0, layout, strings);
  if (parsed?.end !== line.length || (printsFile(call) && !isAgents(parsed.node, call))) return undefined;
  const held = findTexts(parsed.node, line.length);
  if (held.length === 0) return undefined;

  const said = sayEscapes(strings);
  const head = writeMarked(parsed.node, layout, held, said === '' ? '' : ` (${said})`);
  const after = text.slice(line.length);
  const write = (texts: readonly string[]) => {
    const parts = texts.flatMap((each, at) => (held.length > 1 ? [`text ${at + 1}:`, each] : [each]));
    return [head, ...parts, ...(after === '' ? [] : [end + after])].join('\n');
  };
  const texts = held.map((scalar) => scalar.text ?? '');
  return closeJsonEnvelope(write(texts)) === text ? { texts, write } : undefined;
}

/** The line that says what there is beside the texts, such as whether a command failed. */
export function isEnvelopeHead(line: string): boolean {
  return /^[[{]/.test(line) && /[\]}]$/.test(line) && /text (?:\d )?below/.test(line);
}

/** The JSON that a text was which `write` wrote; a text that is none stays as it is. */
export function closeJsonEnvelope(text: string): string {
  const [head = '', ...lines] = text.split('\n');
  const marks = [...head.matchAll(markPattern)];
  if (marks.length === 0 || !isEnvelopeHead(head)) return text;
  const last = lines.lastIndexOf(end);
  const inner = last < 0 ? lines : lines.slice(0, last);
  const texts = marks.length === 1 ? [inner.join('\n')] : splitTexts(inner, marks.length);
  if (texts === undefined) return text;
  let next = 0;
  const json = head.replace(markPattern, (_, said = '', __, saidOfOne = '') =>
    writeLiteral(texts[next++] ?? '', readEscapes(`${said}${saidOfOne}`)),
  );
  return last < 0 ? json : [json, ...lines.slice(last + 1)].join('\n');
}

function splitTexts(lines: readonly string[], count: number): readonly string[] | undefined {
  const starts = Array.from({ length: count }, (_, at) => lines.indexOf(`text ${at + 1}:`));
  if (starts[0] !== 0 || starts.some((start, at) => start < (starts[at - 1] ?? 0))) return undefined;
  return starts.map((start, at) => lines.slice(start + 1, starts[at + 1]).join('\n'));
}

/** The strings that are most of a value: the longest of an object, or those of one name in a list of objects, wherever most of it stands. */
function findTexts(root: JsonNode, whole: number): readonly JsonScalar[] {
  let node = root;
  while (node.type === 'object') {
    const longest = largest(node.values);
    if (longest === undefined || sizeOf(longest) < whole / 2) return [];
    node = longest;
  }
  if (node.type === 'scalar') return isText(node) ? [node] : [];
  if (node.type !== 'array' || node.items.length > mostTexts) return [];
  const objects = node.items.filter((item) => item.type === 'object');
  const members = objects.flatMap(({ keys, values }) => values.flatMap((value, at) => (isText(value) ? [{ key: keys[at], value }] : [])));
  const key = members.find(({ value }) => value === largest(members.map((member) => member.value)))?.key;
  const texts = members.flatMap((member) => (member.key === key ? [member.value] : []));
  const size = texts.reduce((sum, { raw }) => sum + raw.length, 0);
  return objects.length === node.items.length && size >= whole / 2 ? texts : [];
}

function isText(node: JsonNode): node is JsonScalar {
  return node.type === 'scalar' && node.text !== undefined && /\n|^[[{]/.test(node.text);
}

function largest<Node extends JsonNode>(nodes: readonly Node[]): Node | undefined {
  return nodes.reduce<Node | undefined>((best, node) => (best && sizeOf(best) >= sizeOf(node) ? best : node), undefined);
}

/**
 * Where a call prints what a file holds, JSON is the file's and stays exact, unless it can only be what an agent puts around every result:
 * Cline's, which repeats what was asked for, or the older Codex's.
 */
function isAgents(root: JsonNode, call: ToolCall | undefined): boolean {
  const items = root.type === 'array' ? root.items : [root];
  const asked = JSON.stringify(call?.input) ?? '';
  return items.every((item) => item.type === 'object' && (isClines(item, asked) || (root === item && isCodexs(item))));
}

function isClines({ keys, values }: JsonObject, asked: string): boolean {
  const names = keys.filter((key) => key !== '"error"').join();
  const query = values[keys.indexOf('"query"')];
  if (names !== '"query","result","success"' || query?.type !== 'scalar' || query.text === undefined) return false;
  // Behind the path stands which lines were asked for.
  const [path = ''] = query.text.split(/:\d/, 1);
  return path !== '' && asked.includes(JSON.stringify(path));
}

function isCodexs({ keys, values }: JsonObject): boolean {
  const metadata = values[keys.indexOf('"metadata"')];
  return keys.join() === '"output","metadata"' && metadata?.type === 'object' && metadata.keys.includes('"exit_code"');
}

function writeMarked(root: JsonNode, layout: JsonLayout, texts: readonly JsonScalar[], said: string): string {
  const mark = (node: JsonNode): JsonNode => {
    const at = node.type === 'scalar' ? texts.indexOf(node) : -1;
    if (at >= 0) return { type: 'scalar', raw: texts.length > 1 ? `text ${at + 1} below${said}` : `the text below${said}` };
    if (node.type === 'array') return { ...node, items: node.items.map(mark) };
    return node.type === 'object' ? { ...node, values: node.values.map(mark) } : node;
  };
  return writeJson(mark(root), layout);
}
