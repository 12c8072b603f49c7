/**
 * Writes the lines of a page while it is read: white space as a browser collapses it, marks of links and code only around what shows,
 * cells of a row on one line.
 */
import type { PartKind } from './html-elements.ts';
import type { Page, PageLine, PagePart } from './html-page.ts';

/** What opens before the next visible character, and what closes it. */
interface Mark {
  readonly before: string;
  readonly after: string;
  /** Shown where the element holds nothing that shows. */
  readonly label: string;
  isOpen: boolean;
  /** Where it opened, as a place in a line and the number of that line. */
  at: number;
  line: number;
}

interface Table {
  cells: number;
  hasContent: boolean;
}

/** Soft hyphens and what has no width. */
const unseenCharacters = /[\u00ad\u200b\u2060\ufeff]/g;

export class PageWriter {
  readonly #lines: PageLine[] = [];
  readonly #parts: PagePart[] = [{ kind: undefined, within: 0 }];
  /** The part around every open element. */
  readonly #open: number[] = [];
  readonly #marks: Mark[] = [];
  #prefixes: string[] = [];
  readonly #lists: { next: number | undefined }[] = [];
  readonly #tables: Table[] = [];
  #line = '';
  #part = 0;
  #links = 0;
  #linked = 0;
  #shown = 0;
  #inLink = 0;
  readonly #targets = new Set<string>();
  readonly #written = new Set<string>();
  #gap: 'none' | 'space' | 'line' = 'none';
  #cells = 0;
  #codes = 0;

  openPart(kind: PartKind | undefined): void {
    const within = this.#open.at(-1) ?? 0;
    if (kind === undefined) this.#open.push(within);
    else this.#open.push(this.#parts.push({ kind, within }) - 1);
  }

  closePart(): void {
    this.#open.pop();
  }

  breakLine(): void {
    // What a cell begins with stands beside the cell before it.
    if (this.#line !== '' && this.#cells === 0) this.#gap = 'line';
  }

  space(): void {
    if (this.#line !== '' && this.#gap === 'none') this.#gap = 'space';
  }

  /** Text of the page. */
  write(text: string): void {
    if (this.#codes > 0) {
      this.#writeCode(text);
      return;
    }
    for (const [at, word] of text.split(/[ \t\n\r\f]+/).entries()) {
      if (at > 0) this.space();
      const seen = word.replace(unseenCharacters, '').replaceAll('\u00a0', ' ');
      if (seen !== '') this.#emit(seen);
    }
  }

  /** A word of its own that stands for an element. */
  put(text: string): void {
    if (text === '') return;
    this.space();
    this.#emit(text);
    this.space();
  }

  openMark(before: string, after: string, label = ''): void {
    // Code is copied from pages: nothing is put into it.
    const isCode = this.#codes > 0;
    this.#marks.push({ before: isCode ? '' : before, after: isCode ? '' : after, label, isOpen: false, at: 0, line: 0 });
    if (before === '[' && !isCode) this.#inLink++;
  }

  closeMark(): void {
    const mark = this.#marks.pop();
    if (!mark) return;
    if (mark.isOpen) this.#closeOpen(mark);
    // A link whose image has no text still leads somewhere: once.
    else if (mark.before === '[' && !this.#targets.has(mark.after) && (mark.label !== '' || !mark.after.startsWith('](#')))
      this.#emit(`[${mark.label}${mark.after}`);
    if (mark.before === '[') {
      this.#targets.add(mark.after);
      this.#inLink--;
    }
  }

  /** A link whose text and target already stand above in the same part of the page is its text. */
  #closeOpen(mark: Mark): void {
    const link = `${this.#part} ${this.#line.slice(mark.at)}${mark.after}`;
    if (mark.before !== '[' || mark.line !== this.#lines.length) this.#line += mark.after;
    else if (this.#written.has(link)) this.#line = this.#line.slice(0, mark.at) + this.#line.slice(mark.at + 1);
    else {
      this.#written.add(link);
      this.#line += mark.after;
    }
  }

  openPrefix(prefix: string): void {
    this.#prefixes.push(prefix);
  }

  /** Where the element showed something, its prefix is written already. */
  closePrefix(): void {
    this.#prefixes.pop();
  }

  openList(next: number | undefined): void {
    this.#lists.push({ next: Number.isFinite(next) ? next : undefined });
  }

  closeList(): void {
    this.#lists.pop();
  }

  openItem(): void {
    const list = this.#lists.at(-1);
    const indent = '  '.repeat(Math.max(0, Math.min(this.#lists.length, 12) - 1));
    this.openPrefix(list?.next === undefined ? `${indent}- ` : `${indent}${list.next++}. `);
  }

  openTable(): void {
    this.#tables.push({ cells: 0, hasContent: false });
  }

  closeTable(): void {
    this.#tables.pop();
    this.#cells = 0;
  }

  openRow(): void {
    const table = this.#tables.at(-1);
    if (table) Object.assign(table, { cells: 0, hasContent: false });
    this.#cells = 0;
  }

  closeRow(): void {
    if (this.#cells > 0 && this.#tables.at(-1)?.hasContent) this.#line += ' |'.repeat(this.#cells);
    this.#cells = 0;
  }

  openCell(): void {
    const table = this.#tables.at(-1);
    if (!table) this.breakLine();
    if (!table || table.cells++ === 0) return;
    this.#cells++;
    if (table.hasContent && this.#gap === 'line') this.#gap = 'space';
  }

  openCode(): void {
    if (this.#codes++ === 0) this.#fence();
  }

  closeCode(): void {
    if (this.#codes === 0) return;
    if (--this.#codes > 0) return;
    if (this.#line.trim() !== '') this.#endLine();
    this.#line = '';
    if (this.#lines.at(-1)?.text === '```') this.#lines.pop();
    else this.#fence();
  }

  end(title: string | undefined): Page {
    if (this.#line !== '') this.#endLine();
    const said = title?.replace(/\s+/g, ' ').trim();
    const first = this.#lines[0]?.text.replace(/^#+ /, '');
    if (said && said !== first) this.#lines.unshift({ text: `Title: ${said}`, part: 0, links: 0, linked: 0, shown: said.length });
    return { lines: this.#lines, parts: this.#parts };
  }

  #fence(): void {
    if (this.#line !== '') this.#endLine();
    this.#line = '```';
    this.#endLine();
  }

  #writeCode(text: string): void {
    const [first = '', ...rest] = text.replaceAll('\r', '').split('\n');
    this.#append(first);
    for (const line of rest) {
      // The line break right behind the opening tag does not show.
      if (this.#line !== '' || this.#lines.at(-1)?.text !== '```') this.#endLine();
      this.#append(line);
    }
  }

  #append(text: string): void {
    if (text === '') return;
    if (this.#gap === 'line' && this.#line !== '') this.#endLine();
    this.#gap = 'none';
    if (this.#line === '') this.#part = this.#open.at(-1) ?? 0;
    this.#line += text;
    this.#shown += text.length;
  }

  #emit(text: string): void {
    if (this.#gap === 'line') this.#endLine();
    const table = this.#tables.at(-1);
    const prefix = this.#prefixes.join('');
    if (this.#cells > 0) {
      this.#line += ' |'.repeat(this.#cells).slice(this.#line === '' ? 1 : 0);
      this.#cells = 0;
      if (prefix === '') this.#gap = 'space';
      else this.#endLine();
    }
    if (this.#line === '') {
      this.#part = this.#open.at(-1) ?? 0;
      this.#line = prefix;
      this.#prefixes = this.#prefixes.map(() => '');
    } else if (this.#gap === 'space') this.#line += ' ';
    this.#gap = 'none';
    if (table) table.hasContent = true;
    this.#openMarks();
    this.#line += text;
    this.#shown += text.length;
    if (this.#inLink > 0) this.#linked += text.length;
  }

  #openMarks(): void {
    for (const [at, mark] of this.#marks.entries()) {
      if (mark.isOpen) continue;
      Object.assign(mark, { isOpen: true, at: this.#line.length, line: this.#lines.length });
      // A footnote is no power.
      if (mark.before === '^' && this.#marks[at + 1]?.before === '[') continue;
      if (mark.before === '[') this.#links++;
      this.#line += mark.before;
    }
  }

  #endLine(): void {
    const text = this.#codes > 0 ? this.#line : this.#line.trimEnd();
    if (text !== '' || this.#codes > 0)
      this.#lines.push({ text, part: this.#part, links: this.#links, linked: this.#linked, shown: this.#shown });
    this.#line = '';
    this.#gap = 'none';
    this.#links = 0;
    this.#linked = 0;
    this.#shown = 0;
  }
}
