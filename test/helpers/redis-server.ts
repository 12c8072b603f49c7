/** A real Redis on loopback, where Debian's package is installed: ended, put to sleep and filled up by the test. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { expect } from 'vitest';

export const noRedis = spawnSync('redis-server', ['--version']).status === 0 ? undefined : 'skipped: no redis-server';
if (noRedis) console.log(noRedis);

export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly client: Redis;
  signal(signal: NodeJS.Signals): void;
  /** Ends it at once; what it acknowledged stands on its disk. */
  end(): Promise<void>;
  /** Anew on the same port. */
  begin(more?: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export async function startRedis(options: readonly string[] = []): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-redis-'));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const password = options[options.indexOf('--requirepass') + 1];
  const client = new Redis({
    ...{ port, lazyConnect: true, retryStrategy: () => 50, maxRetriesPerRequest: null },
    ...(options.includes('--requirepass') && password ? { password } : {}),
  });
  client.on('error', () => {});
  const begin = async (more: readonly string[] = []) => {
    const fixed = [
      '--port',
      `${port}`,
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'yes',
      '--appendfsync',
      'always',
      '--dir',
      folder,
    ];
    child = spawn('redis-server', [...fixed, ...options, ...more], { stdio: 'ignore' });
    await expect.poll(() => client.ping().catch(String), { timeout: 10_000 }).toBe('PONG');
  };
  const end = async () => {
    const gone = child;
    if (!gone || gone.exitCode !== null || gone.signalCode !== null) return;
    const ended = new Promise((resolve) => gone.once('exit', resolve));
    gone.kill('SIGCONT');
    gone.kill('SIGKILL');
    await ended;
  };
  await begin();
  return {
    ...{ url: `redis://127.0.0.1:${port}`, port, client, begin, end },
    signal: (signal) => void child?.kill(signal),
    close: async () => {
      client.disconnect();
      await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
