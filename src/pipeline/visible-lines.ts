/**
 * The lines that the model can already see in one conversation, in order, with an index of where equal lines stand. It grows at its
 * end and can be cut back to a mark. Equal lines share a number, so that comparing two lines is comparing two numbers.
 */

import { IntList } from '../text/int-list.ts';
import { LinePairs } from './line-pairs.ts';

/** One text that shows lines: a result in its outgoing form, a value of a tool call's input, or something said. */
export interface VisibleText {
  /** Chain key of its block. */
  readonly key: string;
  /** Short name by which a reader finds it. */
  readonly label: string;
  /** The file it is about, where it is about one, and a shorter name that is enough where that file is spoken of. */
  readonly path: string | undefined;
  readonly nearLabel: string;
  readonly part: 'output' | 'input' | 'text';
}

/** A line as shown: its number in the text's own numbering, or its place (from 1) in the original text. */
export interface ShownLine {
  readonly content: string;
  readonly number: number;
  readonly isNumbered: boolean;
}

/** A run of equal lines: `count` lines from position `at` of the index. */
export interface Match {
  readonly at: number;
  readonly count: number;
}

/** A state to return to. */
export interface Mark {
  readonly texts: number;
  readonly lines: number;
  readonly shown: number;
}

export interface LongestOptions {
  /** UTF-16 units back to the oldest text that counts as visible. */
  readonly reach: number;
  /** Places that win among runs of the same length. */
  readonly prefers: (at: number) => boolean;
}

/** How many earlier places of one line pair are looked at, latest first. */
const mostCandidates = 48;
/** A single line this long, in UTF-16 units, is worth looking up on its own. */
export const longLine = 100;

export class VisibleLines {
  /** UTF-16 units shown so far by every block, the measure of distance. */
  shown = 0;
  private readonly texts: { readonly text: VisibleText; readonly at: number; readonly shownAt: number }[] = [];
  /** By place: the number of its content, negative where lines are left out; and its line number, negative where it is only a place. */
  private readonly ids = new IntList();
  private readonly numbers: number[] = [];
  private readonly contents: string[] = [];
  private readonly idOfContent = new Map<string, number>();
  private readonly pairs = new LinePairs(this.ids);
  private readonly singles = new Map<number, number[]>();

  /** Begins a text; `show` and `hide` add its lines. */
  open(text: VisibleText): void {
    this.hide();
    this.texts.push({ text, at: this.ids.length, shownAt: this.shown });
  }

  show({ content, number, isNumbered }: ShownLine): void {
    const id = this.intern(content);
    if (content.length >= longLine) append(this.singles, id, this.ids.length);
    this.add(id, isNumbered ? number : -number);
  }

  /** Lines are left out here: no run crosses this place. */
  hide(): void {
    this.add(-1, 0);
  }

  mark(): Mark {
    return { texts: this.texts.length, lines: this.ids.length, shown: this.shown };
  }

  /** Forgets everything that came after a mark. */
  rollBack(mark: Mark): void {
    for (let at = this.ids.length - 1; at >= mark.lines; at--) this.singles.get(this.ids.at(at))?.pop();
    this.pairs.cut(mark.lines);
    this.ids.length = mark.lines;
    this.numbers.length = mark.lines;
    this.texts.length = mark.texts;
    this.shown = mark.shown;
  }

  /** A number for a line's content, the same for equal contents. */
  intern(content: string): number {
    const known = this.idOfContent.get(content);
    if (known !== undefined) return known;
    this.idOfContent.set(content, this.contents.length);
    return this.contents.push(content) - 1;
  }

  /** The number of a line's content, or -1 where no line has it. */
  find(content: string): number {
    return this.idOfContent.get(content) ?? -1;
  }

  /** The longest visible run equal to `wanted[from..until)` from its start; among equals a preferred place, then the latest. */
  longest(wanted: readonly number[], from: number, until: number, { reach, prefers }: LongestOptions): Match | undefined {
    let best: Match | undefined;
    let bestIsPreferred = false;
    for (const at of this.placesOf(wanted[from] ?? -1, from + 1 < until ? (wanted[from + 1] ?? -1) : -1)) {
      if (this.shown - this.entryOf(at).shownAt > reach) break;
      let count = 1;
      while (from + count < until && at + count < this.ids.length && this.ids.at(at + count) === wanted[from + count]) count++;
      if (best && count < best.count) continue;
      const isPreferred = prefers(at);
      if (best && count === best.count && (bestIsPreferred || !isPreferred)) continue;
      best = { at, count };
      bestIsPreferred = isPreferred;
    }
    return best;
  }

  textAt(at: number): VisibleText {
    return this.entryOf(at).text;
  }

  lineAt(at: number): ShownLine | undefined {
    const content = at < this.ids.length ? this.contents[this.ids.at(at)] : undefined;
    const number = this.numbers[at] ?? 0;
    // A numbered line may have the number 0; a place is counted from 1.
    return content === undefined ? undefined : { content, number: Math.abs(number), isNumbered: number >= 0 };
  }

  /** Latest first. */
  private placesOf(first: number, second: number): readonly number[] {
    const places = second >= 0 ? this.pairs.placesOf(first, second, mostCandidates) : [];
    return places.length > 0 ? places : (this.singles.get(first)?.slice(-mostCandidates).reverse() ?? []);
  }

  private add(id: number, number: number): void {
    this.ids.push(id);
    this.numbers.push(number);
    this.pairs.push();
  }

  private entryOf(at: number): { readonly text: VisibleText; readonly at: number; readonly shownAt: number } {
    let low = 0;
    let high = this.texts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.texts[middle]?.at ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return this.texts[low]!;
  }
}

function append(map: Map<number, number[]>, key: number, value: number): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}
