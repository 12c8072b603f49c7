/** What a call was about: words in, label out. */
import { expect, test } from 'vitest';
import { commandOf, labelOf, numbersLines, showsFiles } from '../src/text/tool-call.ts';

const shell = (command: unknown): { tool: string; input: unknown } => ({ tool: 'Bash', input: { command } });

test.each([
  [shell('npm test'), 'npm test'],
  [shell('cd /a/b && FOO=1 npx vitest run src/a.test.ts 2>&1 | tail -5'), 'npx vitest run'],
  [shell("sed -n '1,80p' src/deep/file.ts"), 'sed deep/file.ts'],
  [shell('ls -la && cat src/create.ts'), 'ls; cat src/create.ts'],
  [shell(['bash', '-lc', 'git diff --stat']), 'git diff'],
  [{ tool: 'exec_command', input: { cmd: 'ls -la /x' } }, 'ls x'],
  [{ tool: 'Read', input: { file_path: 'C:\\src\\a.ts' } }, 'Read src/a.ts'],
  [{ tool: 'mcp__github__list_issues', input: { repo: 'x' } }, 'list_issues'],
  [{ tool: 'str_replace_editor', input: { command: 'view', path: '/a/b.py' } }, 'str_replace_editor a/b.py'],
  [undefined, 'result'],
])('the label of %j is %s', (call, label) => {
  expect(labelOf(call)).toBe(label);
});

test.each([
  ['Read', {}, true],
  ['view', {}, true],
  ['Bash', { command: 'nl -ba a.ts | sed -n 1,9p' }, true],
  ['Bash', { command: 'cat -n a.ts' }, true],
  ['Bash', { command: 'psql -c "select"' }, false],
  ['mcp__db__query', {}, false],
  ['Thread', {}, false],
  ['write_stdin', { session_id: 7 }, false],
  ['TodoWrite', {}, false],
  ['write_file', {}, true],
])('%s %j numbers lines: %s', (tool, input, expected) => {
  expect(numbersLines({ tool, input })).toBe(expected);
});

test('a command that only shows files is told from one that does more', () => {
  expect(showsFiles(shell('cd x && cat a.sh | head -5'))).toBe(true);
  expect(showsFiles(shell('cd C:\\a\nGet-Content b.ps1 | Select-Object -Skip 4'))).toBe(true);
  expect(showsFiles(shell('git show HEAD~2:src/a.ts | head -20'))).toBe(true);
  expect(showsFiles(shell('git show HEAD~2'))).toBe(false);
  expect(showsFiles(shell('cat a.sh && ./a.sh'))).toBe(false);
  expect(commandOf({ tool: 'edit', input: { command: 'view', path: 'x' } })).toBeUndefined();
});

test('a script of the code mode is the commands it spells out', () => {
  const script = (input: string) => ({ tool: 'exec', input });
  const two = script(
    'const r = await tools.exec_command({cmd: "cat \\"a b\\".ts"});\ntext(await tools.exec_command({ "cmd": "nl -ba c.ts", tty: true }))',
  );
  expect(commandOf(two)).toBe('cat "a b".ts\nnl -ba c.ts');
  expect([showsFiles(two), numbersLines(two)]).toEqual([true, true]);
  expect(labelOf(two)).toBe('cat a b.ts; nl c.ts');
  for (const unknown of [
    'text(1)',
    'tools.exec_command({cmd: name})',
    'tools.exec_command({cmd: "ls"}); tools.exec_command(x)',
    'tools.exec_command({cmd: "\\x41"})',
    '',
  ])
    expect([commandOf(script(unknown)), labelOf(script(unknown))]).toEqual([undefined, 'exec']);
});
