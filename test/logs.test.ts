/** Logs under headings: whatever a log looks like, every byte of it comes back; and what excerpts of logs must show. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readHeadings, writeHeadings } from '../src/compressors/logs/log-headings.ts';
import { isTrouble } from '../src/compressors/logs/log-line.ts';
import { logs } from '../src/compressors/logs.ts';

const stamps = [
  '2026-11-22T09:14:01.120Z',
  '2026-11-22 09:14:01,120',
  '2026/11/23 09:14:02',
  'Nov 22 09:14:01',
  '09:14:01',
  '10.0.0.3 - - [22/Nov/2026:09:14:01 +0000]',
  '10.0.0.3 - - [09:14:01 +0000]',
  '[Nest] 83  - 11/22/2026, 9:14:01 AM',
  'E1122 09:14:01.000001',
];
const line = fc.oneof(
  fc.tuple(
    fc.constantFrom('', '', 'web-1  | ', 'db-1   | ', 'ts=', '['),
    fc.constantFrom(...stamps),
    fc.constantFrom(
      '',
      ' ',
      '] ',
      '  ',
      ' info job done and nothing else to say',
      ' [7] a',
      ' [7] b c',
      ' [7] b and quite a lot of words more',
      '\r',
      ': x',
    ),
  ),
  fc.tuple(
    fc.constantFrom('', ' a', '  at b', '\tc', '2026-11-22T', '22/Nov/2026:', ' … as above', '09:14:01', ' ', '09:14:01 … as above'),
  ),
);

describe('logs under headings', () => {
  test('give back every byte', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), fc.boolean(), (parts, dittos) => {
        const lines = parts.map((words) => words.join(''));
        const written = writeHeadings(lines, dittos);
        if (written) expect(readHeadings(written)).toEqual(lines);
      }),
      { numRuns: 3000 },
    );
  });
});

test('a message said again in the same instant stays below the words it shares', () => {
  const lines = ['loading a', 'loading b', 'loading b', 'loading b', 'ready to take any orders'].map(
    (said) => `2026/11/22 09:14:02 [7] ${said} and nothing else`,
  );
  expect(writeHeadings(lines, true)).toEqual([
    '2026/11/22 09:14:02 [7] loading…',
    ' a and nothing else',
    ' b and nothing else',
    ' … as above',
    ' … as above',
    '2026/11/22 09:14:02 [7] ready to take any orders and nothing else',
  ]);
});

describe('excerpts of logs', () => {
  const calm = Array.from({ length: 200 }, (_, n) => `2026-11-22T09:${String(10 + (n % 50))}:01Z info GET /health 200 ${n}ms`);

  function shownOf(lines: readonly string[], asked?: string): string[] {
    const text = lines.join('\n');
    const excerpt = logs.excerpt?.({
      text,
      call: { tool: 'Bash', input: { command: 'docker logs web' } },
      ...(asked === undefined ? {} : { asked }),
    });
    return (excerpt?.of?.text ?? text).split('\n').filter((_, at) => excerpt?.keeps[at]);
  }

  test.each([
    '2026-11-22T09:30:01Z error: payment of order 1031 failed',
    '2026-11-22T09:30:01Z WARN pool is nearly empty',
    '2026-11-22T09:30:01Z info upstream answered status=503',
    'TypeError: Cannot read properties of undefined',
    'E1122 09:30:01.000001       1 sync.go:31] "no such node"',
    '2026-11-22T09:30:01Z connect ECONNREFUSED 10.0.0.7:6379',
  ])('show trouble: %s', (trouble) => {
    const shown = shownOf([...calm.slice(0, 100), trouble, ...calm.slice(100)]);
    expect(shown.some((shownLine) => trouble.endsWith(shownLine))).toBe(true);
    expect(shown.length).toBeLessThan(40);
  });

  test('show what was asked for', () => {
    const wanted = '2026-11-22T09:30:01Z info GET /health 200 for tenant blue-42';
    expect(shownOf([...calm.slice(0, 100), wanted, ...calm.slice(100)], 'what happened to tenant blue-42?')).toContain(
      '09:30:01Z info GET /health 200 for tenant blue-42',
    );
  });

  test('are not made of what never repeats itself', () => {
    const words = 'apple bread cloud dance eagle fjord grape house'.split(' ');
    const said = Array.from(
      { length: 200 },
      (_, n) => `[09:14:${String(n % 60).padStart(2, '0')}] anna: ${words[n % 8]} ${words[(n >> 3) % 8]} ${'ab'[n >> 7]}`,
    );
    expect(logs.excerpt?.({ text: said.join('\n'), call: undefined })).toBeUndefined();
  });

  test('count that says none is no trouble', () => {
    expect(isTrouble('2026-11-22 09:14:01 INFO done: 0 errors, failed=0')).toBe(false);
    expect(isTrouble('2026-11-22 09:14:01 INFO done: 2 errors, failed=0')).toBe(true);
  });
});
