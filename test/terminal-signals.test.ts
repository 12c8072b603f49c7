/** Signals to the launcher, signals that end the agent, a terminal that goes away: who gets what, and what is left. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleLauncher, type LauncherBundle, programPath } from './helpers/launcher-bundle.ts';
import { openTerminal } from './helpers/outer-terminal.ts';
import { isThere, onlyChild, waitUntil } from './helpers/wait-until.ts';

const node = process.execPath;
const reset = '\x1b[?1004;1016;2031l\x1b[>4m\x1b[?1049l\x1b[?25h\x1b[?1000;1002;1003;1006l\x1b[?2004l\x1b[<u\x1b[0m';
let launcher: LauncherBundle;
let folder: string;
beforeAll(async () => {
  launcher = await bundleLauncher();
  folder = mkdtempSync(join(tmpdir(), 'terminal-'));
});
afterAll(() => {
  launcher.remove();
  rmSync(folder, { recursive: true });
});

let count = 0;
const freshFile = () => join(folder, `file-${++count}`);

interface Report {
  readonly stdio: string;
  readonly pid: number;
  readonly launcher: number;
  readonly exit?: { code?: number; signal?: string; hungUp: boolean };
}
const reportOf = (file: string): Report => JSON.parse(readFileSync(file, 'utf8'));
/** The agent itself: in a PTY it is the child of the shell that leads it. */
const agentOf = async (file: string) => {
  const { pid, stdio } = reportOf(file);
  return stdio === 'pty' ? onlyChild(pid) : pid;
};
const linesOf = (file: string): string[] => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []);

function openWithReport(...words: string[]) {
  const file = freshFile();
  const terminal = openTerminal(node, [launcher.file, ...words], { environment: { RUN_AGENT_REPORT: file } });
  return { terminal, file };
}

describe('exit status', () => {
  it.each([
    ['exit 0', 0],
    ['exit 3', 3],
    ['exit 255', 255],
    ['kill -TERM $$', 143],
    ['kill -KILL $$', 137],
    ['kill -SEGV $$', 139],
  ])('of an agent that ends by `%s` is %i, with a PTY and without', async (script, status) => {
    for (const stdio of ['pty', 'inherited']) {
      const terminal = openTerminal(node, [launcher.file, stdio, 'bash', '-c', script]);
      expect({ stdio, ...(await terminal.ended) }).toEqual({ stdio, code: status, signal: undefined });
    }
  });
});

describe.each(['pty', 'inherited'])('a launcher with %s stdio', (stdio) => {
  it.each(['SIGTERM', 'SIGUSR2'] as const)('passes %s on to the agent, once, and mirrors its own end', async (signal) => {
    const got = freshFile();
    const { terminal } = openWithReport(stdio, node, programPath('note-signals.mjs'), got, signal);
    await terminal.waitFor('ready');
    process.kill(terminal.pid, signal);
    expect(await terminal.ended).toEqual({ code: 7, signal: undefined });
    expect(linesOf(got)).toEqual([signal]);
  });

  it('outlives a SIGTERM that the agent ignores', async () => {
    const got = freshFile();
    const { terminal } = openWithReport(stdio, node, programPath('note-signals.mjs'), got, 'SIGUSR2');
    await terminal.waitFor('ready');
    process.kill(terminal.pid, 'SIGTERM');
    await waitUntil(() => linesOf(got).length === 1);
    process.kill(terminal.pid, 'SIGUSR2');
    expect(await terminal.ended).toEqual({ code: 7, signal: undefined });
  });

  it('hangs up the agent on SIGHUP, takes down, and ends by SIGHUP itself', async () => {
    const got = freshFile();
    const { terminal, file } = openWithReport(stdio, 'sh', programPath('end-on-hangup.sh'), got);
    await terminal.waitFor('ready');
    terminal.hangUp();
    expect(await terminal.ended).toEqual({ code: undefined, signal: 'SIGHUP' });
    expect(new Set(linesOf(got))).toEqual(new Set(['SIGHUP']));
    expect(reportOf(file).exit).toMatchObject({ hungUp: true });
  });

  it('sends SIGTERM to an agent that stays when its terminal has gone, then SIGKILL', async () => {
    const got = freshFile();
    const { terminal, file } = openWithReport(stdio, node, programPath('note-signals.mjs'), got, 'never');
    await terminal.waitFor('ready');
    const pid = await agentOf(file);
    terminal.hangUp();
    expect(await terminal.ended).toEqual({ code: undefined, signal: 'SIGHUP' });
    expect([...new Set(linesOf(got))].sort()).toEqual(['SIGHUP', 'SIGTERM']);
    expect(reportOf(file).exit).toMatchObject({ hungUp: true });
    await waitUntil(() => !isThere(pid));
  });

  it('puts the terminal back after kill -9 of an agent in the alternate screen', async () => {
    const file = freshFile();
    const script = 'stty -g; "$@"; echo "status $?"; stty -g; echo end';
    const terminal = openTerminal('sh', ['-c', script, 'sh', node, launcher.file, stdio, node, programPath('fill-the-screen.mjs')], {
      environment: { RUN_AGENT_REPORT: file },
    });
    await terminal.waitFor('ready');
    process.kill(await agentOf(file), 'SIGKILL');
    await terminal.ended;
    const [before, , rest = ''] = terminal.text().split(/\r\n|ready/);
    expect(terminal.text()).toContain(`ready${reset}status 137\r\n${before}\r\nend\r\n`);
    expect(rest).toContain('status 137');
  });

  it('writes no reset after an ordinary end, but puts the modes back that it changed', async () => {
    const script = 'stty -g; "$@"; stty -g';
    const terminal = openTerminal('sh', ['-c', script, 'sh', node, launcher.file, stdio, 'sh', '-c', 'echo hello; exit 130']);
    await terminal.ended;
    const [before] = terminal.text().split('\r\n');
    expect(terminal.text()).toBe(`${before}\r\nhello\r\n${before}\r\n`);
  });
});

describe('a PTY', () => {
  it('mirrors a signal that has no name', async () => {
    const terminal = openTerminal(node, [launcher.file, 'pty', 'bash', '-c', 'kill -40 $$']);
    expect(await terminal.ended).toEqual({ code: 168, signal: undefined });
  });

  it.each(['SIGINT', 'SIGQUIT'] as const)('passes %s on, which no key can have sent', async (signal) => {
    const got = freshFile();
    const { terminal } = openWithReport('pty', node, programPath('note-signals.mjs'), got, signal);
    await terminal.waitFor('ready');
    process.kill(terminal.pid, signal);
    expect(await terminal.ended).toEqual({ code: 7, signal: undefined });
    expect(linesOf(got)).toEqual([signal]);
  });

  it('goes away with the launcher: kill -9 leaves no agent', async () => {
    const { terminal, file } = openWithReport('pty', node, programPath('fill-the-screen.mjs'));
    await terminal.waitFor('ready');
    const pid = await agentOf(file);
    process.kill(terminal.pid, 'SIGKILL');
    await waitUntil(() => !isThere(pid));
    expect(await terminal.ended).toEqual({ code: undefined, signal: 'SIGKILL' });
  });

  it('is left behind by a launcher that crashes, and the terminal is as it was', async () => {
    const file = freshFile();
    const script = 'stty -g; "$@" 2> /dev/tty; stty -g';
    const terminal = openTerminal('sh', ['-c', script, 'sh', node, launcher.file, 'pty', node, programPath('fill-the-screen.mjs')], {
      environment: { RUN_AGENT_CRASH: file },
    });
    await terminal.waitFor('ready');
    writeFileSync(file, '');
    await terminal.ended;
    const lines = terminal.text().split('\r\n');
    expect(terminal.text()).toContain('a fault of our own');
    expect(lines.at(-2)).toBe(lines[0]);
  });

  it.each(['a', 'no'])('works and is put back where there is %s stty', async (which) => {
    const script = 'stty -g; old=$PATH; PATH=$OTHER; export PATH; "$@"; PATH=$old; echo; stty -g';
    const words = [node, launcher.file, 'pty', node, programPath('print-input.mjs')];
    const terminal = openTerminal('sh', ['-c', script, 'sh', ...words], {
      environment: { OTHER: which === 'a' ? (process.env.PATH ?? '') : folder },
    });
    await terminal.waitFor('ready');
    terminal.type('\x03\r\x1a');
    await terminal.waitFor('1a>');
    terminal.type('q');
    await terminal.ended;
    const lines = terminal.text().split('\r\n');
    expect(lines[1]?.replaceAll('><', '')).toBe('ready<030d1a71>');
    expect(lines.at(-2)).toBe(lines[0]);
  });

  it('neither waits for a child that the agent leaves behind nor takes it away', async () => {
    const terminal = openTerminal(node, [launcher.file, 'pty', 'sh', programPath('leave-a-child.sh')]);
    expect(await terminal.ended).toEqual({ code: 0, signal: undefined });
    const [, left] = /child (\d+) left\r\n/.exec(terminal.text()) ?? [];
    expect(isThere(Number(left))).toBe(true);
    process.kill(Number(left), 'SIGKILL');
  });

  it('lets signals through while nobody reads the terminal', async () => {
    const { terminal, file } = openWithReport('pty', 'yes');
    await terminal.waitFor('y\r\ny\r\n');
    terminal.stopReading();
    const pid = await agentOf(file);
    // Stuck in a write: the kernel holds all it can, and so do we.
    await waitUntil(() => isWaitingInWrite(pid));
    process.kill(terminal.pid, 'SIGTERM');
    await waitUntil(() => !isThere(pid));
    terminal.goOnReading();
    expect(await terminal.ended).toEqual({ code: 143, signal: undefined });
    expect(terminal.text().replace(/^[y\r\n]*/, '')).toBe('');
  });

  it('gives up a terminal that nobody reads when it gets SIGTERM again', async () => {
    const { terminal, file } = openWithReport('pty', 'yes');
    await terminal.waitFor('y\r\ny\r\n');
    terminal.stopReading();
    const pid = await agentOf(file);
    await waitUntil(() => isWaitingInWrite(pid));
    process.kill(terminal.pid, 'SIGTERM');
    await waitUntil(() => !isThere(pid));
    // Again and again, for the first may come while the launcher is still learning of the agent's end.
    const insist = setInterval(() => process.kill(terminal.pid, 'SIGTERM'), 100);
    const end = await terminal.ended;
    clearInterval(insist);
    expect(end).toEqual({ code: 143, signal: undefined });
  });
});

function isWaitingInWrite(pid: number): boolean {
  return process.platform !== 'linux' || readFileSync(`/proc/${pid}/syscall`, 'utf8').startsWith(WRITE_CALL);
}
const WRITE_CALL = process.arch === 'arm64' ? '64 ' : '1 ';
