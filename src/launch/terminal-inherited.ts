/** The agent on our own stdin, stdout and stderr: bytes are its own affair; signals, stops and a wrecked terminal are ours. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isatty } from 'node:tty';
import { Failure } from '../errors.ts';
import type { AgentExit, AgentStart, RunningAgent } from './terminal.ts';
import { stopWholeJob, watchStops } from './terminal-job.ts';
import { RESET_SEQUENCE } from './terminal-modes.ts';
import { handleSignals, insistOnEnd, sendSignal } from './terminal-signals.ts';
import { isStopped, loadInheritedSpawn, runStty } from './terminal-spawn.ts';

/** `fg` continues the agent and us one after the other: a stop counts only if it lasts. */
const LASTING_STOP_MS = 100;

export async function startInherited(start: AgentStart, platform: NodeJS.Platform = process.platform): Promise<RunningAgent> {
  const spawn = await loadInheritedSpawn();
  const saved = platform !== 'win32' && isatty(0) ? runStty('-g') : undefined;
  const hasTerminal = platform === 'win32' ? isatty(0) : canOpenTerminal();

  let hungUp = false;
  let letBe = () => {};
  const end = (signal: NodeJS.Signals) => {
    if (agent.pid !== undefined) sendSignal(agent.pid, signal);
  };
  // A key pressed in a terminal reaches the agent without us, and a second Ctrl-C means something else to it.
  const passKey = (signal: NodeJS.Signals) => {
    if (!hasTerminal) end(signal);
  };
  const hangUp = () => {
    if (hungUp) return;
    hungUp = true;
    end('SIGHUP');
    letBe = insistOnEnd(end);
  };
  const onStopped = async () => {
    await sleep(LASTING_STOP_MS);
    if (hasTerminal && agent.pid !== undefined && isStopped(agent.pid, platform)) await stopWholeJob();
  };
  const ignoreSignals = handleSignals({
    SIGTERM: () => end('SIGTERM'),
    SIGINT: () => passKey('SIGINT'),
    SIGQUIT: () => passKey('SIGQUIT'),
    SIGUSR2: () => end('SIGUSR2'),
    SIGHUP: hangUp,
  });
  const agent = spawn(start);
  const stopWatching = agent.pid === undefined ? () => {} : watchStops(agent.pid, onStopped, platform);

  const exit = agent.exit.then(({ code, signal, errorCode }): AgentExit => {
    letBe();
    stopWatching();
    if (signal && !hungUp) repair(saved);
    ignoreSignals();
    return { code, signal, failure: errorCode ? failureOf(start, errorCode) : undefined, hungUp };
  });
  return { pid: agent.pid, stdio: 'inherited', exit, end };
}

function canOpenTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r+'));
    return true;
  } catch {
    return false;
  }
}

// An agent that was killed could put nothing back; stdout is only written to where it is that terminal.
function repair(saved: string | undefined): void {
  if (saved === undefined) return;
  runStty(saved);
  if (isatty(1)) writeSync(1, RESET_SEQUENCE);
}

function failureOf({ command }: AgentStart, errorCode: string): Failure {
  return errorCode === 'ENOENT'
    ? new Failure('agent-missing', `${command}: command not found`, 'Install it, or check PATH.', 127)
    : new Failure('agent-not-started', `${command} could not be started: ${errorCode}`, 'Run it without headroom to see why.', 126);
}
