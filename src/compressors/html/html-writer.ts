/**
 * Writes the lines of a page while it is read: white space as a browser collapses it, lists and headings behind their prefixes, cells of a row on
 * one line, code as it stands.
 */
import type { PartKind } from './html-elements.ts';
import { PageLines } from './html-lines.ts';
import { PageMarks } from './html-marks.ts';
import type { Page, PagePart } from './html-page.ts';

/** Soft hyphens and what has no width. */
const unseenCharacters = /[\u00ad\u200b\u2060\ufeff]/g;
const fence = '```';

export class PageWriter {
  readonly #lines = new PageLines();
  readonly #marks = new PageMarks();
  readonly #parts: PagePart[] = [{ kind: undefined, within: 0 }];
  /** The part around every open element. */
  readonly #open: number[] = [];
  #prefixes: string[] = [];
  readonly #lists: { next: number | undefined }[] = [];
  readonly #tables: { cells: number; hasContent: boolean }[] = [];
  /** Cells that began since the last visible character of the row. */
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
    if (this.#cells === 0) this.#lines.breakLine();
  }

  space(): void {
    this.#lines.space();
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

  /** Code is copied from pages: nothing is put into it. */
  openMark(before: string, after: string, label = ''): void {
    if (this.#codes > 0) this.#marks.push('', '', '');
    else this.#marks.push(before, after, label);
  }

  closeMark(): void {
    const left = this.#marks.pop(this.#lines);
    if (left !== undefined) this.#emit(left);
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
    if (this.#cells > 0 && this.#tables.at(-1)?.hasContent) this.#lines.text += ' |'.repeat(this.#cells);
    this.#cells = 0;
  }

  openCell(): void {
    const table = this.#tables.at(-1);
    if (!table) this.breakLine();
    if (!table || table.cells++ === 0) return;
    this.#cells++;
    if (table.hasContent && this.#lines.gap === 'line') this.#lines.gap = 'space';
  }

  openCode(): void {
    if (this.#codes++ === 0) this.#fence();
  }

  closeCode(): void {
    if (this.#codes === 0 || --this.#codes > 0) return;
    if (this.#lines.text.trim() === '') this.#lines.text = '';
    else this.#lines.end(true);
    if (this.#lines.finished.at(-1)?.text === fence) this.#lines.finished.pop();
    else this.#fence();
  }

  end(title: string | undefined): Page {
    if (this.#lines.text !== '') this.#endLine();
    const lines = this.#lines.finished;
    const said = title?.replace(/\s+/g, ' ').trim();
    const isSaid = said === lines[0]?.text.replace(/^#+ /, '');
    if (said && !isSaid) lines.unshift({ text: `Title: ${said}`, part: 0, links: 0, linked: 0, shown: said.length });
    return { lines, parts: this.#parts };
  }

  #fence(): void {
    if (this.#lines.text !== '') this.#endLine();
    this.#lines.text = fence;
    this.#endLine();
  }

  #writeCode(text: string): void {
    const [first = '', ...rest] = text.replaceAll('\r', '').split('\n');
    this.#append(first);
    for (const line of rest) {
      // The line break right behind the opening tag does not show.
      if (this.#lines.text !== '' || this.#lines.finished.at(-1)?.text !== fence) this.#endLine();
      this.#append(line);
    }
  }

  #append(text: string): void {
    if (text === '') return;
    const lines = this.#lines;
    if (lines.gap === 'line' && lines.text !== '') this.#endLine();
    lines.gap = 'none';
    if (lines.text === '') lines.part = this.#open.at(-1) ?? 0;
    lines.text += text;
    lines.shown += text.length;
  }

  #emit(text: string): void {
    const lines = this.#lines;
    if (lines.gap === 'line') this.#endLine();
    const prefix = this.#prefixes.join('');
    if (this.#cells > 0) {
      lines.text += ' |'.repeat(this.#cells).slice(lines.text === '' ? 1 : 0);
      this.#cells = 0;
      if (prefix === '') lines.gap = 'space';
      else this.#endLine();
    }
    if (lines.text === '') {
      lines.part = this.#open.at(-1) ?? 0;
      lines.text = prefix;
      this.#prefixes = this.#prefixes.map(() => '');
    } else if (lines.gap === 'space') lines.text += ' ';
    lines.gap = 'none';
    const table = this.#tables.at(-1);
    if (table) table.hasContent = true;
    this.#marks.open(lines);
    lines.text += text;
    lines.shown += text.length;
    if (this.#marks.isInLink) lines.linked += text.length;
  }

  #endLine(): void {
    this.#lines.end(this.#codes > 0);
  }
}
