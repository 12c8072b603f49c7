/** What every compressor promises, over the list: fixtures, inverses, determinism, and calm on junk. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ToolCall } from '../src/block.ts';
import type { Compressor, SmallerText, TextToShrink } from '../src/compressors/compressor.ts';
import { compressors } from '../src/compressors/index.ts';
import { compressorFixtures } from './helpers/compressor-fixtures.ts';

const shell: ToolCall = { tool: 'Bash', input: { command: 'grep -rn x . && make' } };
const read: ToolCall = { tool: 'Read', input: { file_path: '/project/a.ts' } };
const fixtures = compressorFixtures();

/** The forms that the pipeline would believe. */
function formsOf(compressor: Compressor, input: TextToShrink): SmallerText[] {
  if (compressor.claim(input) < 0.5) return [];
  const found = compressor.shrink(input);
  const forms = found === undefined ? [] : Array.isArray(found) ? (found as SmallerText[]) : [found as SmallerText];
  return forms.filter((form) => form.form !== 'invertible' || form.inverse?.(form.text) === input.text);
}

describe.each(compressors.map((compressor) => [compressor.kind, compressor] as const))('%s', (kind, compressor) => {
  const own = fixtures.filter((fixture) => fixture.kind === kind);

  test('has fixtures, some shrunk and some left alone', () => {
    expect(own.some(({ input, expected }) => input !== expected)).toBe(true);
    expect(own.some(({ input, expected }) => input === expected)).toBe(true);
  });

  test.each(own.map((fixture) => [fixture.name, fixture] as const))('%s', (_, { call, input, expected }) => {
    expect(formsOf(compressor, { text: input, call })[0]?.text ?? input).toBe(expected);
  });

  test('says the same twice, and leaves its own output alone', () => {
    for (const { call, input } of own) {
      const [form] = formsOf(compressor, { text: input, call });
      if (!form) continue;
      expect(formsOf(compressor, { text: input, call })[0]?.text).toBe(form.text);
      expect(formsOf(compressor, { text: form.text, call })[0]?.text ?? form.text).toBe(form.text);
    }
  });

  test('an invertible form brings its inverse', () => {
    for (const { call, input } of own) {
      const found = compressor.shrink({ text: input, call });
      for (const form of found === undefined ? [] : [found].flat())
        if (form.form === 'invertible') expect(form.inverse).toBeTypeOf('function');
    }
  });

  test.each([
    ['one letter, 2 MB', 'x'.repeat(2_000_000)],
    ['a million short lines', 'a:1:\n'.repeat(1_000_000)],
    ['half a million escapes', '\x1b[1mx'.repeat(500_000)],
    ['a line overwritten 200,000 times', '\r50%'.repeat(200_000)],
    ['deep nesting', '['.repeat(1_000_000)],
    ['lone surrogates and NUL', '\ud800\0\udc00\x1b['.repeat(100_000)],
    ['unfinished escapes', '\x1b]8;;'.repeat(100_000)],
  ])('stays calm on %s', (_, text) => {
    for (const call of [shell, read, undefined])
      for (const form of formsOf(compressor, { text, call })) expect(form.text.length).toBeLessThanOrEqual(text.length + 1);
  });

  test('never throws on random text', () => {
    const piece = fc.oneof(
      fc.constantFrom('\x1b[31m', '\x1b[2K', '\x1b[1A', '\r', '\b', '\n', 'a.ts:1:', 'a.ts-2-', '--', '12:', '\x1b]0;t\x07', '@@ '),
      fc.string({ maxLength: 12 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), fc.constantFrom(shell, read, undefined), (pieces, call) => {
        const text = pieces.join('');
        for (const form of formsOf(compressor, { text, call }))
          expect(formsOf(compressor, { text: form.text, call })[0]?.text ?? form.text).toBe(form.text);
      }),
      { numRuns: 500 },
    );
  });
});
