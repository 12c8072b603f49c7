/** The Python original's proxy, started as its users start it, in its default mode or its token mode. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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
    missing,
    run: async (conversations) => {
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
      const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      try {
        const base = `http://127.0.0.1:${port}`;
        await firstAnswer(base, child);
        const started = performance.now() - began;
        const { sent, added } = await sendByWire(conversations, recorder, (more) => runAgent({ ...more, ANTHROPIC_BASE_URL: base }));
        return { sent, added, started, resident: residentMegabytes(child.pid ?? 0), installed: originalBytes(folder) };
      } finally {
        kill();
        await gone;
        process.off('exit', kill);
        rmSync(home, { recursive: true, force: true });
      }
    },
  };
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
  const program = fileURLToPath(new URL('../programs/compare-agent.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), program], {
    env: { PATH: process.env.PATH ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('close', (code) => {
      process.off('exit', kill);
      if (code === 0) resolve(Buffer.concat(chunks).toString());
      else reject(new Error(`the agent of the comparison ended with ${code}`));
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
