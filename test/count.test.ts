/** The counter: exact on text, calm on runs without a break, blind to special-token spellings. */

import fc from 'fast-check';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { expect, test } from 'vitest';
import { isUnbroken, loadCounter } from '../src/tokens/count.ts';

test('counts as the encoder does', async () => {
  const count = await loadCounter();
  for (const text of ['', 'hello world', 'const a = 1;\n\treturn a;', '日本語 😀', '\ud800 lone'])
    expect(count(text)).toBe(encode(text).length);
});

test('takes special tokens as the text they are', async () => {
  const count = await loadCounter();
  expect(count('before <|endoftext|> after')).toBeGreaterThan(3);
});

test('stays linear on a run without a break, and near the exact count', async () => {
  const count = await loadCounter();
  expect(count('x'.repeat(1_000_000))).toBeGreaterThan(1000);
  const blob = 'aGVsbG8gd29ybGQ'.repeat(200);
  expect(Math.abs(count(blob) / encode(blob).length - 1)).toBeLessThan(0.02);
});

test('knows runs of 2,000 letters or blanks wherever they stand, and none of 1,999', () => {
  const run = fc.record({
    letters: fc.constantFrom('a', ' ', '\n', '\u3000', 'é', '\ud800', '\ufeff', '\u180e', '\x85'),
    length: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1990, max: 2010 }), fc.integer({ min: 900, max: 1100 })),
  });
  fc.assert(
    fc.property(fc.array(run, { maxLength: 12 }), (runs) => {
      const text = runs.map(({ letters, length }) => letters.repeat(length)).join('');
      expect(isUnbroken(text)).toBe(/\S{2000}|\s{2000}/.test(text));
    }),
    { numRuns: 300 },
  );
});
