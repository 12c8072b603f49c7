/** The agent in a PTY: its bytes, its size, its signals, its stops and its end. */
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { relayInput } from './pty-input.ts';
import { relayOutput } from './pty-relay.ts';
import type { AgentExit, AgentStart, RunningAgent } from './terminal.ts';
import { stopWholeJob, watchStops } from './terminal-job.ts';
import { RESET_SEQUENCE, takeTerminal } from './terminal-outer.ts';
import { handleSignals, insistOnEnd, sendSignal } from './terminal-signals.ts';
import { isStopped, loadPty, spawnInPty } from './terminal-spawn.ts';

/** How long a Ctrl-Z waits for an outer reader that has stopped. */
const STOP_FLUSH_MS = 1000;

/** Resolves to the running agent, or to one line that says why there can be no PTY. `path` is the program behind the command. */
export async function startInPty(
  start: AgentStart,
  path: string,
  platform: NodeJS.Platform = process.platform,
): Promise<RunningAgent | string> {
  const module = await loadPty();
  if (typeof module === 'string') return module;

  let isAlive = true;
  let isJobStopped = false;
  let hungUp = false;
  let letBe = () => {};
  let stopWaiting = () => {};

  const outer = takeTerminal(
    { onInput: (bytes) => input.write(bytes) && outer.stopReading(), onDrain: () => relay.onDrain(), onGone: () => hangUp() },
    platform,
  );
  outer.makeRaw();
  const started = spawnInPty(module, start, path, outer.shape(), platform);
  if (typeof started === 'string') {
    outer.release();
    return started;
  }
  const pty = started;
  const relay = relayOutput(pty, outer);
  const input = relayInput(pty, outer.goOnReading);

  const end = (signal: NodeJS.Signals) => {
    if (!isAlive) stopWaiting();
    else if (platform === 'win32') pty.kill();
    else sendSignal(pty.pid, signal);
  };
  const resize = () => {
    const { columns, rows } = outer.shape();
    try {
      if (isAlive && !hungUp) pty.resize(columns, rows);
    } catch {
      // The PTY went first.
    }
  };
  // The size may have changed while we were not in the foreground, and nobody told us.
  const takeBack = () => {
    outer.makeRaw();
    process.emit('SIGWINCH', 'SIGWINCH');
  };
  // Closing the PTY is what a terminal that goes away does to an agent without us.
  const hangUp = () => {
    if (hungUp) return;
    hungUp = true;
    outer.abandon();
    input.close();
    relay.close();
    if (isAlive) letBe = insistOnEnd(end);
  };
  const onStopped = async () => {
    await relay.readAll();
    await Promise.race([outer.flushed(), sleep(STOP_FLUSH_MS, undefined, { ref: false })]);
    if (!isAlive || hungUp || !isStopped(pty.pid, platform)) return;
    isJobStopped = true;
    outer.restore();
    ignoreStops();
    await stopWholeJob();
    isJobStopped = false;
    // Killed while the job was stopped.
    if (!isAlive) return;
    ignoreStops = handleSignals({ SIGTSTP: stopAgent });
    takeBack();
    sendSignal(-pty.pid, 'SIGCONT');
  };
  // A stop that was meant for us is the agent's first: ours follows.
  const stopAgent = () => sendSignal(-pty.pid, 'SIGSTOP');

  const passed = (['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGUSR2'] as const).map((signal) => [signal, () => end(signal)]);
  const ignoreSignals = handleSignals({
    ...Object.fromEntries(passed),
    SIGHUP: hangUp,
    SIGWINCH: resize,
    SIGCONT: () => {
      if (!isJobStopped) takeBack();
    },
  });
  let ignoreStops = handleSignals({ SIGTSTP: stopAgent });
  const stopWatching = watchStops(pty.pid, onStopped, platform);

  const exit = new Promise<AgentExit>((resolve) => {
    pty.on('exit', async (code, signalNumber) => {
      isAlive = false;
      const interrupted = new Promise<void>((stop) => {
        stopWaiting = stop;
      });
      pty.kill = () => {};
      letBe();
      input.close();
      await relay.readAll();
      relay.close();
      await Promise.race([outer.flushed(), interrupted]);
      if (signalNumber) outer.write(RESET_SEQUENCE);
      await Promise.race([outer.flushed(), interrupted]);
      outer.release();
      stopWatching();
      ignoreStops();
      ignoreSignals();
      resolve({ ...endOf(code, signalNumber), failure: undefined, hungUp });
    });
  });
  return { pid: pty.pid, stdio: 'pty', exit, end };
}

// A real-time signal has no name; its exit status has.
function endOf(code: number, signalNumber: number | undefined): Pick<AgentExit, 'code' | 'signal'> {
  if (!signalNumber) return { code, signal: undefined };
  const [signal] = Object.entries(constants.signals).find(([, number]) => number === signalNumber) ?? [];
  return signal ? { code: undefined, signal: signal as NodeJS.Signals } : { code: 128 + signalNumber, signal: undefined };
}
