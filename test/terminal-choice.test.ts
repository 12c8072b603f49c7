/** When there is a PTY and when not, what inherited stdio promises, and how a start fails. */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Failure } from '../src/errors.ts';
import { windowsCommandLine } from '../src/launch/pty-windows.ts';
import { exitStatus, runAgent, startAgent } from '../src/launch/terminal.ts';
import { findCommand } from '../src/launch/terminal-command.ts';
import { bundleLauncher, type LauncherBundle, programPath } from './helpers/launcher-bundle.ts';
import { openTerminal } from './helpers/outer-terminal.ts';
import { waitUntil } from './helpers/wait-until.ts';

const node = process.execPath;
let launcher: LauncherBundle;
let folder: string;
beforeAll(async () => {
  launcher = await bundleLauncher();
  folder = mkdtempSync(join(tmpdir(), 'terminal-choice-'));
});
afterAll(() => {
  launcher.remove();
  rmSync(folder, { recursive: true });
});

/** What `run-agent` reports about a shell command line run in a terminal, and what the terminal showed. */
async function runInTerminal(script: string, file = launcher.file) {
  const report = join(folder, 'report');
  const terminal = openTerminal('sh', ['-c', script], {
    cwd: folder,
    environment: { RUN_AGENT_REPORT: report, RUN: `${node} ${file}` },
  });
  const end = await terminal.ended;
  return { end, text: terminal.text(), stdio: JSON.parse(readFileSync(report, 'utf8')).stdio };
}

describe('the choice', () => {
  it('is a PTY where stdin, stdout and stderr are one terminal', async () => {
    expect(await runInTerminal('$RUN pty tty')).toMatchObject({ stdio: 'pty', text: expect.stringMatching(/^\/dev\//) });
  });

  it('is inherited stdio when the user says so', async () => {
    expect(await runInTerminal('$RUN inherited echo hello')).toMatchObject({ stdio: 'inherited', text: 'hello\r\n' });
  });

  it.each([
    ['stdin', 'echo x | $RUN pty cat', 'x\r\n'],
    ['stdout', '$RUN pty echo hello | cat', 'hello\r\n'],
    ['stderr', '$RUN pty sh -c "echo hello; echo hidden >&2" 2> log; cat log', 'hello\r\nhidden\r\n'],
  ])('is inherited stdio when %s goes elsewhere, and nothing of ours is in it', async (_, script, text) => {
    expect(await runInTerminal(script)).toEqual({ end: { code: 0, signal: undefined }, stdio: 'inherited', text });
  });

  it('is inherited stdio, with a note, where node-pty cannot load', async () => {
    const elsewhere = await bundleLauncher(join(folder, 'elsewhere'));
    const { end, stdio, text } = await runInTerminal('$RUN pty sh -c "echo hello; exit 4"', elsewhere.file);
    expect({ end, stdio }).toEqual({ end: { code: 4, signal: undefined }, stdio: 'inherited' });
    expect(text).toMatch(/^note: No PTY for the agent \(.*node-pty.*\): it uses this terminal directly\.\r\nhello\r\n$/);
  });
});

/** The launcher in a session without a terminal, with pipes. */
function startPiped(...words: string[]) {
  const child = spawn(node, [launcher.file, 'pty', ...words], { detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));
  return { child, ended, output: () => Buffer.concat(output) };
}

describe('inherited stdio', () => {
  it('gives stdin to the agent and its output on, byte for byte', async () => {
    const { child, ended, output } = startPiped('cat');
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7) % 256));
    child.stdin.end(bytes);
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(output().equals(bytes)).toBe(true);
  });

  it.runIf(process.platform === 'linux')('leaves the pipes blocking for the agent', async () => {
    const file = join(folder, 'flags');
    const { ended } = startPiped('sh', programPath('print-flags.sh'), file);
    writeFileSync(`${file}.go`, '');
    await ended;
    const nonBlocking = 0o4000;
    expect(
      readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((flags) => Number.parseInt(flags, 8) & nonBlocking),
    ).toEqual([0, 0, 0]);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGUSR2'] as const)('passes %s on where no key can have sent it', async (signal) => {
    const got = join(folder, `got-${signal}`);
    const { child, ended, output } = startPiped(node, programPath('note-signals.mjs'), got, signal);
    await waitUntil(() => output().includes('ready'));
    child.kill(signal);
    expect(await ended).toEqual({ code: 7, signal: null });
    expect(readFileSync(got, 'utf8')).toBe(`${signal}\n`);
  });

  it('leaves Ctrl-C to the terminal, which sends it to the agent itself', async () => {
    const got = join(folder, 'got-key');
    const terminal = openTerminal(node, [launcher.file, 'inherited', node, programPath('note-signals.mjs'), got, 'SIGTERM']);
    await terminal.waitFor('ready');
    terminal.type('\x03');
    await waitUntil(() => existsSync(got));
    process.kill(terminal.pid, 'SIGTERM');
    expect(await terminal.ended).toEqual({ code: 7, signal: undefined });
    expect(readFileSync(got, 'utf8')).toBe('SIGINT\nSIGTERM\n');
  });
});

describe('a start that fails', () => {
  const start = { args: [], environment: { PATH: '/usr/bin:/bin' }, cwd: tmpdir(), pty: true };

  it('has the shape of an end, with status 127 for a missing command', async () => {
    const running = await startAgent({ ...start, command: 'no-such-agent' });
    const exit = await running.exit;
    expect(running.pid).toBeUndefined();
    expect(exit).toMatchObject({ code: undefined, signal: undefined, hungUp: false, failure: { code: 'agent-missing' } });
    expect(exitStatus(exit)).toBe(127);
    running.end('SIGTERM');
  });

  it('has status 126 for a file that cannot be run', async () => {
    const file = join(folder, 'plain');
    writeFileSync(file, 'text');
    const exit = await runAgent({ ...start, command: file });
    expect(exit.failure?.message).toContain('is not executable');
    expect(exitStatus(exit)).toBe(126);
  });

  it('is reported the same way when only the system notices', async () => {
    const file = join(folder, 'no-interpreter');
    writeFileSync(file, '#!/no/such/interpreter\n');
    chmodSync(file, 0o755);
    const exit = await runAgent({ ...start, command: file });
    expect(exit.failure).toBeInstanceOf(Failure);
    expect(exitStatus(exit)).toBe(127);
  });
});

describe('a command', () => {
  it('is found as a shell finds it: first executable on PATH, or by its path', () => {
    const bin = mkdtempSync(join(folder, 'bin-'));
    writeFileSync(join(bin, 'agent'), '', { mode: 0o755 });
    writeFileSync(join(folder, 'agent'), '', { mode: 0o644 });
    const environment = { PATH: `${folder}:/nowhere:${bin}` };
    expect(findCommand({ command: 'agent', environment, cwd: '/' })).toBe(join(bin, 'agent'));
    expect(findCommand({ command: './agent', environment, cwd: bin })).toBe(join(bin, 'agent'));
    expect(() => findCommand({ command: './agent', environment, cwd: folder })).toThrow('not executable');
    expect(() => findCommand({ command: '', environment, cwd: bin })).toThrow('not found');
    expect(() => findCommand({ command: bin, environment, cwd: '/' })).toThrow('not found');
  });

  it.each([
    [['a b'], '/d /s /c "C:\\npm\\claude.cmd ^^^"a^^^ b^^^""'],
    [['say "hi" & del *'], '/d /s /c "C:\\npm\\claude.cmd ^^^"say^^^ \\^^^"hi\\^^^"^^^ ^^^&^^^ del^^^ ^^^*^^^""'],
    [['end\\'], '/d /s /c "C:\\npm\\claude.cmd ^^^"end\\\\^^^""'],
    [['%PATH%', ''], '/d /s /c "C:\\npm\\claude.cmd ^^^"^^^%PATH^^^%^^^" ^^^"^^^""'],
  ])('that is a batch file goes through cmd.exe on Windows: %j', (args, line) => {
    expect(windowsCommandLine('C:\\npm\\claude.cmd', { args, environment: { comspec: 'C:\\cmd.exe' } })).toEqual({
      file: 'C:\\cmd.exe',
      args: line,
    });
  });

  it('that is a program is started as it is on Windows', () => {
    expect(windowsCommandLine('C:\\claude.exe', { args: ['a b'], environment: {} })).toEqual({ file: 'C:\\claude.exe', args: ['a b'] });
  });
});
