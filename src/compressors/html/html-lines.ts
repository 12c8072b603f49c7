/** The lines of a page while they grow: the finished ones, and the one that is being written with what it shows. */
import type { PageLine } from './html-page.ts';

export class PageLines {
  readonly finished: PageLine[] = [];
  /** The line that is being written. */
  text = '';
  part = 0;
  links = 0;
  linked = 0;
  shown = 0;
  /** What stands between the last character and the next one that shows. */
  gap: 'none' | 'space' | 'line' = 'none';

  breakLine(): void {
    if (this.text !== '') this.gap = 'line';
  }

  space(): void {
    if (this.text !== '' && this.gap === 'none') this.gap = 'space';
  }

  /** Ends the line; where it is code, as it stands. */
  end(isCode: boolean): void {
    const text = isCode ? this.text : this.text.trimEnd();
    if (text !== '' || isCode) this.finished.push({ text, part: this.part, links: this.links, linked: this.linked, shown: this.shown });
    Object.assign(this, { text: '', gap: 'none', links: 0, linked: 0, shown: 0 });
  }
}
