/** A real Redis on loopback, where Debian's package is installed: ended, put to sleep and filled up by the test. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

export const noRedis = spawnSync('redis-server', ['--version']).status === 0 ? undefined : 'skipped: no redis-server';
/** One that was built without TLS does not know the option. With neither port every one ends at once. */
export const noRedisTls =
  noRedis ??
  (/Bad directive/.test(String(spawnSync('redis-server', ['--port', '0', '--tls-port', '0']).stderr))
    ? 'skipped: redis-server was built without TLS'
    : undefined);
if (noRedisTls) console.log(noRedisTls);

export interface RedisServer {
  /** Without what opens it. */
  readonly url: string;
  readonly port: number;
  /** What it acknowledged stands in it. */
  readonly folder: string;
  readonly client: Redis;
  signal(signal: NodeJS.Signals): void;
  /** Ends it at once; what it acknowledged stands on its disk. */
  end(): Promise<void>;
  /** Anew on the same port. */
  begin(more?: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Files in PEM, by which it speaks TLS and nothing else. */
export interface RedisTls {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

export async function startRedis(options: readonly string[] = [], tls?: RedisTls): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-redis-'));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const password = options[options.indexOf('--requirepass') + 1];
  const client = new Redis({
    ...{ port, lazyConnect: true, retryStrategy: () => 50, maxRetriesPerRequest: null },
    ...(options.includes('--requirepass') && password ? { password } : {}),
    // The test's own connection gets in whatever is wrong with the certificate.
    ...(tls ? { tls: { rejectUnauthorized: false, cert: readFileSync(tls.certificate), key: readFileSync(tls.key) } } : {}),
  });
  client.on('error', () => {});
  const begin = async (more: readonly string[] = []) => {
    const fixed = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'yes', '--appendfsync', 'always', '--dir', folder];
    const files = tls ? ['--tls-ca-cert-file', tls.authority, '--tls-cert-file', tls.certificate, '--tls-key-file', tls.key] : [];
    const ports = tls ? ['--port', '0', '--tls-port', `${port}`, '--tls-auth-clients', 'no'] : ['--port', `${port}`];
    child = spawn('redis-server', [...ports, ...files, ...fixed, ...options, ...more], { stdio: 'ignore' });
    for (const last = performance.now() + 10_000; (await client.ping().catch(String)) !== 'PONG'; ) {
      if (performance.now() > last) throw new Error('redis-server does not answer');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
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
    ...{ url: `${tls ? 'rediss' : 'redis'}://127.0.0.1:${port}`, port, folder, client, begin, end },
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
