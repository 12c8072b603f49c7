/**
 * One worker thread, from its start to its end. It starts before anybody knows what it will serve, and waits to be told: to load it takes
 * as long as all that the main thread has to do before the agent starts.
 */
import { Worker } from 'node:worker_threads';
import { Failure, messageOf } from '../errors.ts';
import type { ProxySettings } from '../proxy/records.ts';
import type { MainMessage, WorkerMessage } from './worker-run.ts';

export interface WaitingWorker {
  /** Once. Nothing is told to anybody before. */
  run(settings: ProxySettings, onMessage: (message: WorkerMessage) => void): RunningWorker;
  /** For one that nobody needs. */
  drop(): void;
}

export interface RunningWorker {
  /** The port; rejects with a `Failure` where the worker ends before it listens. */
  readonly listening: Promise<number>;
  /** Why the worker ended. */
  readonly ended: Promise<string>;
  close(): Promise<void>;
}

/** Many times what sessions need: a leak ends the worker, which is replaced, and not the machine. */
const resourceLimits = { maxOldGenerationSizeMb: 1024 };
/** A worker that does not end by itself is ended. */
const mostClosingMs = 2000;

let ahead: WaitingWorker | undefined;

/** By the first instruction of a launch: the worker loads while the main thread does. */
export function startWorkerAhead(): void {
  ahead = startWorker();
}

/** The one that was started ahead, from now on the caller's. */
export function takeWorkerAhead(): WaitingWorker | undefined {
  const taken = ahead;
  ahead = undefined;
  return taken;
}

/** The bundle has its own file. */
export function startWorker(file: URL = new URL('./proxy-worker.js', import.meta.url)): WaitingWorker {
  // What it prints would land in the agent's screen.
  const worker = new Worker(file, { name: 'headroom proxy', stdout: true, stderr: true, resourceLimits });
  worker.stdout.resume();
  worker.stderr.resume();
  const tell = (message: MainMessage) => worker.postMessage(message);
  let listen: (message: WorkerMessage) => void = () => {};
  let failure = new Failure('proxy-start', 'The proxy did not start.');
  let reason: string | undefined;
  const ended = new Promise<string>((resolve) => {
    worker.on('error', (thrown) => {
      reason = messageOf(thrown);
    });
    worker.on('exit', (code) => resolve(reason ?? `the worker ended with code ${code}`));
  });
  const listening = new Promise<number>((resolve, reject) => {
    worker.on('message', (message: WorkerMessage) => {
      if (message.type === 'listening') resolve(message.port);
      if (message.type === 'failed') {
        failure = new Failure(message.code, message.message, message.hint);
        reason = message.message;
      }
      listen(message);
    });
    worker.once('exit', () => reject(reason === undefined || reason === failure.message ? failure : new Failure('proxy-start', reason)));
  });
  // Nobody may be waiting yet, or ever.
  listening.catch(() => {});
  const close = async () => {
    tell({ type: 'close' });
    const late = setTimeout(() => void worker.terminate(), mostClosingMs);
    await ended;
    clearTimeout(late);
  };
  return {
    run: (settings, onMessage) => {
      listen = onMessage;
      tell({ type: 'run', settings });
      return { listening, ended, close };
    },
    drop: () => void worker.terminate(),
  };
}
