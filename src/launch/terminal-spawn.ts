/** The one file that starts processes: the agent, with or without a PTY, and the small tools that ask about terminals and processes. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import type { Pty } from 'node-pty';
import { messageOf } from '../errors.ts';
import { shellArguments } from './pty-shell.ts';
import { windowsCommandLine } from './pty-windows.ts';
import type { AgentStart } from './terminal.ts';

export interface InheritedAgent {
  /** Undefined when it could not be started. */
  readonly pid: number | undefined;
  readonly exit: Promise<InheritedExit>;
}

interface InheritedExit {
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  /** Why it could not be started, such as EACCES. */
  readonly errorCode: string | undefined;
}

export interface TerminalShape {
  readonly columns: number;
  readonly rows: number;
  /** What `stty -g` said before we touched it; empty where there is no stty. */
  readonly modes: string;
}

/** Starts an agent on our own stdin, stdout and stderr. Its signals are ours to pass on: execa's clean-up would end us before the receipt. */
export async function loadInheritedSpawn(): Promise<(start: AgentStart) => InheritedAgent> {
  const { execa } = await import('execa');
  return (start) => {
    const child = execa(start.command, start.args, {
      stdio: 'inherit',
      cwd: start.cwd,
      env: definedOnly(start.environment),
      extendEnv: false,
      cleanup: false,
      reject: false,
      forceKillAfterDelay: false,
      windowsHide: false,
    });
    const exit = child.then(({ exitCode, signal, code }) => ({
      code: exitCode,
      signal,
      errorCode: child.pid === undefined ? code : undefined,
    }));
    return { pid: child.pid, exit };
  };
}

export type PtyModule = typeof import('node-pty');

/** The module that makes PTYs, or in one line why there is none. */
export async function loadPty(): Promise<PtyModule | string> {
  try {
    return await import('node-pty');
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/**
 * Starts an agent in a PTY of its own, below a shell where there is one; or says in one line why it cannot. `path` is the program behind
 * the command.
 */
export function spawnInPty(
  { spawn }: PtyModule,
  start: AgentStart,
  path: string,
  shape: TerminalShape,
  platform: NodeJS.Platform,
): Pty | string {
  const { file, args } = ptyCommand(start, path, shape.modes, platform);
  // A copy of the environment: given process.env itself, node-pty takes TMUX, COLUMNS and LINES out of it.
  const env = definedOnly(start.environment);
  try {
    const pty = spawn(file, args, {
      name: env.TERM,
      cols: shape.columns,
      rows: shape.rows,
      cwd: folderAsNamed(start),
      env,
      encoding: null,
    });
    // Makes it report the end at once and not destroy its socket 200 ms later, read or unread. Closing is ours, in pty-relay.ts.
    return platform === 'win32' ? pty : Object.assign(pty, { _emittedClose: true });
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** What `stty` says about the terminal on our stdin; undefined where it fails or is missing. */
export function runStty(...args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync('stty', args, { stdio: [0, 'pipe', 'ignore'], encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** Whether a process is stopped, as by SIGSTOP. Where there is no /proc this starts a process, which itself ends with a SIGCHLD. */
export function isStopped(pid: number, platform: NodeJS.Platform = process.platform): boolean {
  if (platform === 'linux') return readStat(pid).startsWith('T');
  return /^T/.test(spawnSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() ?? '');
}

/** Whether a process is there and not only waiting to be buried. */
export function isRunning(pid: number, platform: NodeJS.Platform = process.platform): boolean {
  if (platform === 'linux') return /^[^ZX]/.test(readStat(pid));
  return /^[^Z]/.test(spawnSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() ?? '');
}

/** The processes that a process has started, as far as they are its own children still. */
export function childrenOf(pid: number, platform: NodeJS.Platform = process.platform): number[] {
  const pairs = platform === 'linux' ? readPairs() : spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).stdout;
  const isChild = (line: string) => Number(line.trim().split(/\s+/)[1]) === pid;
  return (pairs ?? '')
    .split('\n')
    .filter(isChild)
    .map((line) => Number.parseInt(line, 10));
}

function readPairs(): string {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => `${pid} ${readStat(pid).split(' ')[1]}`).join('\n');
}

// State, parent and so on: what follows the name in parentheses, which may hold anything.
function readStat(pid: number | string): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2);
  } catch {
    return '';
  }
}

function ptyCommand(start: AgentStart, path: string, modes: string, platform: NodeJS.Platform): { file: string; args: string[] | string } {
  if (platform === 'win32') return windowsCommandLine(path, start);
  const hasShell = existsSync('/bin/sh') && existsSync('/usr/bin/env');
  return hasShell ? { file: '/bin/sh', args: shellArguments(start, modes) } : { file: start.command, args: [...start.args] };
}

function definedOnly(environment: AgentStart['environment']): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

// node-pty sets PWD to the folder it is given; the user's own spelling of it, through symbolic links, is kept.
function folderAsNamed({ cwd, environment }: AgentStart): string {
  try {
    return environment.PWD && realpathSync(environment.PWD) === realpathSync(cwd) ? environment.PWD : cwd;
  } catch {
    return cwd;
  }
}
