/** One table put at the end of a TOML text, or taken out of it; the rest stays as it is, to the byte. What was done is parsed and compared. */
import { parse } from 'smol-toml';
import { messageOf } from '../errors.ts';
import { EditError } from './edit-json.ts';

type Table = Record<string, unknown>;

export function readToml(text: string, [outer = '', name = '']: readonly string[]): unknown {
  const table = read(text)[outer];
  return typeof table === 'object' && table !== null ? (table as Table)[name] : undefined;
}

/** `keys`: a table and the name of one in it. */
export function putToml(text: string, keys: readonly string[], value: object): string {
  const rest = cutToml(text, keys);
  const eol = rest.includes('\r\n') ? '\r\n' : '\n';
  const gap = rest === '' ? '' : rest.endsWith('\n') ? eol : eol + eol;
  const lines = [`[${keys.join('.')}]`, ...Object.entries(value).map(([key, each]) => `${key} = ${spell(each)}`)];
  return checked(rest + gap + lines.map((line) => line + eol).join(''), text, keys, value);
}

export function cutToml(text: string, keys: readonly string[]): string {
  if (readToml(text, keys) === undefined) return text;
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const own = new RegExp(`^\\s*\\[\\s*${keys.map((key) => `(?:${key}|"${key}"|'${key}')`).join('\\s*\\.\\s*')}\\s*[.\\]]`);
  const dropped = new Set<number>();
  // Empty lines and comments below the last line that says something belong to what follows.
  let open: number[] | undefined;
  for (const [at, line] of lines.entries()) {
    if (/^\s*\[/.test(line)) open = own.test(line) ? [] : undefined;
    if (!open) continue;
    open.push(at);
    if (/^\s*(?:#|$)/.test(line)) continue;
    for (const each of open.splice(0)) dropped.add(each);
  }
  const isBlank = (at: number) => (lines[at] ?? '').trim() === '';
  const [first = 0] = dropped;
  // The empty line that parted it from what stood before.
  if (first > 0 && isBlank(first - 1) && isBlank(Math.max(...dropped) + 1)) dropped.add(first - 1);
  const kept = lines.filter((_line, at) => !dropped.has(at));
  return checked(kept.join(''), text, keys, undefined);
}

function read(text: string): Table {
  try {
    return parse(text) as Table;
  } catch (thrown) {
    const { line } = thrown as { line?: number };
    throw new EditError(
      `${line === undefined ? 'it' : `line ${line}`} does not parse (${messageOf(thrown).replace(/^Invalid TOML document: /, '')})`,
    );
  }
}

function checked(result: string, text: string, [outer = '', name = '']: readonly string[], value: object | undefined): string {
  const wanted = read(text);
  const { [name]: _, ...others } = (wanted[outer] ?? {}) as Table;
  const tables = value === undefined ? others : { ...others, [name]: value };
  const { [outer]: __, ...rest } = wanted;
  const { [outer]: is = {}, ...isRest } = readAgain(result);
  if (spellSorted([is, isRest]) !== spellSorted([tables, rest]))
    throw new EditError('it is laid out in a way that cannot be edited safely');
  return result;
}

function readAgain(text: string): Table {
  try {
    return parse(text) as Table;
  } catch {
    throw new EditError('it is laid out in a way that cannot be edited safely');
  }
}

function spell(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spell).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([key, each]) => `${JSON.stringify(key)} = ${spell(each)}`)
      .join(', ')} }`;
  return JSON.stringify(value);
}

function spellSorted(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each) && !(each instanceof Date)
      ? Object.fromEntries(Object.entries(each).sort(([one], [other]) => (one < other ? -1 : 1)))
      : each,
  );
}
