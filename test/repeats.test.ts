/** Repeats as a model would see them: what a note says, and what it never hides. */
import { beforeAll, describe, expect, test } from 'vitest';
import { createPipeline } from '../src/pipeline/create.ts';
import { createMessageReader, type ParsedMessage } from '../src/protocols/parsed-messages.ts';
import { loadCounter, type TokenCounter } from '../src/tokens/count.ts';

let count: TokenCounter;
beforeAll(async () => {
  count = await loadCounter();
});

const code = Array.from({ length: 60 }, (_, at) => `  const value${at} = compute(${at}, 'argument number ${at}');`);
const numbered = (lines: readonly string[], first = 1): string => lines.map((line, at) => `${first + at}\t${line}`).join('\n');

function turn(id: string, name: string, input: unknown, content: string): ParsedMessage[] {
  return [
    { role: 'assistant', content: [{ type: 'tool_use', id, name, input }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content }] },
  ];
}

/** The outgoing text of the last result. */
function lastOf(...turns: ParsedMessage[][]): string {
  const reader = createMessageReader('scope');
  const blocks = [{ role: 'user', content: 'go on' }, ...turns.flat()].flatMap((message) => reader.next(message));
  const { replacements } = createPipeline({ count }).rewrite({ model: undefined, blocks, allowsRepeats: true });
  return replacements.get(blocks.length - 1) ?? blocks.at(-1)?.text ?? '';
}

const path = '/project/src/values.ts';
const readAll = turn('a', 'Read', { file_path: path }, numbered(code));

describe('a repeat', () => {
  test('of a whole file is one line that names it', () => {
    expect(lastOf(readAll, turn('b', 'Read', { file_path: path }, numbered(code)))).toBe('[… 1-60 as above: Read values.ts]');
  });

  test('shows what changed between two reads, with its numbers', () => {
    const edited = [...code.slice(0, 30), '  // new', ...code.slice(30)];
    expect(lastOf(readAll, turn('b', 'Read', { file_path: path }, numbered(edited)))).toBe(
      ['[… 1-30 as above: Read values.ts]', '31\t  // new', '[… 32-61 as above: Read values.ts 31-60]'].join('\n'),
    );
  });

  test('of another file of the same name says which one', () => {
    const other = turn('b', 'Read', { file_path: '/project/test/values.ts' }, numbered(code));
    expect(lastOf(readAll, other)).toBe('[… 1-60 as above: Read src/values.ts]');
  });

  test('of what the agent wrote itself names the call', () => {
    const write = turn('a', 'Write', { file_path: path, content: code.join('\n') }, 'File created');
    expect(lastOf(write, turn('b', 'Bash', { command: `cat ${path}` }, code.join('\n')))).toBe(
      `[… 60 lines as above: Write src/values.ts, input lines 1-60: ${code[0]?.trim().slice(0, 24)}]`,
    );
  });

  test('in a source without numbers says where and how it begins', () => {
    const log = code.map((line) => line.replace('const', 'log:')).join('\n');
    const first = turn('a', 'Bash', { command: 'cd /project && npm test' }, `> project@1.0.0 test\n\n${log}`);
    expect(lastOf(first, turn('b', 'Bash', { command: 'npm test' }, log))).toBe(
      "[… 61 lines as above: npm test, output lines 3-63: value0 = compute(0, 'arg]",
    );
  });

  test('of lines in a diff says how they are marked, and shows what is new', () => {
    const write = turn('a', 'Write', { file_path: path, content: code.join('\n') }, 'File created');
    const added = code.slice(0, 20).map((line) => `+${line}`);
    const shown = ['diff --git src/values.ts', '@@ -1,2 +1,24 @@', ' // first', ' // second'];
    const head = [
      'diff --git a/src/values.ts b/src/values.ts',
      '--- a/src/values.ts',
      '+++ b/src/values.ts',
      '@@ -1,2 +1,24 @@',
      ' // first',
      ' // second',
    ];
    const diff = [...head, ...added, '+  // one that nobody has seen yet', '+  // and another one'];
    expect(lastOf(write, turn('b', 'Bash', { command: 'git diff' }, diff.join('\n'))).split('\n')).toEqual([
      ...shown,
      `[… 20 added lines as above: Write src/values.ts, input lines 1-20: ${code[0]?.trim().slice(0, 24)}]`,
      ...diff.slice(-2),
    ]);
  });

  test('of lines in a diff never takes added lines for removed ones, nor lines outside of hunks for either', () => {
    const write = turn('a', 'Write', { file_path: path, content: code.join('\n') }, 'File created');
    const mixed = code.slice(0, 20).map((line, at) => (at % 3 === 0 ? '-' : '+') + line);
    const removed = mixed.filter((line) => line.startsWith('-')).length;
    const diff = [`@@ -1,${removed} +1,${20 - removed} @@`, ...mixed];
    expect(lastOf(write, turn('b', 'Bash', { command: 'git diff' }, diff.join('\n')))).toBe(diff.join('\n'));
    const outside = code.slice(0, 20).map((line) => `+${line}`);
    expect(lastOf(write, turn('b', 'Bash', { command: 'make' }, outside.join('\n')))).toBe(outside.join('\n'));
  });

  test('of what aider ran in its terminal is found, whether it was shown with line ends of a terminal or without', () => {
    const ran = (id: string, end: string) => turn(id, 'run', { command: 'cat values.ts' }, code.join(end));
    for (const [first, second] of [
      ['\r\n', '\r\n'],
      ['\n', '\r\n'],
      ['\r\n', '\n'],
    ] as const)
      expect(lastOf(ran('a', first), ran('b', second))).toMatch(/^\[… 60 lines as above: cat values\.ts, output lines 1-60: .+\]$/);
  });

  test('never holds where a reminder of the agent begins or ends', () => {
    const reminded = (said: string) =>
      `${code.join('\n')}\n\n<system-reminder>\n${said}\n</system-reminder>\n${code.slice(0, 9).join('\n')}`;
    const first = turn('a', 'Bash', { command: 'cat a.js' }, reminded('A task has ended.'));
    const second = lastOf(first, turn('b', 'Bash', { command: 'cat a.js' }, reminded('It is generated: do not edit it.'))).split('\n');
    expect(second.filter((line) => !/^\[… \d+ lines as above/.test(line) && line !== '')).toEqual([
      '<system-reminder>',
      'It is generated: do not edit it.',
      '</system-reminder>',
    ]);
  });

  test('never hides how a command ended', () => {
    const output = `Exit code 1\n${code.join('\n')}\nProcess exited with code 1`;
    const second = lastOf(turn('a', 'Bash', { command: 'make' }, output), turn('b', 'Bash', { command: 'make' }, output)).split('\n');
    expect(second[0]).toBe('Exit code 1');
    expect(second.at(-1)).toBe('Process exited with code 1');
    expect(second).toHaveLength(3);
  });

  test('does not reach back further than about 150,000 tokens', () => {
    const far = turn('x', 'Bash', { command: 'seq' }, Array.from({ length: 40_000 }, (_, at) => `unrelated ${at * 7919}`).join('\n'));
    expect(lastOf(readAll, far, turn('b', 'Read', { file_path: path }, numbered(code)))).not.toContain('as above');
  });

  test('refers to text that is shown, not to a note', () => {
    const third = lastOf(
      readAll,
      turn('b', 'Read', { file_path: path }, numbered(code)),
      turn('c', 'Bash', { command: `cat ${path}` }, code.join('\n')),
    );
    expect(third).toBe('[… 60 lines as above: Read src/values.ts 1-60]');
  });
});

describe('left alone', () => {
  test.each([
    ['a text that carries our notes', `${numbered(code)}\n[… 1-60 as above: Read values.ts]`],
    ['the stub of an agent', `<persisted-output>\n${numbered(code)}`],
    ['a small result', code.slice(0, 3).join('\n')],
  ])('%s', (_, text) => {
    expect(lastOf(readAll, turn('b', 'Read', { file_path: path }, text))).toBe(text);
  });

  test('an empty result, and one that is only line ends', () => {
    expect(lastOf(readAll, turn('b', 'Bash', { command: 'true' }, ''))).toBe('');
    const blank = '\n'.repeat(2000);
    expect(lastOf(readAll, turn('b', 'Bash', { command: 'yes ""' }, blank)).length).toBeLessThanOrEqual(blank.length);
  });
});

// A quadratic step anywhere would run into the test's time limit.
test.each([
  ['one letter, 1 MB', 'x'.repeat(1_000_000)],
  ['200,000 short lines', 'ab\ncd\n'.repeat(100_000)],
  ['200,000 blank lines', '\t\n'.repeat(200_000)],
  ['lines from a small pool', Array.from({ length: 50_000 }, (_, at) => `line ${(at * 7919) % 13}`).join('\n')],
  ['deep nesting', '['.repeat(500_000)],
  ['lone surrogates and NUL', '\ud800\0\udc00\n'.repeat(100_000)],
])('stays calm on %s, twice', (_, text) => {
  const once = turn('a', 'Bash', { command: './a' }, text);
  expect(lastOf(once, turn('b', 'Bash', { command: './b' }, text)).length).toBeLessThanOrEqual(text.length);
});
