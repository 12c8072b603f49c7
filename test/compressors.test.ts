/** What every compressor promises, over the list: fixtures, inverses, determinism, and calm on junk. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ToolCall } from '../src/block.ts';
import type { Compressor, SmallerText, TextToShrink } from '../src/compressors/compressor.ts';
import { cleaner, compressors } from '../src/compressors/index.ts';
import { writeExcerpt } from '../src/pipeline/excerpt.ts';
import { isNote } from '../src/pipeline/note.ts';
import { compressorFixtures } from './helpers/compressor-fixtures.ts';

const shell: ToolCall = { tool: 'Bash', input: { command: 'grep -rn x . && make' } };
const read: ToolCall = { tool: 'Read', input: { file_path: '/project/a.ts' } };
const fixtures = compressorFixtures();

/** Mixtures that were tidied further when they were tidied again. */
const onceFound: [string[], ToolCall][] = [
  [
    [
      'NAME    VALUE\n',
      'CONTAINER ID   IMAGE           COMMAND                  CREATED        STATUS                      PORTS\n',
      'web-3   1/1     Running\n',
    ],
    { tool: 'Bash', input: { command: 'docker images' } },
  ],
  [
    ['-[ RECORD 1 ]--------\n', ' Column  |  Type   | Collation | Nullable | Default \n'],
    { tool: 'Bash', input: { command: 'psql -x harbour -c "select * from berths limit 2"' } },
  ],
  [['\r', '\r\n'], { tool: 'run', input: { command: 'cat src/rates.ts' } }],
];

/** The forms that the pipeline would believe. */
function formsOf(compressor: Compressor, input: TextToShrink): SmallerText[] {
  if (compressor.claim(input) < 0.5) return [];
  const found = compressor.shrink(input);
  const forms = found === undefined ? [] : Array.isArray(found) ? (found as SmallerText[]) : [found as SmallerText];
  return forms
    .filter((form) => form.form !== 'invertible' || form.inverse?.(form.text) === input.text)
    .sort((one, other) => one.text.length - other.text.length);
}

/** The excerpt as the pipeline would write it, without its closing note; undefined where none is offered. */
function excerptOf(compressor: Compressor, input: TextToShrink): string | undefined {
  if (compressor.claim(input) < 0.5) return undefined;
  const excerpt = compressor.excerpt?.(input);
  if (!excerpt) return undefined;
  const base = excerpt.of?.text ?? input.text;
  if (excerpt.of?.form === 'invertible') expect(excerpt.of.inverse?.(excerpt.of.text)).toBe(input.text);
  expect(excerpt.keeps).toHaveLength(base.split('\n').length);
  const written = writeExcerpt(base, excerpt);
  expectToAddUp(base, written.text);
  return written.text;
}

/** Every line is a line of the text, in order, and every note counts what it stands for. */
function expectToAddUp(base: string, excerpt: string): void {
  const lines = base.split('\n');
  let at = 0;
  for (const line of excerpt.split('\n')) {
    if (line === lines[at]) {
      at++;
      continue;
    }
    const count = /^\[… (\d+) (?:line|row)s?(?:: [^\n]+)?\]$/.exec(line)?.[1];
    expect(isNote(line) && count !== undefined, `neither a line of the text nor a note: ${line.slice(0, 200)}`).toBe(true);
    at += Number(count);
  }
  expect(at).toBe(lines.length);
}

describe.each([cleaner, ...compressors].map((compressor) => [compressor.kind, compressor] as const))('%s', (kind, compressor) => {
  const own = fixtures.filter((fixture) => fixture.kind === kind);
  const calls = [...new Map([shell, read, undefined, ...own.map(({ call }) => call)].map((call) => [JSON.stringify(call), call])).values()];

  test('has fixtures, some shrunk and some left alone', () => {
    expect(own.some(({ input, expected }) => input !== expected)).toBe(true);
    expect(own.some(({ input, expected }) => input === expected)).toBe(true);
  });

  // A fixture whose name begins with `excerpt-` shows what is left of a big result, every other one a form that loses nothing.
  test.each(own.map((fixture) => [fixture.name, fixture] as const))('%s', (name, { call, input, expected }) => {
    const output = name.startsWith('excerpt-')
      ? excerptOf(compressor, { text: input, call })
      : formsOf(compressor, { text: input, call })[0]?.text;
    expect(output ?? input).toBe(expected);
  });

  test('says the same twice, and leaves its own output alone', () => {
    for (const { call, input } of own) {
      expect(excerptOf(compressor, { text: input, call })).toBe(excerptOf(compressor, { text: input, call }));
      const [form] = formsOf(compressor, { text: input, call });
      if (!form) continue;
      expect(formsOf(compressor, { text: input, call })[0]?.text).toBe(form.text);
      expect(formsOf(compressor, { text: form.text, call })[0]?.text ?? form.text).toBe(form.text);
    }
  });

  test('an invertible form brings its inverse, which gives back every byte', () => {
    for (const { call, input } of own) {
      if (compressor.claim({ text: input, call }) < 0.5) continue;
      const found = compressor.shrink({ text: input, call });
      for (const form of found === undefined ? [] : [found].flat())
        if (form.form === 'invertible') expect(form.inverse?.(form.text)).toBe(input);
    }
  });

  test.each([
    ['one letter, 2 MB', 'x'.repeat(2_000_000)],
    ['a million short lines', 'a:1:\n'.repeat(1_000_000)],
    ['half a million escapes', '\x1b[1mx'.repeat(500_000)],
    ['a line overwritten 200,000 times', '\r50%'.repeat(200_000)],
    ['deep nesting', '['.repeat(1_000_000)],
    ['objects in objects', '{"a":'.repeat(200_000)],
    ['lone surrogates and NUL', '\ud800\0\udc00\x1b['.repeat(100_000)],
    ['unfinished escapes', '\x1b]8;;'.repeat(100_000)],
    ['spaces, 1 MB', ' '.repeat(1_000_000)],
  ])('stays calm on %s', (_, text) => {
    for (const call of calls) {
      for (const form of formsOf(compressor, { text, call })) expect(form.text.length).toBeLessThanOrEqual(text.length + 1);
      excerptOf(compressor, { text, call });
    }
  });

  // Each of these once took a member more than linear time, or would have.
  test.each([
    ['slashes, 2 MB', '/'.repeat(2_000_000)],
    ['carriage returns and what is no line end', `${'\r'.repeat(1_000_000)}x\r${'\r'.repeat(1_000_000)}\n`],
    ['a long blank before a bar', `-[ RECORD 1 ]\n${' '.repeat(1_000_000)}x|\n`],
    ['tabs before a word', `>${'\t'.repeat(1_000_000)}`],
    ['beginnings of links', '[]('.repeat(500_000)],
    ['brackets to open', '[ x'.repeat(600_000)],
    ['braces, one to a line', '{\n'.repeat(1_000_000)],
    ['hits of one file', 'src/a.ts:1:x\n'.repeat(150_000)],
    ['one folder', 'src/pages/a.ts\n'.repeat(140_000)],
    ['errors below a log', '12:00:00 up\n'.repeat(60_000) + Array.from({ length: 59_000 }, (_, n) => `error ${n}\n`).join('')],
  ])('stays calm on %s', (_, text) => {
    for (const call of calls.slice(0, 4)) {
      for (const form of formsOf(compressor, { text, call })) expect(form.text.length).toBeLessThanOrEqual(text.length + 1);
      excerptOf(compressor, { text, call });
    }
  });

  // Whatever is its own, said again and again.
  test.each(own.map(({ name, call, input }) => [name, call, input] as const))('stays calm on much of %s', (_, call, input) => {
    const [first = ''] = input.split('\n').filter((line) => line.trim() !== '');
    for (const piece of [`${input}\n`, `${first}\n`, `${first}\r`]) {
      const text = piece.repeat(Math.ceil(500_000 / piece.length));
      // Longer forms are the pipeline's to drop.
      for (const form of formsOf(compressor, { text, call })) expect(form.text.length).toBeLessThanOrEqual(2 * text.length);
      excerptOf(compressor, { text, call });
    }
  });

  test('never throws on random text, and what it says of it is true', () => {
    const lines = own.flatMap(({ input }) => input.split('\n').map((line) => `${line}\n`)).slice(0, 400);
    const piece = fc.oneof(
      fc.constantFrom('\x1b[31m', '\x1b[2K', '\x1b[1A', '\r', '\b', '\n', 'a.ts:1:', 'a.ts-2-', '--', '12:', '\x1b]0;t\x07', '@@ '),
      fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\\', 'null', '0', '<', '>', '|', '\t'),
      ...(lines.length > 0 ? [fc.constantFrom(...lines), fc.constantFrom(...lines)] : []),
      fc.string({ maxLength: 12 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), fc.constantFrom(...calls), (pieces, call) => {
        const text = pieces.join('');
        excerptOf(compressor, { text, call });
        for (const form of formsOf(compressor, { text, call }).slice(0, 1))
          expect(formsOf(compressor, { text: form.text, call })[0]?.text ?? form.text).toBe(form.text);
      }),
      { numRuns: 400, examples: onceFound },
    );
  });
});
