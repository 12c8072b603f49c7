/**
 * Which lines of a page belong to what it is about. Read from the page's own parts (main, article, nav, footer, aside, and what class names
 * say); a page that does not tell its parts apart stays whole.
 */
import type { Page, PageLine, PagePart } from './html-page.ts';

/** A part that holds more of the page's text than this is no margin, whatever it calls itself. */
const mostOfMargin = 0.4;
/** The main part must hold at least this much of the page's text, or it is not believed. */
const leastOfMain = 0.4;
/** What is kept must be at least this much of the page's text: lists of links are what some pages are about. */
const leastKept = 0.25;

/** One per line: whether it is kept. Undefined where the page gives no hold. */
export function keepMain({ lines, parts }: Page): boolean[] | undefined {
  const text = sumUp(lines, parts, (line) => line.shown - line.linked);
  const whole = text[0] ?? 0;
  if (whole === 0) return undefined;
  const isMain = (part: number) => parts[part]?.kind === 'main' || parts[part]?.kind === 'article';
  const mains = parts.map((_, part) => isMain(part) && !isInside(parts, part, isMain));
  const ofMain = mains.reduce((sum, main, part) => sum + (main ? (text[part] ?? 0) : 0), 0);
  const hasMain = ofMain >= whole * leastOfMain;
  const margin = parts.map(({ kind }, part) => {
    if (kind === undefined || kind === 'main' || kind === 'article') return false;
    if ((text[part] ?? 0) > whole * mostOfMargin) return false;
    // Articles have headers and footers of their own: titles, authors, dates.
    return !((kind === 'page header' || kind === 'page footer') && isInside(parts, part, isMain));
  });
  const shows = parts.map((_, part) => {
    let inMain = !hasMain;
    for (let at = part; ; at = parts[at]?.within ?? 0) {
      if (margin[at]) return false;
      if (mains[at]) inMain = true;
      if (at === 0) return inMain;
    }
  });
  // What the page is called may stand in its header.
  const keeps = lines.map(
    (line, at) => shows[line.part] === true || line.text.startsWith('# ') || (at === 0 && line.text.startsWith('Title: ')),
  );
  const kept = lines.reduce((sum, line, at) => sum + (keeps[at] ? line.shown : 0), 0);
  const shown = lines.reduce((sum, line) => sum + line.shown, 0);
  return kept >= shown * leastKept ? keeps : undefined;
}

/** What lines that are not kept hold, in the words of the page's parts. */
export function tellParts({ lines, parts }: Page, from: number, until: number): string {
  const kinds = new Set<string>();
  let links = 0;
  for (const line of lines.slice(from, until)) {
    links += line.links;
    let at = line.part;
    while (at > 0 && (parts[at]?.kind === 'main' || parts[at]?.kind === 'article')) at = parts[at]?.within ?? 0;
    kinds.add(parts[at]?.kind ?? 'outside of the main part');
  }
  const said = [...kinds].slice(0, 3).join(', ') + (kinds.size > 3 ? ' and more' : '');
  return links > 0 ? `${said}, ${links} ${links === 1 ? 'link' : 'links'}` : said;
}

function isInside(parts: readonly PagePart[], part: number, test: (part: number) => boolean): boolean {
  for (let at = part; at > 0; ) {
    at = parts[at]?.within ?? 0;
    if (test(at)) return true;
  }
  return false;
}

/** By part, with the parts inside it. A part stands behind the one around it. */
function sumUp(lines: readonly PageLine[], parts: readonly PagePart[], weigh: (line: PageLine) => number): number[] {
  const sums = parts.map(() => 0);
  for (const line of lines) sums[line.part] = (sums[line.part] ?? 0) + weigh(line);
  for (let part = parts.length - 1; part > 0; part--) {
    const within = parts[part]?.within ?? 0;
    sums[within] = (sums[within] ?? 0) + (sums[part] ?? 0);
  }
  return sums;
}
