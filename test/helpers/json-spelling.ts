/** Random JSON as text, spelled in all the ways JSON allows: white space, escapes, big numbers, keys that stand twice. */
import fc from 'fast-check';

const space = fc.constantFrom('', '', '', ' ', '\n', '\t', '\r', ' \n  ');

const character = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...'abcxyz {}[],:0-/é€😀\u2028\ufeff') },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '\\n',
      '\\t',
      '\\"',
      '\\\\',
      '\\/',
      '\\b',
      '\\f',
      '\\r',
      '\\u0000',
      '\\u00e9',
      '\\uD83D\\uDE00',
      '\\ud800',
      '\\uDFFF',
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }).map((text) => JSON.stringify(text).slice(1, -1)) },
);

/** A string literal, quotes and all. */
export const stringLiteral = fc.array(character, { maxLength: 24 }).map((parts) => `"${parts.join('')}"`);

/** `text` as a literal with some of its characters spelled as escapes. */
export function spelled(text: string): fc.Arbitrary<string> {
  return fc.array(fc.boolean(), { minLength: text.length, maxLength: text.length }).map((escapes) => {
    const spell = (unit: string, i: number) =>
      escapes[i] ? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}` : JSON.stringify(unit).slice(1, -1);
    return `"${text.split('').map(spell).join('')}"`;
  });
}

const numberLiteral = fc.oneof(
  fc.constantFrom(
    '0',
    '-0',
    '0.0',
    '-0.10',
    '1e5',
    '1E+400',
    '2e-9',
    '12345678901234567890123',
    '9007199254740993',
    '3.141592653589793238',
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => JSON.stringify(n)),
);

const keyLiteral = fc.oneof(fc.constantFrom('"a"', '"\\u0061"', '"type"', '"__proto__"', '""'), stringLiteral);

function joined(parts: readonly string[], gaps: readonly string[]): string {
  const gap = (i: number) => (gaps.length === 0 ? '' : gaps[i % gaps.length]!);
  return parts.map((part, i) => `${gap(i)}${part}${gap(i + 1)}`).join(',');
}

/** A JSON text. */
export const jsonText: fc.Arbitrary<string> = fc
  .letrec<{ value: string }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.oneof(fc.constantFrom('true', 'false', 'null'), numberLiteral, stringLiteral),
      fc
        .tuple(fc.array(tie('value'), { maxLength: 5 }), fc.array(space, { maxLength: 3 }))
        .map(([parts, gaps]) => `[${joined(parts, gaps)}${parts.length ? '' : (gaps[0] ?? '')}]`),
      fc.tuple(fc.array(fc.tuple(keyLiteral, space, space, tie('value')), { maxLength: 5 }), fc.array(space, { maxLength: 3 })).map(
        ([members, gaps]) =>
          `{${joined(
            members.map(([key, before, after, value]) => `${key}${before}:${after}${value}`),
            gaps,
          )}${members.length ? '' : (gaps[0] ?? '')}}`,
      ),
    ),
  }))
  .value.chain((value) => fc.tuple(space, space).map(([before, after]) => `${before}${value}${after}`));
