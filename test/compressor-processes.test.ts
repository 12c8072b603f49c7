/** What compressors promise beyond one process and one text: the same bytes wherever they run, and no file but as it is. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import type { ToolCall } from '../src/block.ts';
import { createPipeline } from '../src/pipeline/create.ts';
import { loadCounter, type TokenCounter } from '../src/tokens/count.ts';
import { compressorFixtures } from './helpers/compressor-fixtures.ts';

let count: TokenCounter;
beforeAll(async () => {
  count = await loadCounter();
});

const program = join(import.meta.dirname, 'fixtures', 'programs', 'shrink-fixtures.ts');

test('the same bytes in every process, locale and time zone', async () => {
  const places = [
    { LANG: 'C', LC_ALL: 'C', TZ: 'UTC' },
    { LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8', TZ: 'Asia/Kathmandu' },
    { LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8', TZ: 'America/St_Johns' },
  ];
  const run = async (place: Record<string, string>) =>
    (await promisify(execFile)(process.execPath, ['--import', 'tsx', program], { env: { ...process.env, ...place } })).stdout;
  const hashes: string[] = [];
  for (const place of places) hashes.push(await run(place));
  expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set(hashes).size).toBe(1);
}, 120_000);

test.each<[string, ToolCall]>([
  ['Read', { tool: 'Read', input: { file_path: '/project/notes.txt' } }],
  ['view', { tool: 'view', input: { path: 'C:\\project\\data.json' } }],
  ['cat', { tool: 'Bash', input: { command: 'cd /project && cat notes.txt' } }],
  ['sed -n', { tool: 'exec_command', input: { cmd: "sed -n '1,400p' src/a.ts" } }],
  ['git show', { tool: 'Bash', input: { command: 'git show HEAD~2:src/a.ts | head -400' } }],
  ['Get-Content', { tool: 'PowerShell', input: { command: 'Get-Content src\\a.ps1 | Select-Object -First 400' } }],
])('a file stays as it is, whatever it looks like: %s', (_, call) => {
  const keep = () => ({ path: '/originals/0123456789abcdef' });
  let big = 0;
  for (const { kind, name, input } of compressorFixtures()) {
    const text = `${input}\n`.repeat(Math.ceil(12_000 / (input.length + 1)));
    const blocks = [{ key: `${kind}/${name}`, source: 'result', text, call }] as const;
    const { records } = createPipeline({ count, keep }).rewrite({ model: undefined, blocks, allowsRepeats: false });
    if ((records[0]?.tokensBefore ?? 0) >= 2000) big++;
    // But for line numbers that count on.
    const { kind: taken, form } = records[0] ?? {};
    expect(form === undefined || (taken === 'numbered-lines' && form === 'invertible'), `${kind}/${name}: ${taken} ${form}`).toBe(true);
  }
  expect(big).toBeGreaterThan(100);
});
