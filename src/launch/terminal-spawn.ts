/** The one file that starts processes: the agent, with or without a PTY, and the small tools that ask about terminals and processes. */
import { spawnSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import type { Pty } from 'node-pty';
import { messageOf } from '../errors.ts';
import { windowsCommandLine } from './pty-windows.ts';
import type { AgentStart } from './terminal.ts';

export interface InheritedAgent {
  /** Undefined when it could not be started. */
  readonly pid: number | undefined;
  readonly exit: Promise<InheritedExit>;
}

export interface InheritedExit {
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  /** Why it could not be started, such as EACCES. */
  readonly errorCode: string | undefined;
}

export interface TerminalShape {
  readonly columns: number;
  readonly rows: number;
  /** Whether erase takes a whole UTF-8 character while the kernel edits the line. */
  readonly erasesCharacters: boolean;
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

/** Starts an agent in a PTY of its own, or says in one line why it cannot. `path` is the program behind the command. */
export function spawnInPty(
  { spawn }: PtyModule,
  start: AgentStart,
  path: string,
  shape: TerminalShape,
  platform: NodeJS.Platform,
): Pty | string {
  const isWindows = platform === 'win32';
  const { file, args } = isWindows ? windowsCommandLine(path, start) : { file: start.command, args: [...start.args] };
  // A copy of the environment: given process.env itself, node-pty takes TMUX, COLUMNS and LINES out of it.
  const env = definedOnly(start.environment);
  const isUtf8 = shape.erasesCharacters && !isWindows;
  const options = { name: env.TERM, cols: shape.columns, rows: shape.rows, cwd: folderAsNamed(start), env };
  try {
    const pty = spawn(file, args, { ...options, encoding: isUtf8 ? 'utf8' : null });
    // Asked for UTF-8, node-pty also sets IUTF8; what comes out of it is bytes all the same.
    if (isUtf8) pty.setEncoding('latin1');
    // Makes it report the end at once and not destroy its socket 200 ms later, read or unread. Closing is ours, in pty-relay.ts.
    return isWindows ? pty : Object.assign(pty, { _emittedClose: true });
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
  if (platform !== 'linux')
    return /^T/.test(spawnSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() ?? '');
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.charAt(stat.lastIndexOf(')') + 2) === 'T';
  } catch {
    return false;
  }
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
