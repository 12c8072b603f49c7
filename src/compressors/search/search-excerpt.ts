/**
 * Which lines of a very long search result are shown: every path, the first hits of each file and its last, definitions, hits that carry a name
 * which was asked about or which no shown line has said, and of prose all that says a new word. Results with much context are shown whole:
 * they are read, and edited from, like files.
 */
import type { Excerpt, SmallerText } from '../compressor.ts';
import { numberedEntry } from './search-lines.ts';

/** Lines of one file below its heading, which stands at `from`. */
interface Section {
  readonly from: number;
  readonly until: number;
}

/** UTF-16 units, about 3,500 tokens, from which hits are left out at all. */
const leastLength = 12_000;
const firstHits = 4;
/** A file with this many hits or fewer is shown whole. */
const fewHits = 8;
const mostContext = 0.2;
/** Names of this length and longer are what is searched for or opened next. */
const longName = 12;
const prose = /\.(?:mdx?|txt|rst|adoc)\b/;
/** Values count where they begin their line: within functions there are too many. */
const definition =
  /^\d+:(?:\s*(?:(?:export|default|public|private|protected|static|abstract|async|readonly|pub|declare|inline|final)\s+)*(?:function|class|interface|type|enum|struct|trait|impl|def|func|fn|module|namespace|package|macro_rules!)\b|(?:export\s+)?(?:const|let|var)\b|#{1,6} )/;
const word = /[A-Za-z_\u0080-\uffff][\w\u0080-\uffff/-]{4,}/g;
/** Spelled as names in programs are. */
const name = /[_/]|[a-z][A-Z]|\d/;

export function excerptOf(form: SmallerText, asked: string): Excerpt | undefined {
  if (form.text.length < leastLength) return undefined;
  const lines = form.text.split('\n');
  const sections = sectionsOf(lines);
  const context = lines.filter((line) => /^\d+-/.test(line)).length;
  if (context > mostContext * sections.reduce((sum, { from, until }) => sum + until - from - 1, 0)) return undefined;
  const words = lines.map(wordsOf);
  const wanted = rareNames(asked, words);
  const keeps = lines.map(() => true);
  const shown = new Set<string>();
  const headings = new Map<number, string>();
  const saysNew = (at: number, isProse: boolean): boolean =>
    (words[at] ?? []).some((one) => wanted.has(one) || (!shown.has(one) && (isProse || (one.length >= longName && name.test(one)))));
  let next = 0;
  const showUntil = (end: number): void => {
    for (; next < end; next++) if (keeps[next]) for (const one of words[next] ?? []) shown.add(one);
  };
  for (const { from, until } of sections) {
    const heading = lines[from] ?? '';
    if (until - from - 1 <= fewHits) continue;
    const isProse = prose.test(heading);
    for (let at = from + 1 + firstHits; at < until - 1; at++) {
      showUntil(at);
      headings.set(at, heading);
      keeps[at] = definition.test((lines[at] ?? '').slice(0, 400)) || saysNew(at, isProse);
    }
  }
  return { of: form, keeps, tell: (from, until) => tell(headings.get(from) ?? '', lines[from] ?? '', lines[until - 1] ?? '') };
}

/** `hits of cart.ts, lines 12 to 90`. */
function tell(heading: string, first: string, last: string): string {
  const file = heading.trim().split(/[\\/]/).at(-1);
  return `hits of ${file}, lines ${Number.parseInt(first, 10)} to ${Number.parseInt(last, 10)}`;
}

/** Headings with numbered hits below them. */
function sectionsOf(lines: readonly string[]): Section[] {
  const sections: Section[] = [];
  for (let at = 0; at < lines.length; at++) {
    if (numberedEntry.test(lines[at] ?? '')) continue;
    let until = at + 1;
    while (until < lines.length && numberedEntry.test(lines[until] ?? '')) until++;
    if (until - at > 1) sections.push({ from: at, until });
    at = until - 1;
  }
  return sections;
}

function wordsOf(line: string): readonly string[] {
  return line.match(word) ?? [];
}

/** Names that were asked about and that few lines carry. */
function rareNames(asked: string, words: readonly (readonly string[])[]): ReadonlySet<string> {
  const names = new Map(wordsOf(asked).flatMap((one) => (name.test(one) ? [[one, 0] as [string, number]] : [])));
  if (names.size === 0) return new Set();
  for (const ofLine of words)
    for (const one of ofLine) {
      const count = names.get(one);
      if (count !== undefined) names.set(one, count + 1);
    }
  const most = Math.max(3, words.length * 0.05);
  return new Set([...names].flatMap(([one, count]) => (count <= most ? [one] : [])));
}
