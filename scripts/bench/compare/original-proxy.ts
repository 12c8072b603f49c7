/** The Python original's proxy, started as its users start it, in its default mode or its token mode. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programWords, readOutput } from '../place.ts';
import { residentMegabytes } from '../programs/resident-memory.ts';
import { sendByWire } from './by-wire.ts';
import type { Contender } from './contender.ts';
import { originalBytes, originalEnvironment, originalVersion } from './original.ts';
import type { Recorder } from './recorder.ts';

export function originalProxy(mode: 'cache' | 'token', folder: string, missing: string | undefined, recorder: Recorder): Contender {
  return {
    name: `original, proxy${mode === 'token' ? ', token mode' : ''}`,
    short: mode === 'token' ? 'token' : 'proxy',
    version: originalVersion,
    note: 'without its text model, which it fetches at run time; telemetry and rate limit off',
    missing,
    run: async (conversations) => {
      const times: number[] = [];
      for (let start = 1; start < starts; start++) await withProxy(mode, folder, recorder, async ({ started }) => void times.push(started));
      return withProxy(mode, folder, recorder, async ({ base, id, started }) => {
        const run = (more: Readonly<Record<string, string>>) => runAgent({ ...more, ANTHROPIC_BASE_URL: base });
        const { sent, added } = await sendByWire(conversations, recorder, run);
        const middle = [...times, started].sort((one, other) => one - other)[starts >> 1];
        return { sent, added, started: middle, resident: residentMegabytes(id), installed: originalBytes(folder) };
      });
    },
  };
}

const starts = 3;

interface Running {
  readonly base: string;
  readonly id: number;
  /** Milliseconds from its spawn to its first answer. */
  readonly started: number;
}

async function withProxy<T>(mode: string, folder: string, recorder: Recorder, use: (running: Running) => Promise<T>): Promise<T> {
  const home = mkdtempSync(join(tmpdir(), 'headroom-original-'));
  const port = await freePort();
  const began = performance.now();
  // Its limit of 60 requests a minute would only make the run wait.
  const child = spawn(join(folder, 'bin', 'headroom'), ['proxy', '--port', String(port), '--mode', mode, '--no-rate-limit'], {
    env: { ...originalEnvironment(folder, home), ANTHROPIC_TARGET_API_URL: recorder.url },
    stdio: 'ignore',
    cwd: home,
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  try {
    const base = `http://127.0.0.1:${port}`;
    await firstAnswer(base, child);
    return await use({ base, id: child.pid ?? 0, started: performance.now() - began });
  } finally {
    kill();
    await gone;
    process.off('exit', kill);
    rmSync(home, { recursive: true, force: true });
  }
}

/** How long a start may take before it counts as failed. */
const mostStartMs = 120_000;

async function firstAnswer(base: string, child: ChildProcess): Promise<void> {
  const body = JSON.stringify({ model: 'claude-opus-4-6', max_tokens: 9, messages: [{ role: 'user', content: 'hello' }], stream: true });
  const until = performance.now() + mostStartMs;
  while (performance.now() < until) {
    if (child.exitCode !== null) throw new Error(`the original's proxy ended with ${child.exitCode}`);
    const headers = { 'content-type': 'application/json', 'x-api-key': 'bench', 'anthropic-version': '2023-06-01' };
    const reply = await fetch(`${base}/v1/messages`, { method: 'POST', headers, body }).catch(() => undefined);
    if (reply?.ok && (await reply.text()).includes('Done.')) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the original's proxy gave no answer in ${mostStartMs / 1000} s`);
}

function runAgent(environment: Readonly<Record<string, string>>): Promise<string> {
  const program = programWords(new URL('../programs/compare-agent.ts', import.meta.url));
  return readOutput('the agent of the comparison', program, { PATH: process.env.PATH ?? '', ...environment });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
