/**
 * The top of a page that a fetching tool turned into Markdown: what stands above its first heading of the first rank, where that is links and labels.
 * Below that heading everything stays: lists of links are what some pages are about.
 */

export interface Top {
  readonly keeps: readonly boolean[];
  /** Links that begin in each line. */
  readonly links: readonly number[];
}

/** Text outside of links in a line that is a sentence rather than a label. */
const leastSentence = 80;
const leastLinks = 8;

/** Undefined where the page does not begin with a list of links. */
export function findTop(lines: readonly string[]): Top | undefined {
  const title = lines.findIndex((line) => /^# \S/.test(line));
  const from = headEnd(lines);
  const links = lines.map((line, at) => (at < title ? (line.match(/\]\(/g)?.length ?? 0) : 0));
  if (links.slice(from).reduce((sum, count) => sum + count, 0) < leastLinks) return undefined;
  if (lines.slice(from, title).some(saysMore)) return undefined;
  return { keeps: lines.map((_, at) => at < from || at >= title), links };
}

/** What tools and pages say of themselves first: front matter, a title, an address. */
function headEnd(lines: readonly string[]): number {
  if (lines[0] !== '---') return 3;
  const end = lines.indexOf('---', 1);
  return end < 0 || end > 20 ? 3 : end + 1;
}

/** A sentence outside of links, a row of a table, or code. */
function saysMore(line: string): boolean {
  const text = line.trim();
  if (/^(?:\||```|~~~)/.test(text)) return true;
  return (
    text.length >= leastSentence && text.replace(/!?\[[^\]]{0,1000}\]\([^)\s]{0,2000}(?:\s"[^"]{0,1000}")?\)/g, '').length >= leastSentence
  );
}
