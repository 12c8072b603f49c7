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
const stringLiteral = fc.array(character, { maxLength: 24 }).map((parts) => `"${parts.join('')}"`);

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

/**
 * A JSON text, and the same with every object spelled as an array of its keys and values: an oracle for keys too, for some
 * versions of V8 get escaped keys wrong (nodejs/node#63785), and one for keys that stand twice.
 */
export interface JsonText {
  readonly text: string;
  readonly flat: string;
}

function joined(parts: readonly string[], gaps: readonly string[]): string {
  const gap = (i: number): string => (gaps.length === 0 ? '' : gaps[i % gaps.length]!);
  return parts.length === 0 ? gap(0) : parts.map((part, i) => `${gap(i)}${part}${gap(i + 1)}`).join(',');
}

const scalar = fc
  .oneof(fc.constantFrom('true', 'false', 'null'), numberLiteral, stringLiteral)
  .map((text): JsonText => ({ text, flat: text }));
const gaps = fc.array(space, { maxLength: 3 });

const value = fc.letrec<{ value: JsonText }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.tuple(fc.array(tie('value'), { maxLength: 5 }), gaps).map(([parts, gaps]) => ({
      text: `[${joined(
        parts.map(({ text }) => text),
        gaps,
      )}]`,
      flat: `[${parts.map(({ flat }) => flat).join()}]`,
    })),
    fc.tuple(fc.array(fc.tuple(keyLiteral, space, space, tie('value')), { maxLength: 5 }), gaps).map(([members, gaps]) => ({
      text: `{${joined(
        members.map(([key, before, after, { text }]) => `${key}${before}:${after}${text}`),
        gaps,
      )}}`,
      flat: `[${members.map(([key, , , { flat }]) => `${key},${flat}`).join()}]`,
    })),
  ),
})).value;

export const jsonText: fc.Arbitrary<JsonText> = fc
  .tuple(space, value, space)
  .map(([before, { text, flat }, after]) => ({ text: `${before}${text}${after}`, flat }));
