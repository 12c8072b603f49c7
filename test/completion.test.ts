/** Completion of commands, asked as shells ask it, and in the real bash. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
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

test.each(['bash', 'zsh', 'fish', 'powershell'])('a script for %s that asks us', (shell) => {
  const script = execFileSync(process.execPath, [cli, 'completion', shell], { encoding: 'utf8' });
  expect(script).toMatch(/headroom complete '?--/);
});

test('a shell that we do not know is named with those that we do', () => {
  const { status, stderr } = spawnSync(process.execPath, [cli, 'completion', 'tcsh'], { encoding: 'utf8' });
  expect(status).not.toBe(0);
  expect(stderr).toMatch(/tcsh.*\n?.*bash, zsh, fish, powershell/);
});

test.skipIf(process.platform === 'win32')('the real bash completes by it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'completion-'));
  try {
    writeFileSync(join(folder, 'headroom'), `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`, { mode: 0o755 });
    const terminal = openTerminal('bash', ['--norc', '-i'], { environment: { PATH: `${folder}:${process.env.PATH}`, PS1: 'ready> ' } });
    await terminal.waitFor('ready> ');
    terminal.type('source <(headroom completion bash); echo read-$?\r');
    await terminal.waitFor('read-0');
    terminal.type('headroom sta\t');
    await terminal.waitFor('headroom stats ');
    terminal.type('--j\t');
    await terminal.waitFor('--json ');
    terminal.hangUp();
    await terminal.ended;
  } finally {
    rmSync(folder, { recursive: true });
  }
});
