/** Completion of commands, asked as shells ask it, and in the real bash. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { createProgram } from '../src/commands/program.ts';
import { openTerminal } from './helpers/outer-terminal.ts';

const cli = join(inject('dist'), 'cli.js');

const ask = (...words: string[]) =>
  execFileSync(process.execPath, [cli, 'complete', '--', ...words], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.split('\t')[0]);

test('every command that help shows, and nothing else', () => {
  const program = createProgram();
  const shown = program.createHelp().visibleCommands(program);
  expect(ask('').filter((word) => word !== '' && !word?.startsWith(':'))).toEqual(shown.map((command) => command.name()));
});

test('agents, options and shells', () => {
  expect(ask('wrap', '')).toEqual(expect.arrayContaining(['claude', 'codex', 'aider', 'cursor']));
  expect(ask('perf', '--')).toEqual(expect.arrayContaining(['--since', '--json', '--replay']));
  expect(ask('completion', '')).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish', 'powershell']));
});

test('nothing of ours behind the name of an agent', () => {
  expect(ask('wrap', '--observe', '--')).toContain('--mcp');
  for (const words of [
    ['claude', '--'],
    ['--observe', 'codex', ''],
    ['--', 'python', '--'],
  ])
    expect(ask('wrap', ...words)).toEqual([':0', '']);
});

test.each(['bash', 'zsh', 'fish', 'powershell'])('a script for %s that asks us', (shell) => {
  const script = execFileSync(process.execPath, [cli, 'completion', shell], { encoding: 'utf8' });
  expect(script).toMatch(/headroom complete '?--/);
});

test('a shell that we do not know is named with those that we do', () => {
  const { status, stderr } = spawnSync(process.execPath, [cli, 'completion', 'tcsh'], { encoding: 'utf8' });
  expect(status).not.toBe(0);
  expect(stderr).toMatch(/tcsh.*\n?.*bash, zsh, fish, powershell/);
});

/** What a shell is started with in which `headroom` is ours. */
let folder: string;
const environment = () => ({ PATH: `${folder}:${process.env.PATH}`, HOME: folder });
const isHere = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'completion-'));
  writeFileSync(join(folder, 'headroom'), `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`, { mode: 0o755 });
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function completesIn(shell: string, args: string[], setUp: string): Promise<void> {
  const terminal = openTerminal(shell, args, { environment: environment() });
  terminal.type('echo up-$((1 + 1))\r');
  await terminal.waitFor('up-2');
  terminal.type(`${setUp}; echo read-$?\r`);
  await terminal.waitFor('read-0');
  terminal.type('headroom sta\t');
  await terminal.waitFor('headroom stats');
  terminal.type('--j\t');
  await terminal.waitFor('--json');
  terminal.hangUp();
  await terminal.ended;
}

test.skipIf(process.platform === 'win32')('the real bash completes by it', () =>
  completesIn('bash', ['--norc', '-i'], 'source <(headroom completion bash)'),
);

test.skipIf(!isHere('zsh'))('the real zsh completes by it', () =>
  completesIn('zsh', ['-f', '-i'], 'headroom completion zsh > ~/_headroom; fpath=(~ $fpath); autoload -Uz compinit; compinit -u -D'),
);

test.skipIf(!isHere('fish'))('the real fish completes by it', () => {
  const script = 'headroom completion fish | source; complete -C "headroom sta"; complete -C "headroom stats --j"';
  const said = execFileSync('fish', ['--no-config', '-c', script], { encoding: 'utf8', env: { ...process.env, ...environment() } });
  expect(said.split('\n').map((line) => line.split('\t')[0])).toEqual(['stats', '--json', '']);
});
