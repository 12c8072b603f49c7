/** Line numbers: which are believed, which stay, and that every one comes back. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layOut, readBack } from '../src/pipeline/layout.ts';
import { readNumbers } from '../src/text/numbered.ts';

function thin(text: string, trusted = true): string {
  return layOut(readNumbers(text.split('\n'), trusted), []);
}

function number(lines: readonly string[], first: number, spell: (n: number) => string): string {
  return lines.map((line, at) => spell(first + at) + line).join('\n');
}

const spellings: Record<string, (n: number) => string> = {
  'N<TAB>': (n) => `${n}\t`,
  'padded arrow': (n) => `${String(n).padStart(6)}→`,
  'nl and cat -n': (n) => `${String(n).padStart(6)}\t`,
  'zero-padded bar': (n) => `${String(n).padStart(5, '0')}| `,
  'N: ': (n) => `${n}: `,
  'N. ': (n) => `${n}. `,
};

test.each(Object.entries(spellings))('%s: the first, the last and every tenth stay', (_, spell) => {
  const lines = Array.from({ length: 25 }, (_unused, at) => `line of code ${at}`);
  const thinned = thin(number(lines, 3, spell)).split('\n');
  const kept = thinned.flatMap((line, at) => (line === spell(3 + at) + lines[at] ? [3 + at] : []));
  expect(kept).toEqual([3, 10, 20, 27]);
  expect(thinned.filter((line, at) => line === lines[at])).toHaveLength(21);
});

test('a gap between two regions is visible on both sides', () => {
  const text = [number(['a', 'b', 'c'], 1, (n) => `${n}\t`), number(['x', 'y', 'z'], 90, (n) => `${n}\t`)].join('\n');
  expect(thin(text)).toBe('1\ta\nb\n3\tc\n90\tx\ny\n92\tz');
});

test('a line that itself looks numbered keeps its number', () => {
  const lines = ['one', '2 apples', '3. third', '4: four', '12\ttab', 'six', 'seven'];
  expect(thin(number(lines, 1, (n) => `${n}\t`))).toBe('1\tone\n2 apples\n3\t3. third\n4\t4: four\n5\t12\ttab\nsix\n7\tseven');
});

test('numbers are data where the call shows no file', () => {
  const table = number(['alpha', 'beta', 'gamma', 'delta', 'epsilon'], 1, (n) => `${n}\t`);
  expect(thin(table, false)).toBe(table);
});

test('a list in prose is no numbered file, and neither are scattered numbers', () => {
  const list = `Steps\n\n1. first\n2. second\n3. third\n4. fourth\n5. fifth\n\n${'text\n'.repeat(20)}`;
  expect(thin(list)).toBe(list);
  const scattered = '5\ta\n1\tb\n9\tc\n2\td\n7\te';
  expect(thin(scattered)).toBe(scattered);
});

test('every thinned text reads back, whatever stands in it', () => {
  const content = fc.oneof(
    fc.constantFrom('', ' ', '}', '7\tx', '12→y', '10', '3. z', '\t1\t'),
    fc.string({ maxLength: 20 }).map((text) => text.replaceAll('\n', ' ')),
  );
  const region = fc.tuple(fc.nat(2000), fc.array(content, { maxLength: 40 }), fc.constantFrom(...Object.values(spellings)));
  fc.assert(
    fc.property(fc.array(fc.oneof(region, content), { maxLength: 6 }), (parts) => {
      const text = parts.map((part) => (typeof part === 'string' ? part : number(part[1], part[0], part[2]))).join('\n');
      const numbered = readNumbers(text.split('\n'), true);
      const thinned = layOut(numbered, []);
      const back = readBack(thinned, numbered.spelling, []);
      // The pipeline drops a form that does not read back; it must never be one that loses a line.
      if (back !== text) expect(back.split('\n')).toHaveLength(text.split('\n').length);
      expect(thinned.split('\n')).toHaveLength(text.split('\n').length);
    }),
    { numRuns: 400 },
  );
});
