/** Git's own output when it is very long: forms are built line by line, never by one call with all lines as its arguments. */
import { describe, expect, test } from 'vitest';
import { diffs } from '../src/compressors/diffs.ts';
import { git } from '../src/compressors/git.ts';
import { shortenText } from '../src/compressors/two-way.ts';

const many = 150_000;
const call = (command: string) => ({ tool: 'Bash', input: { command } });

describe('very long output of git', () => {
  test.each([
    ['statistics', 'git diff --stat', ` src/a.ts | 1 +\n`.repeat(many).concat(` ${many} files changed, ${many} insertions(+)\n`)],
    [
      'states',
      'git status --short',
      `?? one.ts\n`.repeat(many).concat('?? src/deep/folder/a.ts\n?? src/deep/folder/b.ts\n?? src/deep/folder/c.ts\n'),
    ],
    [
      'warnings',
      'git add -A',
      `warning: in the working copy of 'a.ts', LF will be replaced by CRLF the next time Git touches it\n`.repeat(many),
    ],
  ])('%s', (_, command, text) => {
    const form = git.shrink({ text, call: call(command) });
    const [short] = form === undefined ? [] : [form].flat();
    expect(short?.inverse?.(short.text) === text).toBe(true);
    expect(() => git.excerpt?.({ text, call: call(command) })).not.toThrow();
  });

  test('headers of a diff', () => {
    const text = `diff --git a/x b/x\n${'index 1..2\n'.repeat(many)}--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n`;
    const form = [diffs.shrink({ text, call: call('git diff') }) ?? []].flat()[0];
    expect(form?.inverse?.(form.text) === text).toBe(true);
  });

  test('a way that does not read back is left out', () => {
    const lossy = { sign: /a/, shorten: (lines: readonly string[]) => lines.slice(1), writeOut: (short: readonly string[]) => [...short] };
    expect(shortenText('a\nb', [lossy])).toBeUndefined();
  });
});
