/**
 * Reads an HTML page as its lines of visible text: headings, lists, tables, code, form fields, link targets, images by their alternative
 * text. Knows which part of the page each line stands in; chooses nothing.
 */
import { Parser } from 'htmlparser2';
import { type Attributes, isBlock, isUnseen, type PartKind, partOf, standsApart } from './html-elements.ts';
import { PageWriter } from './html-writer.ts';

export interface Page {
  readonly lines: readonly PageLine[];
  readonly parts: readonly PagePart[];
}

export interface PageLine {
  readonly text: string;
  /** Index into the parts of the page. */
  readonly part: number;
  /** Links that begin in it, and UTF-16 units of visible text, in links and in all. */
  links: number;
  linked: number;
  shown: number;
}

export interface PagePart {
  /** Undefined for the page itself, part 0. */
  readonly kind: PartKind | undefined;
  /** Index of the part around it; its own for part 0. */
  readonly within: number;
}

/** Scripts, and the footnotes of the page itself: their numbers say as much. */
const isNoTarget = /^\s*(?:javascript:|#?$|#(?:cite|fn|footnote|endnote|note|ref)[-_:]?\w)/i;

/** Elements inside each other; no page has more, and the parser's stack is searched from end to end. */
const deepest = 400;
const chunk = 16_384;

/** Undefined where it is nested too deep to be a page. */
export function readPage(html: string): Page | undefined {
  const writer = new PageWriter();
  let depth = 0;
  let tooDeep = false;
  /** Depth at which an element that does not show began; 0: none. */
  let unseenFrom = 0;
  let media: string | undefined;
  let title: string | undefined;
  const parser = new Parser({
    onopentag(name, attributes) {
      depth++;
      if (depth > deepest) tooDeep = true;
      if (unseenFrom > 0) {
        if (name === 'title' && title === undefined) title = '';
        // What stands in a player is for browsers without one; what it plays is a link.
        if (name === 'source' && media !== undefined && attributes.src) writer.put(`[${media}](${attributes.src})`);
        return;
      }
      if (isUnseen(name, attributes)) {
        unseenFrom = depth;
        media = name === 'video' || name === 'audio' ? name : undefined;
      }
      openElement(writer, name, attributes);
    },
    ontext(text) {
      if (unseenFrom === 0) writer.write(text);
      else if (title !== undefined && !titleEnded) title += text;
    },
    onclosetag(name) {
      depth--;
      if (name === 'title' && title !== undefined) titleEnded = true;
      if (unseenFrom > depth + 1) return;
      if (unseenFrom === depth + 1) unseenFrom = 0;
      closeElement(writer, name);
    },
  });
  let titleEnded = false;
  for (let at = 0; at < html.length && !tooDeep; at += chunk) parser.write(html.slice(at, at + chunk));
  if (tooDeep) return undefined;
  parser.end();
  return writer.end(title);
}

function openElement(writer: PageWriter, name: string, attributes: Attributes): void {
  writer.openPart(isBlock(name) ? partOf(name, attributes) : undefined);
  if (isBlock(name)) writer.breakLine();
  else if (standsApart(name)) writer.space();
  const heading = /^h([1-6])$/.exec(name);
  if (heading) writer.openPrefix(`${'#'.repeat(Number(heading[1]))} `);
  else if (Object.hasOwn(opened, name)) opened[name]?.(writer, attributes);
}

function closeElement(writer: PageWriter, name: string): void {
  if (/^h[1-6]$/.test(name)) writer.closePrefix();
  else if (Object.hasOwn(closed, name)) closed[name]?.(writer);
  if (isBlock(name)) writer.breakLine();
  else if (standsApart(name)) writer.space();
  writer.closePart();
}

const opened: Readonly<Record<string, (writer: PageWriter, attributes: Attributes) => void>> = {
  a: (writer, { href, title, 'aria-label': label }) => {
    if (href === undefined || isNoTarget.test(href)) writer.openMark('', '');
    else writer.openMark('[', `](${href.trim()})`, label ?? title ?? '');
  },
  area: (writer, { href, alt }) => writer.put(href ? `[${alt ?? ''}](${href})` : ''),
  audio: (writer, { src }) => writer.put(src ? `[audio](${src})` : ''),
  base: (writer, { href }) => writer.put(href ? `Base of links: ${href}` : ''),
  blockquote: (writer) => writer.openPrefix('> '),
  br: (writer) => writer.breakLine(),
  code: (writer) => writer.openMark('`', '`'),
  del: (writer) => writer.openMark('~~', '~~'),
  s: (writer) => writer.openMark('~~', '~~'),
  sup: (writer) => writer.openMark('^', ''),
  form: (writer, { action, method }) => {
    writer.put(action ? `[form ${(method ?? 'get').toLowerCase()} ${action}]` : '');
    writer.breakLine();
  },
  hr: (writer) => writer.put('---'),
  iframe: (writer, { src, title }) => writer.put(src ? `[${title ?? 'frame'}](${src})` : ''),
  img: (writer, { alt }) => writer.put(alt?.trim() ? `![${oneLine(alt)}]` : ''),
  input: (writer, attributes) => writer.put(sayField(attributes)),
  li: (writer) => writer.openItem(),
  ol: (writer, { start }) => writer.openList(Number(start ?? 1)),
  ul: (writer) => writer.openList(undefined),
  option: (writer, { selected }) => writer.put(selected === undefined ? '|' : '| (selected)'),
  pre: (writer) => writer.openCode(),
  select: (writer, { name }) => writer.put(`[select ${name ?? ''}]`),
  table: (writer) => writer.openTable(),
  textarea: (writer, { name, placeholder }) => writer.put(`[textarea ${[name, placeholder].filter(Boolean).join(': ')}]`),
  td: (writer) => writer.openCell(),
  th: (writer) => writer.openCell(),
  tr: (writer) => writer.openRow(),
  video: (writer, { src }) => writer.put(src ? `[video](${src})` : ''),
};

const closed: Readonly<Record<string, (writer: PageWriter) => void>> = {
  a: (writer) => writer.closeMark(),
  blockquote: (writer) => writer.closePrefix(),
  code: (writer) => writer.closeMark(),
  del: (writer) => writer.closeMark(),
  s: (writer) => writer.closeMark(),
  sup: (writer) => writer.closeMark(),
  li: (writer) => writer.closePrefix(),
  ol: (writer) => writer.closeList(),
  ul: (writer) => writer.closeList(),
  pre: (writer) => writer.closeCode(),
  table: (writer) => writer.closeTable(),
  tr: (writer) => writer.closeRow(),
};

/** Hidden fields do not show. */
function sayField({ type, name, value, placeholder, checked }: Attributes): string {
  if (type?.toLowerCase() === 'hidden') return '';
  const said = [type?.toLowerCase() ?? 'text', name, value || placeholder, checked === undefined ? undefined : 'checked'];
  return `[${said.filter((word) => word !== undefined && word !== '').join(' ')}]`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
