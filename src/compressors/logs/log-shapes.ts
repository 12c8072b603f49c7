/** What lines of a log have in common: the words with which a message begins, numbers and names left out, and counts of them for notes. */
import type { LogLine } from './log-line.ts';

const request = /\b(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) (?:https?:\/\/[^\s/"?]+)?(\/[^\s"?]*)/;
const status = /\bHTTP\/[\d.]+"? ([1-5]\d\d)\b|(?:\bstatus(?:_?code)?["']?[=: ]+|[-=]> *|^[^/]*\/\S* +)([1-5]\d\d)\b/i;
const message = /\b(?:msg|message|event)(?:=|": ?)(?:"([^"]+)"|(\S+))/;

const mostWords = 6;
const mostScanned = 12;
const mostLength = 60;

/** Equal for lines that say the same of different things; empty where a line has no words. */
export function shapeOf(line: string, read: LogLine | undefined): string {
  const rest = read ? read.rest : line;
  const said = rest.length > 1000 ? rest.slice(0, 1000) : rest;
  const asked = request.exec(said);
  if (asked) return plain(requestOf(said.slice(asked.index), asked));
  const text = message.exec(said);
  return wordsOf(text?.[1] ?? text?.[2] ?? said);
}

/** Equal for lines that differ in numbers and ids alone. */
export function wordingOf(line: string, read: LogLine | undefined): string {
  return (read ? read.rest : line).slice(0, 1000).replace(varying, '…');
}

const varying = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22,27}\b|\b(?=[a-z]*\d)[0-9a-f]{7,64}\b|\d+(?:[.,:]\d+)*/gi;

/** `45 GET /health 200, 12 job done, 30 other`: true counts of what the lines hold. */
export function tellShapes(shapes: readonly string[], from: number, until: number): string | undefined {
  const counts = new Map<string, number>();
  for (let at = from; at < until; at++) counts.set(shapes[at] ?? '', (counts.get(shapes[at] ?? '') ?? 0) + 1);
  const named = [...counts].filter(([shape]) => shape !== '').sort((one, other) => other[1] - one[1]);
  const [first] = named;
  if (!first || (first[1] === 1 && named.length > 3)) return undefined;
  if (counts.size === 1) return first[0];
  const shown = named.slice(0, 4).filter(([, count], at) => at === 0 || count > 1 || named.length < 4);
  const others = until - from - shown.reduce((sum, [, count]) => sum + count, 0);
  const parts = shown.map(([shape, count]) => `${count} ${shape}`);
  return [...parts, ...(others > 0 ? [`${others} other`] : [])].join(', ');
}

/** Up to the first word that names a thing: a path, a value, an identifier. Numbers and what stands in brackets are stepped over. */
function wordsOf(said: string): string {
  const words: string[] = [];
  let length = 0;
  for (const word of said.split(/\s+/, mostScanned)) {
    const isAside = /^[[(<].*[\])>]:?$/.test(word);
    const bare = /[\p{L}\p{N}_](?:.*[\p{L}\p{N}_])?/u.exec(word)?.[0] ?? '';
    if (bare === '' || /^\d+(?:[.,:]\d+)*\w{0,2}$/.test(bare)) continue;
    const cut = bare.search(/[(={"'<:@]/);
    const head = cut > 0 ? bare.slice(0, cut) : bare;
    const isLogger = isAside || word.endsWith(':') || /^(?:[a-z]\w*\.)+[A-Z][A-Za-z]*$/.test(head);
    const isName = /[\d/\\]/.test(head) || (head.includes('.') && !isLogger);
    if (isName && isAside) continue;
    if (isName || words.length === mostWords || length + head.length > mostLength) break;
    words.push(head);
    length += head.length + 1;
    if (cut > 0 && bare[cut] !== ':') break;
  }
  const shape = plain(words.join(' '));
  return shape.length > 1 ? shape : '';
}

function requestOf(said: string, [, method = '', path = '']: RegExpExecArray): string {
  const answered = status.exec(said);
  const parts = path.split('/').map((part) => (/\d/.test(part) && !/^v\d$/.test(part) ? '…' : part));
  return `${method} ${parts.join('/').slice(0, mostLength)} ${answered?.[1] ?? answered?.[2] ?? ''}`.trim();
}

function plain(text: string): string {
  return text.replace(/[[\]\p{Cc}\p{Zl}\p{Zp}]/gu, '');
}
