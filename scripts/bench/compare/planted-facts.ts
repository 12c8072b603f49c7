/** Plants facts in big results and looks which of them an outgoing text still shows: lines or rows that say that something failed, and ordinary ones. */

export interface PlantedFact {
  /** A word that stands nowhere else. */
  readonly word: string;
  readonly kind: 'error' | 'ordinary';
}

interface Planted {
  readonly text: string;
  readonly facts: readonly PlantedFact[];
}

/** Of each kind, in every result. */
const factsOfKind = 3;
const leastRows = 12;

/** JSON gets rows in its longest list, any other text lines; undefined: neither has enough of them. The same seed, the same facts. */
export function plantFacts(text: string, seed: number): Planted | undefined {
  const facts = Array.from({ length: 2 * factsOfKind }, (_, at): PlantedFact => {
    return { word: makeWord(seed * 100 + at), kind: at % 2 === 0 ? 'error' : 'ordinary' };
  });
  const json = parse(text);
  const planted = json === undefined ? plantLines(text, facts) : plantRows(json, facts);
  return planted === undefined ? undefined : { text: planted, facts };
}

/** The share of the planted facts that is there to be read. */
export function shownShare(facts: readonly { fact: PlantedFact; text: string }[], kind: PlantedFact['kind']): number {
  const own = facts.filter(({ fact }) => fact.kind === kind);
  return own.filter(({ fact, text }) => text.includes(fact.word)).length / own.length;
}

function plantLines(text: string, facts: readonly PlantedFact[]): string | undefined {
  const lines = text.split('\n');
  if (lines.length < leastRows * 2) return;
  const places = new Map(facts.map((fact, at) => [placeOf(at, facts.length, lines.length), fact]));
  return lines
    .flatMap((line, at) => {
      const fact = places.get(at);
      return fact ? [line, fact.kind === 'error' ? `error: ${sayFailure(fact.word)}` : withWord(line, fact.word)] : [line];
    })
    .join('\n');
}

function plantRows(json: unknown, facts: readonly PlantedFact[]): string | undefined {
  const rows = longestList(json);
  if (rows.length < leastRows) return;
  for (const [at, fact] of [...facts.entries()].reverse()) {
    const place = placeOf(at, facts.length, rows.length);
    rows.splice(place + 1, 0, rowWith(rows[place] ?? {}, fact));
  }
  return JSON.stringify(json);
}

/** Spread over the whole, neither at its beginning nor at its end. */
function placeOf(at: number, all: number, length: number): number {
  return Math.floor(((at + 1) * length) / (all + 1));
}

/** The row beside it with another word in its longest text; a failed one says so in its level or status, or else in a field of its own. */
function rowWith(row: Readonly<Record<string, unknown>>, { word, kind }: PlantedFact): Record<string, unknown> {
  const texts = Object.entries(row).filter(([, value]) => typeof value === 'string') as [string, string][];
  const [field = 'name', value = ''] = texts.sort((one, other) => other[1].length - one[1].length)[0] ?? [];
  if (kind === 'ordinary') return { ...row, [field]: withWord(value, word) };
  const status = texts.find(([name]) => /^(level|severity|status)$/i.test(name))?.[0];
  return status ? { ...row, [field]: sayFailure(word), [status]: 'error' } : { ...row, error: sayFailure(word) };
}

/** The line with the word in place of its longest own one. */
function withWord(line: string, word: string): string {
  const longest = (line.match(/[A-Za-z]{4,}/g) ?? []).sort((one, other) => other.length - one.length)[0];
  return longest === undefined ? `${line} ${word}` : line.replace(longest, () => word);
}

function sayFailure(word: string): string {
  return `${word} could not be reached, connection refused`;
}

function longestList(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = Array.isArray(value) && value.every((row) => typeof row === 'object' && row !== null && !Array.isArray(row)) ? value : [];
  return [own, ...Object.values(value).map(longestList)].reduce((most, list) => (list.length > most.length ? list : most));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Eleven letters that begin and end differently from number to number. */
function makeWord(number: number): string {
  let [state, word] = [Math.imul(number + 1, 0x9e3779b1) >>> 0, ''];
  for (let at = 0; at < 11; at++) {
    state = (Math.imul(state ^ (state >>> 13), 0x85ebca6b) + 0x6d2b79f5) >>> 0;
    word += (at % 2 === 0 ? 'bcdfgklmnprstvz' : 'aeiou').charAt((state >>> 16) % (at % 2 === 0 ? 15 : 5));
  }
  return word;
}
