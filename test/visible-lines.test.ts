/** The lines that the model can see, beside a list of them that is looked through each time. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { longLine, type Mark, type ShownLine, VisibleLines, type VisibleText } from '../src/pipeline/visible-lines.ts';

/** What `VisibleLines` promises, by looking at every line each time. */
class PlainLines {
  lines: (ShownLine & { readonly text: number; readonly isHidden: boolean })[] = [];
  /** How much was shown when each text was begun. */
  texts: number[] = [];
  shown = 0;

  open(): void {
    this.add(undefined);
    this.texts.push(this.shown);
  }

  add(line: ShownLine | undefined): void {
    const here = { text: this.texts.length - 1, isHidden: line === undefined };
    this.lines.push({ content: '', number: 0, isNumbered: false, ...line, ...here });
  }

  /** Every run of `wanted` that stands here at two lines or one long line, latest first, at most 48 of them. */
  runs(wanted: readonly string[]): { at: number; count: number }[] {
    const counted = this.lines.map((_, at) => {
      let count = 0;
      while (count < wanted.length && this.lines[at + count]?.isHidden === false && this.lines[at + count]?.content === wanted[count])
        count++;
      return { at, count };
    });
    const pairs = counted.filter(({ count }) => count > 1);
    const singles = counted.filter(({ count }) => count > 0 && (wanted[0]?.length ?? 0) >= longLine);
    return (pairs.length > 0 ? pairs : singles).reverse().slice(0, 48);
  }
}

type Act =
  | { readonly open: true }
  | { readonly hide: true }
  | { readonly line: number; readonly number: number }
  | { readonly back: number };

const long = (letter: string) => letter.repeat(longLine);
const contents = ['', 'a', 'b', '}', 'const a = 1;', long('x'), long('y')];
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ open: true } as const) },
  { weight: 1, arbitrary: fc.constant({ hide: true } as const) },
  { weight: 12, arbitrary: fc.record({ line: fc.nat(contents.length - 1), number: fc.integer({ min: -1, max: 3_000_000_000 }) }) },
  { weight: 1, arbitrary: fc.record({ back: fc.nat(200) }) },
);
const text: VisibleText = { key: 'k', label: 'l', nearLabel: 'n', path: undefined, part: 'output' };

describe('visible lines', () => {
  it('are found as one finds them by looking at every line, after any cutting back', () => {
    fc.assert(
      fc.property(
        fc.array(act, { maxLength: 300 }),
        fc.array(fc.nat(contents.length - 1), { minLength: 1, maxLength: 6 }),
        (acts, wanted) => {
          const visible = new VisibleLines();
          const plain = new PlainLines();
          visible.open({ ...text, key: '0' });
          plain.open();
          const marks: { mark: Mark; lines: number; texts: number; shown: number }[] = [];
          for (const each of acts) {
            marks.push({ mark: visible.mark(), lines: plain.lines.length, texts: plain.texts.length, shown: plain.shown });
            if ('open' in each) {
              visible.open({ ...text, key: String(plain.texts.length) });
              plain.open();
            } else if ('hide' in each) {
              visible.hide();
              plain.add(undefined);
            } else if ('line' in each) {
              const isNumbered = each.number >= 0;
              const line = { content: contents[each.line]!, number: isNumbered ? each.number : plain.lines.length + 1, isNumbered };
              visible.show(line);
              plain.add(line);
            } else {
              const to = marks[Math.max(0, marks.length - 1 - each.back)]!;
              visible.rollBack(to.mark);
              plain.lines.length = to.lines;
              plain.texts.length = to.texts;
              plain.shown = to.shown;
              marks.length = Math.max(0, marks.length - 1 - each.back);
            }
            visible.shown += 7;
            plain.shown += 7;
          }

          for (const [at, { isHidden, content, number, isNumbered }] of plain.lines.entries())
            expect(visible.lineAt(at)).toEqual(isHidden ? undefined : { content, number, isNumbered });
          expect(visible.lineAt(plain.lines.length)).toBeUndefined();
          const sought = wanted.map((which) => contents[which]!);
          const runs = plain.runs(sought);
          const ids = sought.map((content) => visible.intern(content));
          const found = visible.longest(ids, 0, ids.length, { reach: Number.POSITIVE_INFINITY, prefers: () => false });
          const most = Math.max(...runs.map(({ count }) => count));
          expect(found).toEqual(runs.find(({ count }) => count === most));
          const reach = 200;
          // From the latest back to the first that is too far, and of the longest the first that is preferred.
          const far = runs.findIndex(({ at }) => plain.shown - plain.texts[plain.lines[at]!.text]! > reach);
          const near = far < 0 ? runs : runs.slice(0, far);
          const longest = near.filter(({ count }) => count === Math.max(...near.map((run) => run.count)));
          const prefers = (at: number) => at % 3 === 0;
          expect(visible.longest(ids, 0, ids.length, { reach, prefers })).toEqual(longest.find(({ at }) => prefers(at)) ?? longest[0]);
          if (found) expect(visible.textAt(found.at).key).toBe(String(plain.lines[found.at]!.text));
        },
      ),
      { numRuns: 500 },
    );
  });
});
