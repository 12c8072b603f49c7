/**
 * Runs the user's tests once, as the demo's agent was allowed to: without a terminal, for a limited time, and with an end to everything they
 * started. The environment is that of the agent.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { sayBytes } from '../text/say-amount.ts';

export interface TestLimits {
  readonly seconds: number;
  /** Of the output, its beginning and its end together. */
  readonly bytes: number;
}

export const testLimits: TestLimits = { seconds: 60, bytes: 1_048_576 };

/** What a shell tool returns: the exit code where it is not 0, and both streams as they came. */
export function runTests(command: string, folder: string, limits = testLimits): Promise<string> {
  const output = createOutput(limits.bytes);
  // A group of its own, without our terminal; the shell makes one stream of two, so that their order is kept.
  const options = { cwd: folder, shell: true, detached: process.platform !== 'win32', windowsHide: true } as const;
  const child = spawn(`(${command}) 2>&1`, { ...options, stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout.on('data', output.add);
  const stopWatching = endWithUs(child);
  let isLate = false;
  const limit = setTimeout(() => {
    isLate = true;
    endGroup(child, 'SIGTERM');
    setTimeout(() => endGroup(child, 'SIGKILL'), graceMs);
  }, limits.seconds * 1000);
  return new Promise((resolve) => {
    const finish = (head: string, tail: string) => {
      clearTimeout(limit);
      stopWatching();
      child.stdout.destroy();
      resolve(`${head}${output.text().trimEnd() || '(no output)'}${tail}`);
    };
    child.on('error', ({ message }) => finish('', `\n${message}`));
    child.on('exit', (code, signal) => {
      // What was started and left behind has no one to end it any more, and may hold the output open.
      if (!isLate) endGroup(child, 'SIGKILL');
      const head = code && !isLate ? `Exit code ${code}\n` : '';
      const tail = isLate ? `\n(ended after ${limits.seconds} s)` : signal ? `\n(ended by ${signal})` : '';
      const enough = setTimeout(() => finish(head, tail), graceMs + 500);
      child.once('close', () => {
        clearTimeout(enough);
        finish(head, tail);
      });
    });
  });
}

/** Between being asked to end and being ended. */
const graceMs = 1000;

/** Who ends the demo ends its tests: they are in no group that a terminal's keys reach. Returns how to stop watching. */
function endWithUs(child: ChildProcess): () => void {
  const onExit = () => endGroup(child, 'SIGKILL');
  const onSignal = (signal: NodeJS.Signals) => {
    endGroup(child, 'SIGKILL');
    stop();
    process.kill(process.pid, signal);
  };
  const stop = () => {
    process.off('exit', onExit);
    for (const signal of endings) process.off(signal, onSignal);
  };
  process.on('exit', onExit);
  for (const signal of endings) process.on(signal, onSignal);
  return stop;
}

const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function endGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    if (process.platform === 'win32') spawn('taskkill', ['/pid', `${pid}`, '/t', '/f'], { stdio: 'ignore', windowsHide: true });
    else process.kill(-pid, signal);
  } catch {
    // Nobody is left in it.
  }
}

/** Keeps the beginning and the end, in whole lines. */
function createOutput(most: number) {
  const head: Buffer[] = [];
  const tail: Buffer[] = [];
  const bytes = { all: 0, head: 0, tail: 0 };
  return {
    add(chunk: Buffer) {
      bytes.all += chunk.length;
      const fits = chunk.subarray(0, most / 2 - bytes.head);
      head.push(fits);
      bytes.head += fits.length;
      const rest = chunk.subarray(fits.length);
      tail.push(rest);
      bytes.tail += rest.length;
      while (bytes.tail - tail[0]!.length > most / 2) bytes.tail -= tail.shift()!.length;
    },
    text() {
      const [first, last] = [Buffer.concat(head), Buffer.concat(tail).subarray(-most / 2)].map(String) as [string, string];
      if (bytes.all <= most) return first + last;
      const [above, below] = [first.slice(0, first.lastIndexOf('\n') + 1), last.slice(last.indexOf('\n') + 1)];
      const kept = Buffer.byteLength(above) + Buffer.byteLength(below);
      return `${above}(${sayBytes(bytes.all - kept)} of output not kept)\n${below}`;
    },
  };
}
