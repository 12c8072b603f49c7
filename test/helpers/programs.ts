/** Runs bundled test programs, several at once, and ends them by `kill -9` in the midst of their work. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Bundle } from './bundle.ts';

export interface RunningProgram {
  readonly child: ChildProcess;
  /** Whole lines on stdout so far. */
  lines(): readonly string[];
  /** What stands on stderr when the program is over. */
  readonly ended: Promise<string>;
}

export function startBundled({ file }: Bundle, args: readonly string[]): RunningProgram {
  const child = spawn(process.execPath, [fileURLToPath(file), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk;
  });
  const ended = new Promise<string>((resolve) => {
    child.on('close', () => resolve(errors));
  });
  return { child, lines: () => text.split('\n').slice(0, -1), ended };
}
