/**
 * Where a proxy has big results worked out: a worker thread of its own, started when the first one comes, and ended when there was nothing
 * to do for a while. Whatever happens to it, the proxy works out in place what it did not answer. It never keeps a process from ending.
 */
import { Worker } from 'node:worker_threads';
import type { Elsewhere, ResultInput, Tasks } from '../pipeline/elsewhere.ts';
import { version } from '../version.ts';

/** What the worker is told. */
export interface HeavyTask {
  readonly name: keyof Tasks;
  readonly input: ResultInput;
}

/** What it answers; undefined: the task threw, as it will in place. */
export interface HeavyAnswer {
  readonly value: ReturnType<Tasks[keyof Tasks]> | undefined;
}

export interface HeavyThread {
  readonly elsewhere: Elsewhere;
  /** What is under way is worked out in place, and all that comes. */
  close(): Promise<void>;
}

export interface HeavyThreadOptions {
  /** The bundle has its own file. */
  readonly file?: URL;
  readonly mostIdleMs?: number;
  readonly mostAnswerMs?: number;
}

/** Many times what a result needs. */
const resourceLimits = { maxOldGenerationSizeMb: 1024 };
/** After so many deaths in a row it is not asked for a while: to try each time would only take time. */
const mostDeaths = 3;
const restMs = 60_000;

export function createHeavyThread({
  file = new URL('./heavy-worker.js', import.meta.url),
  mostIdleMs = 60_000,
  mostAnswerMs = 30_000,
}: HeavyThreadOptions = {}): HeavyThread {
  let last: Promise<unknown> = Promise.resolve();
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let deaths = 0;
  let restsUntil = 0;
  let isClosed = false;

  return {
    elsewhere: (name, input) => {
      const answer = last.then(() => ask({ name, input }));
      last = answer;
      // Each task is answered with what it comes to.
      return answer as Promise<never>;
    },
    close: () => {
      isClosed = true;
      return end();
    },
  };

  async function ask(task: HeavyTask): Promise<HeavyAnswer['value']> {
    if (isClosed || performance.now() < restsUntil) return undefined;
    clearTimeout(idle);
    try {
      worker ??= start();
      const answer = await answerOf(worker, task, mostAnswerMs);
      deaths = 0;
      idle = setTimeout(() => void end(), mostIdleMs).unref();
      return answer.value;
    } catch {
      if (++deaths % mostDeaths === 0) restsUntil = performance.now() + restMs;
      // What is late would be taken for the answer to the next task.
      await end();
      return undefined;
    }
  }

  function start(): Worker {
    // What it prints would land in the agent's screen; to read it would keep the process from ending.
    const started = new Worker(file, { name: 'headroom heavy', stdout: true, stderr: true, resourceLimits, workerData: version });
    started.on('error', () => {});
    started.on('exit', () => {
      if (worker === started) worker = undefined;
    });
    started.unref();
    return started;
  }

  async function end(): Promise<void> {
    clearTimeout(idle);
    const ended = worker;
    worker = undefined;
    await ended?.terminate();
  }
}

/** Rejects where there will be none. */
function answerOf(worker: Worker, task: HeavyTask, mostMs: number): Promise<HeavyAnswer> {
  return new Promise<HeavyAnswer>((resolve, reject) => {
    const fail = () => reject(new Error('no answer'));
    const late = setTimeout(fail, mostMs).unref();
    worker.on('message', take).on('messageerror', fail).on('exit', fail);
    worker.postMessage(task);

    function take(answer: HeavyAnswer): void {
      clearTimeout(late);
      worker.off('message', take).off('messageerror', fail).off('exit', fail);
      resolve(answer);
    }
  });
}
