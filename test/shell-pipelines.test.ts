/** How the commands of a shell line are told apart. */
import { expect, test } from 'vitest';
import { pipelinesOf, programOf } from '../src/text/shell-pipelines.ts';

test.each([
  ['rg -n x src', [[['rg', '-n', 'x', 'src']]]],
  [
    "cd '/a b' && rg 'x|y; z' | head -5",
    [
      [['cd', '/a b']],
      [
        ['rg', 'x|y; z'],
        ['head', '-5'],
      ],
    ],
  ],
  ['FOO=1 sudo timeout 5 find . -name "*.ts" 2>/dev/null > out.txt', [[['find', '.', '-name', '*.ts']]]],
  ['bash -lc "git grep -n z | tail"', [[['git', 'grep', '-n', 'z'], ['tail']]]],
  ['for f in a b; do grep x $f; done # each | of them', [[['for', 'f', 'in', 'a', 'b']], [['grep', 'x', '$f']], [['done']]]],
  ['make 2>&1 | grep -n error || echo no\nls', [[['make'], ['grep', '-n', 'error']], [['echo', 'no']], [['ls']]]],
  ['echo "unfinished', [[['echo', 'unfinished']]]],
  ['', []],
])('%s', (command, pipelines) => {
  expect(pipelinesOf(command)).toEqual(pipelines);
});

test('a program has no folder', () => {
  expect(programOf(['/usr/bin/rg', '-n'])).toBe('rg');
  expect(programOf(['C:\\tools\\rg.exe'])).toBe('rg');
  expect(programOf(undefined)).toBe('');
});
