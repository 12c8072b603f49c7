/**
 * Pages of the web that were fetched to be read: their visible text with its links, and of big ones what they are about. Never HTML files,
 * pages of the machine's own servers, or markup that was asked for as such: there the markup is the subject.
 */
import { fetchesPage } from '../text/page-request.ts';
import { findTelling } from '../text/telling-words.ts';
import type { Compressor, SmallerText, TextToShrink } from './compressor.ts';
import { keepMain, tellParts } from './html/html-main.ts';
import { type Page, readPage } from './html/html-page.ts';

/** What stands before a page: progress of the fetching tool, its own words. */
const mostBefore = 4000;
/** A page that shows less is built by its scripts: its markup says more. */
const leastShown = 300;
/** Share of the lines in which a word that was asked for may stand. */
const mostAsked = 0.05;
const heading = '<!-- text and links of the page; its markup, scripts, styles and image addresses are left out -->';

interface Found {
  readonly before: string;
  readonly page: Page;
  readonly after: string;
}

export const html: Compressor = {
  kind: 'html',
  lever: 'markup',
  claim: ({ text, call }) => (startOf(text) >= 0 && fetchesPage(call) && !text.includes(heading) ? 0.9 : 0),
  shrink: (input) => {
    const found = find(input);
    return found && write(found);
  },
  excerpt: (input) => {
    const found = find(input);
    const keeps = found && keepMain(found.page);
    if (!found || !keeps) return undefined;
    keepAsked(keeps, found.page, input.asked);
    const of = write(found);
    const linesBefore = `${found.before}${heading}`.split('\n').length;
    const all = of.text.split('\n');
    return {
      of,
      keeps: all.map((_, at) => keeps[at - linesBefore] ?? true),
      tell: (from, until) => tellParts(found.page, from - linesBefore, until - linesBefore),
    };
  },
};

/** A link in the margin may be what was asked for; words that stand everywhere tell none from the others. */
function keepAsked(keeps: boolean[], page: Page, asked: string | undefined): void {
  const margin = page.lines.map(({ text }, at) => (keeps[at] ? '' : text));
  const isTelling = findTelling(margin, asked, mostAsked);
  for (const [at, line] of margin.entries()) if (isTelling(line)) keeps[at] = true;
}

function startOf(text: string): number {
  return text
    .slice(0, mostBefore)
    .search(/^[ \t]*(?:\ufeff)?(?:<\?xml[^>\n]*>\s*)?(?:<!--[^\n]{0,400}-->\s*)?(?:<!doctype\s+html\b|<html[\s>])/im);
}

function find({ text }: TextToShrink): Found | undefined {
  const start = startOf(text);
  if (start < 0) return undefined;
  const closing = /<\/html\s*>/gi;
  let ended = -1;
  for (let found = closing.exec(text); found; found = closing.exec(text)) {
    // Several pages in one result.
    if (ended >= 0) return undefined;
    ended = closing.lastIndex;
  }
  const end = ended < 0 ? text.length : ended;
  const page = readPage(text.slice(start, end));
  if (!page || page.lines.reduce((sum, line) => sum + line.shown, 0) < leastShown) return undefined;
  return { before: text.slice(0, start), page, after: text.slice(end) };
}

function write({ before, page, after }: Found): SmallerText {
  const lines = page.lines.map((line) => line.text).join('\n');
  return { text: `${before}${heading}\n${lines}${after}`, form: 'same-to-the-eye' };
}
