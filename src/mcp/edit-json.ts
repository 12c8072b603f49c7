/**
 * One entry put into, or taken out of, a JSON text that a person wrote: comments, order, indentation and everything else stay as they are.
 * Pure. What cannot be done without doubt throws an `EditError`, and what was done is parsed and compared before it is given back.
 */
import { createScanner, type Node, type ParseError, parse, parseTree, printParseErrorCode } from 'jsonc-parser';

/** Why a text is left alone, to follow its name and a colon. */
export class EditError extends Error {}

const options = { allowTrailingComma: true, disallowComments: false } as const;

/** The value at these keys; undefined where there is none. */
export function readJson(text: string, keys: readonly string[]): unknown {
  const root = readTree(text);
  const node = root && follow(root, keys)[keys.length];
  return node && parse(text.slice(node.offset, endOf(node)), [], options);
}

/** The text with this value at these keys, whatever stood there before. */
export function putJson(text: string, keys: readonly string[], value: unknown): string {
  const root = readTree(text);
  if (!root) return `${JSON.stringify(nest(keys, value), undefined, 2)}\n`;
  const path = follow(root, keys);
  const node = path.at(-1);
  if (node && path.length === keys.length + 1) {
    const layout = layoutOf(text, root);
    const result = splice(text, node.offset, endOf(node), render(value, indentAt(text, node.offset), layout));
    return checked(result, text, keys, value);
  }
  const parent = path.at(-1) as Node;
  const [key = '', ...rest] = keys.slice(path.length - 1);
  return checked(insert(text, parent, key, nest(rest, value), layoutOf(text, root)), text, keys, value);
}

/** The text without what stands at these keys, and without the objects around it that are empty then, down to a depth of `keepDepth` keys. */
export function cutJson(text: string, keys: readonly string[], keepDepth: number): string {
  const root = readTree(text);
  const path = root ? follow(root, keys) : [];
  if (path.length !== keys.length + 1) return text;
  const result = cut(text, path.at(-2) as Node, path.at(-1)?.parent as Node);
  const left = checked(result, text, keys, undefined);
  const outer = keys.slice(0, -1);
  const around = outer.length > keepDepth ? readJson(left, outer) : undefined;
  return around !== undefined && Object.keys(around as object).length === 0 ? cutJson(left, outer, keepDepth) : left;
}

function readTree(text: string): Node | undefined {
  if (text.trim() === '') return undefined;
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, options);
  const [error] = errors;
  if (error)
    throw new EditError(`line ${text.slice(0, error.offset).split('\n').length} does not parse (${printParseErrorCode(error.error)})`);
  if (root?.type !== 'object') throw new EditError('it holds no JSON object');
  return root;
}

/** The nodes along these keys, as far as they are there, the root first. */
function follow(root: Node, keys: readonly string[]): readonly Node[] {
  const nodes = [root];
  let node = root;
  for (const key of keys) {
    if (node.type !== 'object') throw new EditError(`\`${keys.slice(0, nodes.length - 1).join('.')}\` is no object there`);
    const found = (node.children ?? []).filter(({ children }) => children?.[0]?.value === key);
    if (found.length > 1) throw new EditError(`\`${key}\` stands there twice`);
    const value = found[0]?.children?.[1];
    if (!value) return nodes;
    nodes.push(value);
    node = value;
  }
  return nodes;
}

interface Layout {
  readonly unit: string;
  readonly eol: string;
}

/** As the root's first property has it. */
function layoutOf(text: string, root: Node): Layout {
  const first = root.children?.[0];
  const unit = first && startsLine(text, first.offset) ? indentAt(text, first.offset).slice(indentAt(text, root.offset).length) : '';
  return { unit: unit || '  ', eol: text.includes('\r\n') ? '\r\n' : '\n' };
}

function insert(text: string, object: Node, key: string, value: unknown, layout: Layout): string {
  const name = `${JSON.stringify(key)}: `;
  const last = object.children?.at(-1);
  const close = endOf(object) - 1;
  if (!last) {
    const base = indentAt(text, object.offset);
    const indent = base + layout.unit;
    const property = indent + name + render(value, indent, layout);
    if (text.slice(object.offset + 1, close).trim() === '') {
      return splice(text, object.offset + 1, close, layout.eol + property + layout.eol + base);
    }
    // Comments alone: below them.
    if (!startsLine(text, close)) return splice(text, close, close, name + render(value, '', undefined));
    return splice(text, lineStart(text, close), lineStart(text, close), property + layout.eol);
  }
  const comma = commaAfter(text, endOf(last), close);
  const tail = comma === undefined ? '' : ',';
  const isOnLine = startsLine(text, last.offset);
  const indent = indentAt(text, last.offset);
  const at = isOnLine ? lineRestEnd(text, comma === undefined ? endOf(last) : comma + 1, close) : (comma ?? endOf(last) - 1) + 1;
  const property = isOnLine ? layout.eol + indent + name + render(value, indent, layout) : ` ${name}${render(value, '', undefined)}`;
  const inserted = splice(text, at, at, property + tail);
  return comma === undefined ? splice(inserted, endOf(last), endOf(last), ',') : inserted;
}

function cut(text: string, object: Node, property: Node): string {
  const properties = object.children ?? [];
  const before = properties[properties.indexOf(property) - 1];
  const close = endOf(object) - 1;
  const after = commaAfter(text, endOf(property), close);
  const end = after === undefined ? endOf(property) : after + 1;
  const start = property.offset - (/\s*$/.exec(text.slice(0, property.offset))?.[0].length ?? 0);
  let from = start;
  // A comment that ends its line needs that end.
  if (startsLine(text, property.offset))
    from = Math.max(start, lineStart(text, property.offset) - (text[lineStart(text, property.offset) - 2] === '\r' ? 2 : 1));
  if (properties.length === 1 && text.slice(object.offset + 1, from).trim() === '' && text.slice(end, close).trim() === '') {
    return splice(text, object.offset + 1, close, '');
  }
  const isLast = after === undefined;
  const shorter = splice(text, from, end, '');
  const comma = before && isLast ? commaAfter(text, endOf(before), property.offset) : undefined;
  return comma === undefined ? shorter : splice(shorter, comma, comma + 1, '');
}

/** Where the next comma stands, comments aside. */
function commaAfter(text: string, from: number, until: number): number | undefined {
  const scanner = createScanner(text, true);
  scanner.setPosition(from);
  scanner.scan();
  const at = scanner.getTokenOffset();
  return at < until && text[at] === ',' ? at : undefined;
}

/** The end of the comments that follow on the same line. */
function lineRestEnd(text: string, from: number, until: number): number {
  const scanner = createScanner(text, false);
  scanner.setPosition(from);
  let end = from;
  for (scanner.scan(); scanner.getTokenOffset() < until; scanner.scan()) {
    const after = scanner.getTokenOffset() + scanner.getTokenLength();
    const token = text.slice(scanner.getTokenOffset(), after);
    if (token.startsWith('/')) end = after;
    else if (!/^[ \t]+$/.test(token)) break;
  }
  return end;
}

function render(value: unknown, indent: string, layout: Layout | undefined): string {
  if (!layout) return JSON.stringify(value);
  return JSON.stringify(value, undefined, layout.unit).replaceAll('\n', layout.eol + indent);
}

function checked(result: string, text: string, keys: readonly string[], value: unknown): string {
  const wanted: unknown = parse(text, [], options);
  let object = wanted as Record<string, unknown>;
  for (const key of keys.slice(0, -1)) {
    object[key] ??= {};
    object = object[key] as Record<string, unknown>;
  }
  const last = keys.at(-1) ?? '';
  if (value === undefined) delete object[last];
  else object[last] = value;
  const errors: ParseError[] = [];
  const is: unknown = parse(result, errors, options);
  if (errors.length > 0 || JSON.stringify(is) !== JSON.stringify(wanted))
    throw new EditError('it is laid out in a way that cannot be edited safely');
  return result;
}

function nest(keys: readonly string[], value: unknown): unknown {
  return keys.reduceRight((inner, key) => ({ [key]: inner }), value);
}

function endOf({ offset, length }: Node): number {
  return offset + length;
}

function splice(text: string, from: number, until: number, put: string): string {
  return text.slice(0, from) + put + text.slice(until);
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

function startsLine(text: string, at: number): boolean {
  const start = lineStart(text, at);
  return start > 0 && text.slice(start, at).trim() === '';
}

function indentAt(text: string, at: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, at), at))?.[0] ?? '';
}
