/** A worker thread's entry: works out what is heavy about big results, one task after the other. It reads and writes nothing. */
import { parentPort, workerData } from 'node:worker_threads';
import { createTasks } from '../pipeline/elsewhere.ts';
import { loadCounter } from '../tokens/count.ts';
import { version } from '../version.ts';
import type { HeavyAnswer, HeavyTask } from './heavy-thread.ts';

const port = parentPort;
if (!port) throw new Error('this file is the entry of a worker thread');
// Another version was installed since: what it comes to may be another text.
if (workerData !== version) process.exit(1);
const tasks = createTasks(await loadCounter());
port.on('message', ({ name, input }: HeavyTask) => port.postMessage(answer(name, input)));

function answer(name: HeavyTask['name'], input: HeavyTask['input']): HeavyAnswer {
  try {
    return { value: tasks[name](input) };
  } catch {
    return { value: undefined };
  }
}
