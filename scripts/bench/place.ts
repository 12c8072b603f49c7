/** A place to measure in: the command built from the sources, a home of its own, a stand-in agent on PATH. For POSIX systems; everything on loopback. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Place {
  /** The built `cli.js`. */
  readonly cli: string;
  /** Path of the stand-in agent. */
  readonly agent: string;
  /** Everything a process here starts with. */
  environment(more?: Readonly<Record<string, string>>): Record<string, string>;
  /** Ends what is still running and removes the folders. */
  close(): void;
}

/** `agent` is a shell script. */
export function createPlace(agent: string): Place {
  const parent = join(root, 'node_modules', '.cache');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'headroom-bench-'));
  const [home, bin, dist] = ['home', 'bin', 'dist'].map((name) => join(folder, name)) as [string, string, string];
  for (const path of [home, bin]) mkdirSync(path);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs'), dist], { stdio: ['ignore', 'ignore', 'inherit'] });
  const path = join(bin, 'claude');
  writeFileSync(path, `#!/bin/sh\n${agent}\n`);
  chmodSync(path, 0o755);
  return {
    cli: join(dist, 'cli.js'),
    agent: path,
    environment: (more = {}) => ({
      PATH: `${bin}:${dirname(process.execPath)}:/usr/bin:/bin`,
      HOME: home,
      TERM: 'xterm-256color',
      HEADROOM_QUIET: '1',
      ...more,
    }),
    close: () => {
      process.off('exit', remove);
      remove();
    },
  };
}

/** The shell's words for a program of ours in programs/. */
export function programCommand(file: URL): string {
  return `exec ${programWords(file)
    .map((word) => `"${word}"`)
    .join(' ')}`;
}

export function programWords(file: URL): readonly [string, ...string[]] {
  return [process.execPath, '--import', import.meta.resolve('tsx'), fileURLToPath(file)];
}

export interface Program {
  readonly child: ChildProcess;
  /** The first line it prints. */
  readonly firstLine: string;
  close(): Promise<void>;
}

/** Starts a program of ours in a process of its own; resolves with its first line of output. */
export async function startProgram(file: URL, ...args: readonly string[]): Promise<Program> {
  const [program, ...words] = programWords(file);
  const child = spawn(program, [...words, ...args], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const close = async () => {
    child.kill();
    await gone;
    process.off('exit', kill);
  };
  const firstLine = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
    child.once('exit', (code) => reject(new Error(`${fileURLToPath(file)} ended with ${code} before it was ready`)));
  });
  return { child, firstLine, close };
}

/** Runs `headroom wrap claude` to its end, as if in a pipe; resolves with what the agent printed. */
export function runWrapped(place: Place, more: Readonly<Record<string, string>>): Promise<string> {
  return readOutput('the wrapped agent', [process.execPath, place.cli, 'wrap', 'claude'], place.environment(more), 'SIGTERM');
}

/** Runs a program to its end; resolves with what it printed, rejects where it fails. `signal` ends it where we end before it. */
export function readOutput(
  name: string,
  [program = '', ...words]: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: NodeJS.Signals = 'SIGKILL',
): Promise<string> {
  const child = spawn(program, words, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = () => child.kill(signal);
  process.once('exit', kill);
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('close', (code) => {
      process.off('exit', kill);
      if (code === 0) resolve(Buffer.concat(chunks).toString());
      else reject(new Error(`${name} ended with ${code}`));
    });
  });
}

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
