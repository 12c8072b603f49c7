/** Lays an original and what became of it side by side, line by line. Pure: lines in, rows out. */

export interface ComparedRow {
  /** The original's line, from 1; undefined where this row has none of it. */
  readonly number: number | undefined;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** Rows in order: all lines of both, and on one row those that stand in both. */
export function compareLines(before: readonly string[], after: readonly string[]): readonly ComparedRow[] {
  const rows: ComparedRow[] = [];
  let [left, right] = [0, 0];
  const sameUpTo = (leftEnd: number, rightEnd: number) => {
    // What stands between two shared lines: side by side, though no line is another.
    const height = Math.max(leftEnd - left, rightEnd - right);
    for (let at = 0; at < height; at++) {
      const number = left + at < leftEnd ? left + at + 1 : undefined;
      rows.push({
        number,
        before: number === undefined ? undefined : before[number - 1],
        after: right + at < rightEnd ? after[right + at] : undefined,
      });
    }
    [left, right] = [leftEnd, rightEnd];
  };
  for (const [leftAt, rightAt] of sharedLines(before.map(bare), after.map(bare))) {
    sameUpTo(leftAt, rightAt);
    rows.push({ number: leftAt + 1, before: before[leftAt], after: after[rightAt] });
    [left, right] = [leftAt + 1, rightAt + 1];
  }
  sameUpTo(before.length, after.length);
  return rows;
}

/** Whether a line stands for another: alike but for spaces and colours, or its end, where its beginning is said once above it. */
export function isAlike(before: string | undefined, after: string | undefined): boolean {
  return before !== undefined && after !== undefined && endsLike(bare(before), bare(after));
}

function endsLike(before: string, after: string): boolean {
  return before === after || (after.length >= leastEnd && before.endsWith(after));
}

/** Characters by which the end of a line is known. */
const leastEnd = 4;
/** Lines that a form may say otherwise, beyond those that its notes count. */
const slack = 5;

function bare(line: string): string {
  return line
    .replace(/\u001b\[[\d;]*m/g, '')
    .replace(/\s+/g, ' ')
    .trimEnd();
}

type Pair = readonly [left: number, right: number];

/** Lines that occur once on either side hold the two together; between them each line goes to the first that is like it. */
function sharedLines(before: readonly string[], after: readonly string[]): readonly Pair[] {
  const pairs: Pair[] = [];
  let [left, right] = [0, 0];
  const ends: Pair = [before.length, after.length];
  for (const [leftEnd, rightEnd] of [...longestRising(uniquePairs(before, after)), ends]) {
    pairs.push(...pairBetween(before, after, { left, leftEnd, right, rightEnd }));
    if (leftEnd < before.length) pairs.push([leftEnd, rightEnd]);
    [left, right] = [leftEnd + 1, rightEnd + 1];
  }
  return pairs;
}

function pairBetween(
  before: readonly string[],
  after: readonly string[],
  { left, leftEnd, right, rightEnd }: Readonly<Record<'left' | 'leftEnd' | 'right' | 'rightEnd', number>>,
): readonly Pair[] {
  const places = new Map<string, number[]>();
  for (let at = leftEnd - 1; at >= left; at--) {
    const line = before[at] ?? '';
    const known = places.get(line);
    if (known) known.push(at);
    else places.set(line, [at]);
  }
  const pairs: Pair[] = [];
  let next = left;
  let reach = slack;
  for (let at = right; at < rightEnd; at++) {
    const line = after[at] ?? '';
    const found = places.get(line);
    while (found && (found.at(-1) ?? next) < next) found.pop();
    let place = found?.pop();
    for (let look = next; place === undefined && look < Math.min(leftEnd, next + reach); look++)
      if (endsLike(before[look] ?? '', line)) place = look;
    if (place === undefined) reach += Number(/\[… (\d+) (?:lines?|rows?)\b/.exec(line)?.[1] ?? 0);
    else {
      pairs.push([place, at]);
      [next, reach] = [place + 1, slack];
    }
  }
  return pairs;
}

/** In the order of the right side. */
function uniquePairs(before: readonly string[], after: readonly string[]): readonly Pair[] {
  const once = (lines: readonly string[]) => {
    const places = new Map<string, number>();
    for (const [at, line] of lines.entries()) places.set(line, places.has(line) ? -1 : at);
    return places;
  };
  const left = once(before);
  const right = once(after);
  return after.flatMap((line, at) => {
    const place = left.get(line) ?? -1;
    return place >= 0 && right.get(line) === at ? [[place, at] as const] : [];
  });
}

/** The most pairs whose left sides rise. */
function longestRising(pairs: readonly Pair[]): readonly Pair[] {
  const tails: number[] = [];
  const previous: (number | undefined)[] = [];
  for (const [at, [left]] of pairs.entries()) {
    let [low, high] = [0, tails.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[tails[middle] ?? 0]?.[0] ?? 0) < left) low = middle + 1;
      else high = middle;
    }
    previous.push(low > 0 ? tails[low - 1] : undefined);
    tails[low] = at;
  }
  const chosen: Pair[] = [];
  for (let at = tails.at(-1); at !== undefined; at = previous[at]) {
    const pair = pairs[at];
    if (pair) chosen.push(pair);
  }
  return chosen.reverse();
}
