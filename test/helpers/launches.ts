/** A machine of one's own for a launch: a home, a project, a PATH with a stand-in agent, and the built command run in them. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { inject } from 'vitest';
import { programPath } from './launcher-bundle.ts';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the stand-in agent said of its start. */
interface Report {
  readonly args: readonly string[];
  /** As its settings files left it, and as it was given. */
  readonly environment: Readonly<Record<string, string>>;
  readonly processEnvironment: Readonly<Record<string, string>>;
  readonly settings: { readonly path: string; readonly mode: number; readonly text: string } | undefined;
  readonly baseUrl: string;
  readonly pid: number;
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export interface Machine {
  readonly root: string;
  readonly home: string;
  readonly project: string;
  /** First on PATH; holds `claude`. */
  readonly bin: string;
  /** Our folder for launches. */
  readonly launches: string;
  readonly cli: string;
  readonly reportFile: string;
  report(): Report;
  hasReport(): boolean;
  /** Everything a process on this machine starts with. */
  environment(extra?: Record<string, string>): Record<string, string>;
  start(args: readonly string[], extra?: Record<string, string>): Running;
  run(args: readonly string[], extra?: Record<string, string>): Promise<Ended>;
  /** A program on this machine's PATH, without us. */
  startProgram(name: string, args: readonly string[], extra?: Record<string, string>): Running;
  /** Writes a file below the root. */
  write(path: string, text: string): string;
  /** Every file and folder below the home with its mode and content, but for our own cache. */
  homeState(): Readonly<Record<string, string>>;
  /** With whatever still runs on it. */
  remove(): void;
}

export function createMachine(): Machine {
  const root = mkdtempSync(join(tmpdir(), 'headroom machine '));
  const [home, project, bin] = ['home', 'project', 'bin'].map((name) => join(root, name)) as [string, string, string];
  for (const folder of [home, project, bin]) mkdirSync(folder);
  const cli = join(inject('dist'), 'cli.js');
  const reportFile = join(root, 'report.json');
  placeProgram(join(bin, 'claude'), `exec "${process.execPath}" "${programPath('stand-in-claude.mjs')}" "$@"`);

  const environment = (extra: Record<string, string> = {}) => ({
    PATH: `${bin}:${dirname(process.execPath)}:/usr/bin:/bin`,
    HOME: home,
    TERM: 'xterm-256color',
    STAND_IN_REPORT: reportFile,
    ...extra,
  });
  const startProgram = (program: string, args: readonly string[], extra?: Record<string, string>): Running => {
    const child = spawn(program, args, { cwd: project, env: environment(extra), stdio: ['ignore', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    const ended = new Promise<Ended>((resolve) => {
      child.on('close', (code, signal) =>
        resolve({ code, signal, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(errors).toString() }),
      );
    });
    return { child, ended };
  };
  const start = (args: readonly string[], extra?: Record<string, string>) => startProgram(process.execPath, [cli, ...args], extra);
  return {
    root,
    home,
    project,
    bin,
    launches: join(home, '.cache', 'headroom', 'launches'),
    cli,
    reportFile,
    report: () => JSON.parse(readFileSync(reportFile, 'utf8')) as Report,
    hasReport: () => existsSync(reportFile),
    environment,
    start,
    run: (args, extra) => start(args, extra).ended,
    startProgram: (name, args, extra) => startProgram(join(bin, name), args, extra),
    write: (path, text) => {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      return file;
    },
    homeState: () => stateOf(home, join(home, '.cache', 'headroom')),
    remove: () => {
      for (const pid of processesOf(root)) endAtOnce(pid);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

/** A program that the shell runs. */
export function placeProgram(path: string, script: string): void {
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

/** Waits for a condition, a minute at most. */
export async function until(condition: () => boolean): Promise<void> {
  const last = Date.now() + 60_000;
  while (!condition()) {
    if (Date.now() > last) throw new Error(`never came true: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Moments from before a launch's first line to long after its agent runs, on this machine as it is loaded now, in no order. */
export async function spreadMoments(machine: Machine, count: number): Promise<readonly number[]> {
  const start = Date.now();
  const { child, ended } = machine.start(['wrap', '--quiet', 'claude'], { STAND_IN: 'wait', ANTHROPIC_BASE_URL: 'http://127.0.0.1:9' });
  await until(machine.hasReport);
  const span = (Date.now() - start) * 3;
  child.kill('SIGTERM');
  await ended;
  rmSync(machine.reportFile);
  return Array.from({ length: count }, (_, n) => (((n * 7) % count) * span) / count);
}

/** Whether a process with this number is there. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Every process that was started with this folder in its environment, as /proc tells. */
export function processesOf(root: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`=${root}/`);
      } catch {
        return false;
      }
    })
    .map(Number);
}

function endAtOnce(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** Command line, parents, signals and open files of a process, for a message. */
export function describeProcess(pid: number): string {
  const files = readdirSync(`/proc/${pid}/fd`).map((name) => `${name}=${readlinkSync(`/proc/${pid}/fd/${name}`)}`);
  const status = readFileSync(`/proc/${pid}/status`, 'latin1').match(/^(?:State|PPid|Sig\w+|ShdPnd):.*$/gm) ?? [];
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1').slice(0, 80);
  return [readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' '), stat, ...status, ...files].join('\n');
}

function stateOf(folder: string, except: string): Record<string, string> {
  const state: Record<string, string> = {};
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (path === except || path.startsWith(`${except}/`) || path === dirname(except)) continue;
    state[relative(folder, path)] = `${statSync(path).mode.toString(8)} ${entry.isFile() ? readFileSync(path, 'latin1') : ''}`;
  }
  return state;
}
