/** The agent in a PTY: its bytes, its size, its signals, its stops and its end. */
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { relayInput } from './pty-input.ts';
import { relayOutput } from './pty-relay.ts';
import type { AgentExit, AgentStart, RunningAgent } from './terminal.ts';
import { stopWholeJob, watchStops } from './terminal-job.ts';
import { watchModes } from './terminal-modes.ts';
import { takeTerminal } from './terminal-outer.ts';
import { handleSignals, insistOnEnd, sendSignal } from './terminal-signals.ts';
import { childrenOf, isRunning, isStopped, loadPty, spawnInPty } from './terminal-spawn.ts';

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
  let orphans: number[] = [];
  let letBe = () => {};
  let stopWaiting = () => {};

  const outer = takeTerminal(
    { onInput: (bytes) => input.write(bytes) && outer.stopReading(), onDrain: () => relay.onDrain(), onGone: () => hangUp() },
    platform,
  );
  const started = spawnInPty(module, start, path, outer.shape(), platform);
  if (typeof started === 'string') {
    outer.release();
    return started;
  }
  // While the agent starts, and before a byte of it is read: nothing is relayed within this turn of the event loop.
  outer.makeRaw();
  const pty = started;
  const screen = watchModes();
  const relay = relayOutput(pty, (bytes) => {
    screen.see(bytes);
    return outer.write(bytes);
  });
  const input = relayInput(pty, outer.goOnReading);

  // The agent is the shell's child, or the PTY's own process where there is no shell, or not yet a job of it.
  const agents = () => {
    const found = platform === 'win32' || !isAlive ? [] : childrenOf(pty.pid, platform);
    return [...new Set([...orphans, ...(found.length > 0 || !isAlive ? found : [pty.pid])])];
  };
  const end = (signal: NodeJS.Signals) => {
    if (!isAlive) stopWaiting();
    if (platform === 'win32') pty.kill();
    else for (const pid of agents()) sendSignal(pid, signal);
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
  // Closing the PTY is what a terminal that goes away does to an agent without us; a stopped one has to hear of it too.
  const hangUp = () => {
    if (hungUp) return;
    hungUp = true;
    orphans = isAlive ? agents() : [];
    outer.abandon();
    input.close();
    relay.close();
    if (!isAlive) return;
    end('SIGHUP');
    end('SIGCONT');
    letBe = insistOnEnd(end);
  };
  const onStopped = async () => {
    await relay.readAll();
    await Promise.race([outer.flushed(), sleep(STOP_FLUSH_MS, undefined, { ref: false })]);
    if (!isAlive || hungUp || !isStopped(pty.pid, platform)) return;
    isJobStopped = true;
    const before = outer.shape();
    outer.restore();
    ignoreStops();
    await stopWholeJob();
    isJobStopped = false;
    // Killed while the job was stopped.
    if (!isAlive) return;
    ignoreStops = handleSignals({ SIGTSTP: stopAgent });
    takeBack();
    const after = outer.shape();
    // The kernel told only the shell, which was in front.
    if (after.columns !== before.columns || after.rows !== before.rows) end('SIGWINCH');
    sendSignal(-pty.pid, 'SIGCONT');
  };
  // A stop that was meant for us is the agent's first: ours follows.
  const stopAgent = () => end('SIGTSTP');

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
      input.close();
      await relay.readAll();
      relay.close();
      await Promise.race([outer.flushed(), interrupted]);
      const status = signalNumber ? 128 + signalNumber : code;
      if (status > 128) outer.write(screen.reset());
      await Promise.race([outer.flushed(), interrupted]);
      while (orphans.some((pid) => isRunning(pid, platform))) await sleep(50);
      letBe();
      outer.release();
      stopWatching();
      ignoreStops();
      ignoreSignals();
      resolve({ ...endOf(status), failure: undefined, hungUp });
    });
  });
  return { pid: pty.pid, stdio: 'pty', exit, end };
}

// A shell tells of a signal by 128 and its number, as this process will in turn.
function endOf(status: number): Pick<AgentExit, 'code' | 'signal'> {
  const [signal] = Object.entries(constants.signals).find(([, number]) => number === status - 128) ?? [];
  return signal ? { code: undefined, signal: signal as NodeJS.Signals } : { code: status, signal: undefined };
}
