/** The shell above the agent, in every shell that may be behind /bin/sh here: statuses, stops, a quiet mouth and an untouched environment. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shellArguments } from '../src/launch/pty-shell.ts';
import { programPath } from './helpers/launcher-bundle.ts';
import { openTerminal } from './helpers/outer-terminal.ts';
import { onlyChild, waitUntil } from './helpers/wait-until.ts';

const installed = ['dash', 'bash', 'busybox', 'ksh', 'mksh']
  .map((name) => spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim())
  .filter((path) => path !== '');
const environment = process.env;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'terminal-shell-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(['/bin/sh', ...installed])('%s', (path) => {
  // Named sh, as a system would have it.
  const open = (command: string, ...args: string[]) => {
    const shell = join(mkdtempSync(join(folder, 'bin-')), 'sh');
    symlinkSync(path, shell);
    return openTerminal(shell, shellArguments({ command, args, environment }, ''));
  };

  it.each([
    ['exit 0', 0],
    ['exit 1', 1],
    ['exit 148', 148],
    ['kill -INT $$', 130],
    ['kill -QUIT $$', 131],
    ['kill -KILL $$', 137],
    ['kill -TERM $$', 143],
  ])('mirrors `%s` and says nothing', async (script, status) => {
    const terminal = open('sh', '-c', script);
    const { code, signal } = await terminal.ended;
    // Some shells die of SIGINT themselves, as the agent did.
    expect(signal === 'SIGINT' ? 130 : code).toBe(status);
    expect(terminal.text()).toBe('');
  });

  it.each(['SIGTSTP', 'SIGSTOP'])('stops with an agent that stops by %s, and goes on with it, again and again', async (signal) => {
    const terminal = open(process.execPath, programPath('stop-itself.mjs'), signal);
    let at = await terminal.waitFor('[ready]');
    for (let round = 0; round < 3; round += 1) {
      terminal.type('\x1a');
      await waitUntil(() => stateOf(terminal.pid) === 'T');
      process.kill(-terminal.pid, 'SIGCONT');
      at = await terminal.waitFor('[continued]', at);
    }
    terminal.type('q');
    expect(await terminal.ended).toEqual({ code: 5, signal: undefined });
  });

  it('tells the end of an agent that died while it was stopped', async () => {
    const terminal = open(process.execPath, programPath('stop-itself.mjs'));
    await terminal.waitFor('[ready]');
    const agent = await onlyChild(terminal.pid);
    terminal.type('\x1a');
    await waitUntil(() => stateOf(terminal.pid) === 'T');
    process.kill(agent, 'SIGKILL');
    process.kill(-terminal.pid, 'SIGCONT');
    expect(await terminal.ended).toEqual({ code: 137, signal: undefined });
  });
});

function stateOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.charAt(stat.lastIndexOf(')') + 2);
}
