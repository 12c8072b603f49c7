/** An original and its excerpt side by side: every line of both once, in order, and shared lines on one row. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareLines, isAlike } from '../src/page/browser/compare-lines.ts';

const rowsOf = (before: string, after: string) =>
  compareLines(before.split(' '), after.split(' ')).map(
    ({ number, before: left = '', after: right = '' }) => `${number ?? ''}:${left}|${right}`,
  );

describe('lines', () => {
  test('that stand in both are on one row, and a note beside the first line that it stands for', () => {
    expect(rowsOf('a b c d e f', 'a [3] f')).toEqual(['1:a|a', '2:b|[3]', '3:c|', '4:d|', '5:e|', '6:f|f']);
  });

  test('that are many times the same are held in place by those that are there once', () => {
    expect(rowsOf('} x } y } z }', '} y }')).toEqual(['1:}|}', '2:x|', '3:}|', '4:y|y', '5:}|}', '6:z|', '7:}|']);
  });

  test('of the excerpt alone have a row and no number', () => {
    expect(rowsOf('a b', 'a n m o b')).toEqual(['1:a|a', ':|n', ':|m', ':|o', '2:b|b']);
  });

  test('without their padding are the same lines', () => {
    expect(compareLines(['one   PASSED   ', 'two'], ['one PASSED', 'two'])).toMatchObject([
      { number: 1, after: 'one PASSED' },
      { number: 2 },
    ]);
  });

  test('whose beginning is said once above them are known by their ends, as far on as the notes say', () => {
    const before = Array.from({ length: 40 }, (_, at) => `src/a.ts:${at + 1}: line ${at + 1}`);
    const after = ['src/a.ts', '1: line 1', '2: line 2', '[… 36 lines: hits]', '39: line 39', '40: line 40'];
    const shared = compareLines(before, after).filter((row) => row.before !== undefined && isAlike(row.before, row.after));
    expect(shared.map(({ number, after: right }) => [number, right])).toEqual([
      [1, '1: line 1'],
      [2, '2: line 2'],
      [39, '39: line 39'],
      [40, '40: line 40'],
    ]);
  });

  test('of any two texts are all there, in order', () => {
    const text = fc.array(fc.constantFrom('', 'a', 'b', 'c', 'd  d', 'd d'), { maxLength: 30 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const rows = compareLines(before, after);
        expect(rows.flatMap((row) => row.before ?? [])).toEqual(before);
        expect(rows.flatMap((row) => row.after ?? [])).toEqual(after);
        expect(rows.flatMap((row) => row.number ?? [])).toEqual(before.map((_, at) => at + 1));
      }),
    );
  });

  test('left out of an excerpt leave the others on rows of their own original', () => {
    const lines = fc.array(fc.record({ line: fc.string(), isKept: fc.boolean() }), { maxLength: 40 });
    fc.assert(
      fc.property(lines, (all) => {
        // Each once, so that there is one way to read it.
        const before = all.map(({ line }, at) => `${at} ${line}`);
        const after = before.filter((_, at) => all[at]?.isKept);
        for (const row of compareLines(before, after)) expect(row.after ?? row.before).toBe(row.before);
      }),
    );
  });
});
