/** Excerpts: what the pipeline writes where a member leaves lines out. The common laws of members stand in `compressors.test.ts`. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closeExcerpt, writeExcerpt } from '../src/pipeline/excerpt.ts';
import { carriesNotes, isNote } from '../src/pipeline/note.ts';
import { splitEnvelope } from '../src/text/envelope.ts';

const lines = (count: number, word = 'line'): string[] =>
  Array.from({ length: count }, (_, at) => `${word} ${at + 1} of a text that is long enough to leave out`);

describe('an excerpt', () => {
  test('shows kept lines whole and counts the others', () => {
    const keeps = lines(40).map((_, at) => at < 2 || at === 20 || at > 37);
    const { text, hidden } = writeExcerpt(lines(40).join('\n'), { keeps, tell: (from, until) => `${until - from} passed tests` });
    const all = lines(40);
    expect(text.split('\n')).toEqual([
      ...all.slice(0, 2),
      '[… 18 lines: 18 passed tests]',
      all[20],
      '[… 17 lines: 17 passed tests]',
      ...all.slice(38),
    ]);
    expect(hidden).toBe(35);
  });

  test('shows a gap that is shorter than its note', () => {
    const text = `first\n${lines(2).join('\n')}\nlast`;
    expect(writeExcerpt(text, { keeps: [true, false, false, true] })).toMatchObject({ text, hidden: 0 });
    const small = 'first\na\nb\nc\nlast';
    expect(writeExcerpt(small, { keeps: [true, false, false, false, true] })).toMatchObject({ text: small, hidden: 0 });
  });

  test('leaves out a single line that is as long as a page', () => {
    const text = `first\n${'x'.repeat(2500)}\nlast`;
    expect(writeExcerpt(text, { keeps: [true, false, true], tell: () => 'minified code' }).text).toBe(
      'first\n[… 1 line: minified code]\nlast',
    );
  });

  test('calls rows rows, and ends with where the whole is', () => {
    const written = writeExcerpt(lines(30).join('\n'), { keeps: lines(30).map((_, at) => at < 3), unit: 'row' });
    expect(closeExcerpt(written, '/home/dev/.cache/headroom/originals/0123456789abcdef').split('\n').slice(3)).toEqual([
      '[… 27 rows]',
      '[… 27 rows not shown, full text: /home/dev/.cache/headroom/originals/0123456789abcdef]',
    ]);
  });

  test('a note stays one line, whatever is said of the gap', () => {
    const { text } = writeExcerpt(lines(30).join('\n'), {
      keeps: lines(30).map(() => false),
      tell: () => 'two\nlines\u2028and\x1b[2J more',
    });
    expect(text).toBe('[… 30 lines: two lines and [2J more]');
  });

  test('counts every line exactly once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), fc.constantFrom('', 'a', 'x'.repeat(70), '[… 3 lines]')), { minLength: 1, maxLength: 80 }),
        (all) => {
          const texts = all.map(([, text]) => text);
          const { text, hidden } = writeExcerpt(texts.join('\n'), { keeps: all.map(([isKept]) => isKept) });
          const noted = text.split('\n').length - (all.length - hidden);
          expect(noted).toBeGreaterThanOrEqual(hidden > 0 ? 1 : 0);
          for (const [at, [isKept, own]] of all.entries()) if (isKept) expect(text.split('\n'), String(at)).toContain(own);
        },
      ),
    );
  });
});

test.each([
  ['[… 18 lines]', true],
  ['[… 1 line: an empty one]', true],
  ['[… 1200 rows: level INFO 1180, DEBUG 20]', true],
  ['[… 27 rows not shown, full text: /tmp/a]', true],
  ['[… 1-60 as above: Read values.ts]', true],
  ['[… 3 lines as above: npm test, output lines 1-3: ok]', true],
  ['[…]', false],
  ['[… and 18 more]', false],
  ['text [… 18 lines]', false],
  ['[… 18 lines] and more', false],
])('%s is a note: %s', (line, expected) => {
  expect(isNote(line)).toBe(expected);
  expect(carriesNotes(`before\n${line}\nafter`)).toBe(expected);
});

describe('lines of the agent around an output', () => {
  test.each([
    ['Gemini CLI', '<untrusted_context>\nOutput: ', '\nExit Code: 1\nProcess Group PGID: 9485\n</untrusted_context>'],
    ['Codex', 'Chunk ID: a1b2c3\nWall time: 0.05 seconds\nProcess exited with code 1\nOriginal token count: 12\nOutput:\n', ''],
    ['Codex, older', 'Exit code: 0\nWall time: 1.2 seconds\nTotal output lines: 400\nOutput:\n', ''],
    ['Claude Code', 'Exit code 2\n', ''],
    ['Copilot', '', '\n<exited with exit code 0>'],
    ['OpenCode', '<path>/a/b.ts</path>\n<type>file</type>\n<content>\n', '\n</content>'],
    ['nobody', '', ''],
  ])('%s', (_, head, tail) => {
    const body = 'first line\nExit code 5 is one of ours\nlast line';
    expect(splitEnvelope(head + body + tail)).toEqual({ head, body, tail });
  });

  test('put together again they are the text', () => {
    const piece = fc.oneof(
      fc.constantFrom('Exit code 1\n', 'Chunk ID: 1\n', 'Output:\n', '<output>\n', '\n</output>', '\n', '<exited with exit code 1>'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('');
        const { head, body, tail } = splitEnvelope(text);
        expect(head + body + tail).toBe(text);
      }),
    );
  });
});
