/**
 * Gives the terminal to the agent and says how it ended: a PTY where a person sits at one, inherited stdio everywhere else.
 * Owns terminal and signals for as long as the agent lives; knows nothing of the proxy and prints nothing but terminal resets.
 *
 * Callers: while the agent runs with inherited stdio, do not touch `process.stdin`, `process.stdout` or `process.stderr` (and
 * start workers with `stdout: true, stderr: true`): on a pipe each of them switches the agent's own end to non-blocking. Write
 * with `writeSync(2, ...)`.
 */
import { fstatSync } from 'node:fs';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { Failure, messageOf } from '../errors.ts';
import { startInPty } from './pty-run.ts';
import { findCommand } from './terminal-command.ts';
import { startInherited } from './terminal-inherited.ts';

export interface AgentStart {
  /** A name to look for on the environment's PATH, or a path. */
  readonly command: string;
  readonly args: readonly string[];
  /** The agent's whole environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** False: inherited stdio, whatever stdin and stdout are. */
  readonly pty: boolean;
}

/** How the agent ended; a failed start has the same shape. */
export interface AgentExit {
  /** Undefined when a signal ended it or it never started. */
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  /** Why it never started, `exitCode` 127 or 126: for `cli.ts` to print. */
  readonly failure: Failure | undefined;
  /** The terminal is gone: write nothing to it, take everything down, then call `leave`. */
  readonly hungUp: boolean;
}

export interface RunningAgent {
  /** Undefined when it never started. */
  readonly pid: number | undefined;
  readonly stdio: 'pty' | 'inherited';
  /** Settles once, after the last byte is out and the terminal is as it was; never rejects. */
  readonly exit: Promise<AgentExit>;
  /** Sends the agent a signal; does nothing once it is gone. */
  readonly end: (signal: NodeJS.Signals) => void;
}

export interface AgentHooks {
  /** One line for the user, before the agent has the terminal: why there is no PTY. */
  readonly note?: (line: string) => void;
}

/** Starts the agent; resolves as soon as it runs, or has failed to. */
export async function startAgent(start: AgentStart, hooks: AgentHooks = {}): Promise<RunningAgent> {
  let path: string;
  try {
    path = findCommand(start);
  } catch (thrown) {
    return notStarted(thrown);
  }
  if (start.pty && isOneTerminal()) {
    const running = await startInPty(start, path);
    if (typeof running !== 'string') return running;
    hooks.note?.(`No PTY for the agent (${running}): it uses this terminal directly.`);
  }
  return startInherited(start);
}

/** Starts the agent and waits for its end. */
export async function runAgent(start: AgentStart, hooks: AgentHooks = {}): Promise<AgentExit> {
  return (await startAgent(start, hooks)).exit;
}

/** The exit status a shell would show for the agent itself: its code, 128 + signal, or 127 and 126 for a failed start. */
export function exitStatus(exit: AgentExit): number {
  if (exit.failure) return exit.failure.exitCode;
  if (exit.signal) return 128 + constants.signals[exit.signal];
  return exit.code ?? 1;
}

/** Ends our own process the way the agent's end asks for, after everything is taken down: by SIGHUP once the terminal is gone. */
export function leave(exit: AgentExit): never {
  if (exit.hungUp && process.platform !== 'win32') {
    process.removeAllListeners('SIGHUP');
    process.kill(process.pid, 'SIGHUP');
    // A normal exit would crash on the dead terminal; the signal needs a moment where another thread takes it.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
  }
  process.exit(exitStatus(exit));
}

// Stderr too: sent elsewhere (`2> log`), it could not be told apart from the rest of what comes out of a PTY.
function isOneTerminal(): boolean {
  if (![0, 1, 2].every((descriptor) => isatty(descriptor))) return false;
  return process.platform === 'win32' || new Set([0, 1, 2].map((descriptor) => fstatSync(descriptor).rdev)).size === 1;
}

function notStarted(thrown: unknown): RunningAgent {
  const failure = thrown instanceof Failure ? thrown : new Failure('agent-not-started', messageOf(thrown), '', 126);
  return {
    pid: undefined,
    stdio: 'inherited',
    end: () => {},
    exit: Promise.resolve({ code: undefined, signal: undefined, failure, hungUp: false }),
  };
}
