/** Whose output a result is, where its own call names no command. */
import { describe, expect, test } from 'vitest';
import type { Block } from '../src/block.ts';
import { withOrigin } from '../src/pipeline/origin.ts';

const result = (tool: string, input: unknown, text: string): Block => ({ key: text, source: 'result', text, call: { tool, input } });
const started = result('exec_command', { cmd: 'npm test' }, 'Chunk ID: 1\nProcess running with session ID 15748\nOutput:\n');
const other = result('exec_command', { cmd: 'npm run build' }, 'Chunk ID: 2\nProcess running with session ID 1574\nOutput:\n');

describe('the command that an output belongs to', () => {
  test.each([
    ['Codex', [started, other, result('write_stdin', { session_id: 15748, chars: '' }, 'ok 1')], started],
    ['Codex, another session', [started, other, result('write_stdin', { session_id: 1574, chars: '' }, 'ok 1')], other],
    [
      'Codex, polled twice',
      [started, result('write_stdin', { session_id: 15748 }, 'ok 1'), result('write_stdin', { session_id: 15748 }, 'ok 2')],
      started,
    ],
  ] as const)('%s', (_, blocks, origin) => {
    const found = withOrigin(blocks, blocks.length - 1);
    expect(found.call).toBe(origin.call);
    expect(found.text).toBe(blocks.at(-1)?.text);
    expect(found.key).toBe(blocks.at(-1)?.key);
  });

  test('Claude Code, in the background', () => {
    const start = result(
      'Bash',
      { command: 'npm run dev', run_in_background: true },
      'Command running in background with ID: bash_1. Output is being written.',
    );
    const blocks = [start, result('BashOutput', { bash_id: 'bash_1' }, '<status>running</status>')];
    expect(withOrigin(blocks, 1).call).toBe(start.call);
  });

  test.each([
    ['nobody started it', [other, result('write_stdin', { session_id: 15748 }, 'ok')]],
    ['it names its own command', [started, result('exec_command', { cmd: 'ls', session_id: 15748 }, 'ok')]],
    ['it names no session', [started, result('Read', { file_path: 'a.ts' }, 'ok')]],
    ['it has no call', [started, { key: 'k', source: 'result', text: 'ok', call: undefined }]],
    ['it is no result', [started, { key: 'k', source: 'said', text: 'session ID 15748', call: undefined }]],
  ] as const)('stays its own where %s', (_, blocks) => {
    expect(withOrigin(blocks, 1)).toBe(blocks[1]);
  });

  test('what comes later changes nothing', () => {
    const poll = result('write_stdin', { session_id: 15748 }, 'ok');
    expect(withOrigin([poll, started], 0)).toBe(poll);
  });
});
