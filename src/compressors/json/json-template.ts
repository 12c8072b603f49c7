/**
 * What the texts of a column have in common, as a template that a reader can fill in: a fixed beginning and end, and parts that repeat
 * another column. Every row is checked.
 */

/** A part that repeats another column: all of it, or what stands before or after a delimiter. */
export interface Reference {
  readonly column: string;
  readonly cut?: { readonly side: 'before' | 'after' | 'after last'; readonly delimiter: string };
}

export interface Template {
  readonly parts: readonly (string | Reference)[];
  /** How many of the parts stand before the blank; undefined: there is none. */
  readonly blankAt: number | undefined;
  /** What fills the blank, row by row. */
  readonly fills: readonly (string | undefined)[];
}

export interface Source {
  readonly column: string;
  /** One per row; undefined where the row has no text there. */
  readonly texts: readonly (string | undefined)[];
}

const delimiters = ['/', '_', '-', ':', '.', '@', '#', ' '];
/** Rows that a template must hold for before it is believed to be a rule. */
const leastRows = 4;
/** UTF-16 units of another column that all rows together repeat. */
const leastRepeated = 8;
/** `2024-01-15T10:30`, and how long the date and the `T` are. */
const dateTime = /^\d{4}-\d\d-\d\d[T ]\d\d:/;
const dateLength = 11;
const date = /^\d{4}-\d\d-\d\d(?:[T ]|$)/;
const seconds = /(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?$/;
/** UTF-16 units that all rows begin and end with. */
const leastAffix = 8;

/** The template of these texts (undefined: the row has none), or undefined where they have too little in common. */
export function findTemplate(texts: readonly (string | undefined)[], sources: readonly Source[]): Template | undefined {
  const rows = texts.flatMap((text, row) => (text === undefined ? [] : [row]));
  if (rows.length < leastRows) return undefined;
  let middles = rows.map((row) => texts[row] ?? '');
  const before: (string | Reference)[] = [];
  const after: (string | Reference)[] = [];
  let saved = 0;
  for (let round = 0; round < 6; round++) {
    const found = findReference(middles, rows, sources);
    if (!found) break;
    middles = found.middles;
    saved += found.saved;
    if (found.isFront) before.push(found.fixed, found.reference);
    else after.unshift(found.reference, found.fixed);
  }
  const start = middles.every((middle) => middle === middles[0]) ? (middles[0] ?? '').length : commonStart(middles);
  const opening = (middles[0] ?? '').slice(0, start);
  middles = middles.map((middle) => middle.slice(start));
  const end = commonEnd(middles);
  const closing = end === 0 ? '' : (middles[0] ?? '').slice(-end);
  if (end > 0) middles = middles.map((middle) => middle.slice(0, -end));
  saved += (start + end) * rows.length;
  const fixed = [...before, ...after].reduce<number>((sum, part) => sum + (typeof part === 'string' ? part.length * rows.length : 0), 0);
  const isComplete = rows.length === texts.length && middles.every((middle) => middle === '');
  // What stands in every row is easier to find and to quote than a template: one that repeats no column must take out a good deal.
  if (saved + fixed < 40 || (start + end < leastAffix && before.length + after.length === 0)) return undefined;
  // The same wherever it stands, and not everywhere: no cell could say that in fewer words.
  if (!isComplete && middles.every((middle) => middle === middles[0])) return undefined;
  const fills: (string | undefined)[] = texts.map(() => undefined);
  for (const [at, row] of rows.entries()) fills[row] = middles[at];
  const front = [...before, opening].filter((part) => part !== '');
  const back = [closing, ...after].filter((part) => part !== '');
  return { parts: [...front, ...back], blankAt: isComplete ? undefined : front.length, fills };
}

/** What a reference stands for, given the text of its column; undefined where the delimiter is not in it. */
export function cutOut(text: string, cut: Reference['cut']): string | undefined {
  if (!cut) return text;
  const at = cut.side === 'after last' ? text.lastIndexOf(cut.delimiter) : text.indexOf(cut.delimiter);
  if (at < 0) return undefined;
  return cut.side === 'before' ? text.slice(0, at) : text.slice(at + 1);
}

interface FoundReference {
  readonly reference: Reference;
  readonly fixed: string;
  readonly isFront: boolean;
  readonly middles: string[];
  readonly saved: number;
}

function findReference(middles: readonly string[], rows: readonly number[], sources: readonly Source[]): FoundReference | undefined {
  let best: FoundReference | undefined;
  // Half of another time of day is not how anyone reads a time.
  const isTime = dateTime.test(middles[0] ?? '');
  for (const source of sources) {
    for (const reference of referencesTo(source, rows[0] ?? 0)) {
      if (isTime && reference.cut) continue;
      const first = cutOut(source.texts[rows[0] ?? 0] ?? '', reference.cut);
      if (first === undefined || first === '' || !(middles[0] ?? '').includes(first)) continue;
      const found = match(middles, rows, source, reference, first);
      if (found && found.saved > (best?.saved ?? leastRepeated)) best = found;
      if (best?.middles.every((middle) => middle === '')) return best;
    }
  }
  return best;
}

/** The whole, and before and after each delimiter that is in the first row's text. */
function referencesTo({ column, texts }: Source, row: number): Reference[] {
  const text = texts[row] ?? '';
  const found = delimiters.filter((delimiter) => text.includes(delimiter));
  const sides = ['before', 'after', 'after last'] as const;
  return [{ column }, ...found.flatMap((delimiter) => sides.map((side) => ({ column, cut: { side, delimiter } })))];
}

function match(
  middles: readonly string[],
  rows: readonly number[],
  source: Source,
  reference: Reference,
  first: string,
): FoundReference | undefined {
  const middle = middles[0] ?? '';
  let places = 0;
  for (let at = middle.indexOf(first); at >= 0 && places < 4; at = middle.indexOf(first, at + 1), places++) {
    for (const isFront of [true, false]) {
      const fixed = isFront ? middle.slice(0, at) : middle.slice(at + first.length);
      if (/[{}]/.test(fixed)) continue;
      const rest: string[] = [];
      let saved = 0;
      for (const [n, row] of rows.entries()) {
        const text = source.texts[row];
        const part = text === undefined ? undefined : cutOut(text, reference.cut);
        const whole = middles[n] ?? '';
        if (part === undefined || part === '') break;
        if (!(isFront ? whole.startsWith(part, fixed.length) && whole.startsWith(fixed) : whole.endsWith(part + fixed))) break;
        rest.push(isFront ? whole.slice(fixed.length + part.length) : whole.slice(0, whole.length - fixed.length - part.length));
        saved += part.length;
      }
      if (rest.length === rows.length && isVaried(rows, source, reference)) return { reference, fixed, isFront, middles: rest, saved };
    }
  }
  return undefined;
}

/** False where it is the same text in all rows: that is no rule. */
function isVaried(rows: readonly number[], source: Source, { cut }: Reference): boolean {
  const first = cutOut(source.texts[rows[0] ?? 0] ?? '', cut);
  return rows.some((row) => cutOut(source.texts[row] ?? '', cut) !== first);
}

/** Units at the start that all have in common, cut back to where a name, a word or a number begins. A time of day is not cut. */
function commonStart(texts: readonly string[]): number {
  const [first = ''] = texts;
  let length = first.length;
  for (const text of texts) {
    let at = 0;
    while (at < length && text.charCodeAt(at) === first.charCodeAt(at)) at++;
    length = at;
  }
  const brace = first.slice(0, length).search(/[{}]/);
  if (brace >= 0) return brace === 0 ? 0 : commonStart(texts.map((text) => text.slice(0, brace)));
  const slash = first.lastIndexOf('/', length - 1);
  if (length > 0 && slash >= 0) return /^[a-z]+:\/\/$/.test(first.slice(0, slash + 1)) ? 0 : slash + 1;
  // A date is read whole, above the rows or in them.
  if (date.test(first)) return length >= dateLength && dateTime.test(first) ? dateLength : 0;
  const isName = /(?:^|[^A-Za-z0-9])[A-Za-z]{2,}$/.test(first.slice(0, length));
  if (isName && texts.every((text) => /\d/.test(text[length] ?? ''))) return length;
  if (texts.every((text) => !isWordUnit(text, length))) return length;
  while (length > 0 && isWordUnit(first, length - 1)) length--;
  return length;
}

function commonEnd(texts: readonly string[]): number {
  const [first = ''] = texts;
  let length = first.length;
  for (const text of texts) {
    let at = 0;
    while (at < length && text.charCodeAt(text.length - 1 - at) === first.charCodeAt(first.length - 1 - at)) at++;
    length = at;
  }
  const brace = /[{}](?=[^{}]*$)/.exec(first.slice(first.length - length));
  if (brace) length -= brace.index + 1;
  while (length > 0 && isWordUnit(first, first.length - length) && !/^T\d\d:/.test(first.slice(-length))) length--;
  // Of a time of day at most the seconds, and what stands behind them.
  if (dateTime.test(first) && !/^T/.test(first.slice(-length))) length = Math.min(length, seconds.exec(first)?.[0].length ?? 0);
  return /^\.\w{1,5}$/.test(first.slice(first.length - length)) ? 0 : length;
}

/** Letters, digits, and the halves of surrogate pairs: no cut is made beside them. */
function isWordUnit(text: string, at: number): boolean {
  return /[\p{L}\p{N}\p{M}\ud800-\udfff]/u.test(text[at] ?? '') || /[\ud800-\udfff]/.test(text[at] ?? '');
}
