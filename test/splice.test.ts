/** Splicing: law 2. Outside the spans every byte stays, and what is put in decodes to what was given. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Replacement, splice } from '../src/protocols/splice.ts';
import { scanJson } from '../src/text/json-scan.ts';
import { jsonText } from './helpers/json-spelling.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.constantFrom('\ud800', 'a\udfff\n', '\u2028', '"\\', '\u0000\u001f\u007f', '😀'),
);

/** A JSON body and a new text for some of its strings. */
const spliced = jsonText.chain(({ text }) => {
  const body = Buffer.from(text);
  const tape = scanJson(body)!;
  const strings: number[] = [];
  for (let value = 0, end = tape.next(0); value < end; value += 1) if (tape.kind(value) === 'string') strings.push(value);
  return fc
    .tuple(fc.subarray(strings), fc.array(anyText, { minLength: strings.length, maxLength: strings.length }))
    .map(([chosen, texts]) => ({
      body,
      chosen,
      replacements: chosen.map((value, i): Replacement => ({ start: tape.start(value) + 1, end: tape.end(value) - 1, text: texts[i]! })),
    }));
});

describe('splice', () => {
  test('changes the spans and nothing else, and the texts come out as they went in', () => {
    let changed = 0;
    fc.assert(
      fc.property(spliced, ({ body, chosen, replacements }) => {
        const before = Buffer.from(body);
        const result = splice(body, replacements);
        expect(body.equals(before)).toBe(true);
        const tape = scanJson(result)!;
        expect(tape).toBeDefined();
        let from = 0;
        let shift = 0;
        replacements.forEach(({ start, end, text }, i) => {
          const value = chosen[i]!;
          expect(tape.string(value)).toBe(text);
          expect(result.subarray(from + shift, start + shift).equals(body.subarray(from, start))).toBe(true);
          shift += tape.end(value) - 1 - (tape.start(value) + 1) - (end - start);
          from = end;
          changed += 1;
        });
        expect(result.subarray(from + shift).equals(body.subarray(from))).toBe(true);
      }),
      { numRuns: 1000 },
    );
    expect(changed).toBeGreaterThan(500);
  });

  test('with nothing to replace it is the very same buffer', () => {
    const body = Buffer.from('{"a": "b"}');
    expect(splice(body, [])).toBe(body);
  });

  test('escapes as JSON.stringify does, half a character too', () => {
    const body = Buffer.from('["","x"]');
    const out = splice(body, [
      { start: 2, end: 2, text: 'tab\t"q"\\\u0001\ud800 é😀\u2028' },
      { start: 5, end: 6, text: '' },
    ]);
    expect(out.toString()).toBe('["tab\\t\\"q\\"\\\\\\u0001\\ud800 é😀\u2028",""]');
  });

  test.each([
    [
      'overlap',
      [
        { start: 2, end: 5, text: '' },
        { start: 4, end: 6, text: '' },
      ],
    ],
    [
      'come in the wrong order',
      [
        { start: 5, end: 6, text: '' },
        { start: 1, end: 2, text: '' },
      ],
    ],
    ['end before they start', [{ start: 5, end: 4, text: '' }]],
    ['end behind the body', [{ start: 5, end: 400, text: '' }]],
    ['are no numbers', [{ start: Number.NaN, end: 4, text: '' }]],
  ])('spans that %s are refused, never half done', (_, replacements) => {
    expect(() => splice(Buffer.from('["abcdefgh"]'), replacements)).toThrow(RangeError);
  });
});
