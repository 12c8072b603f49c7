/** Marks around what shows: links with their targets, inline code, what is struck out or raised. An element without visible text leaves none. */
import type { PageLines } from './html-lines.ts';

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

export class PageMarks {
  readonly #marks: Mark[] = [];
  readonly #targets = new Set<string>();
  readonly #written = new Set<string>();
  #inLink = 0;

  get isInLink(): boolean {
    return this.#inLink > 0;
  }

  push(before: string, after: string, label: string): void {
    this.#marks.push({ before, after, label, isOpen: false, at: 0, line: 0 });
    if (before === '[') this.#inLink++;
  }

  /** Writes the marks that open before the next visible character. */
  open(lines: PageLines): void {
    for (const [at, mark] of this.#marks.entries()) {
      if (mark.isOpen) continue;
      Object.assign(mark, { isOpen: true, at: lines.text.length, line: lines.finished.length });
      // A footnote is no power.
      if (mark.before === '^' && this.#marks[at + 1]?.before === '[') continue;
      if (mark.before === '[') lines.links++;
      lines.text += mark.before;
    }
  }

  /** Closes the innermost mark. What must still be written for it: a link whose image has no text leads somewhere all the same, once. */
  pop(lines: PageLines): string | undefined {
    const mark = this.#marks.pop();
    if (!mark) return undefined;
    if (mark.isOpen) this.#close(mark, lines);
    if (mark.before !== '[') return undefined;
    this.#inLink--;
    const isNew = !this.#targets.has(mark.after);
    this.#targets.add(mark.after);
    const leadsOn = mark.label !== '' || !mark.after.startsWith('](#');
    return !mark.isOpen && isNew && leadsOn ? `[${mark.label}${mark.after}` : undefined;
  }

  /** A link whose text and target already stand above in the same part of the page is its text. */
  #close(mark: Mark, lines: PageLines): void {
    const link = `${lines.part} ${lines.text.slice(mark.at)}${mark.after}`;
    if (mark.before !== '[' || mark.line !== lines.finished.length) lines.text += mark.after;
    else if (this.#written.has(link)) lines.text = lines.text.slice(0, mark.at) + lines.text.slice(mark.at + 1);
    else {
      this.#written.add(link);
      lines.text += mark.after;
    }
  }
}
