/** What decisions kept in a Redis cost a request, beside those in our own folder: two proxies, the same bodies, in turn. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { noRedis, startRedis } from '../../test/helpers/redis-server.ts';
import { createPlace, type Place, startProgram } from './place.ts';
import { createPost } from './programs/post.ts';
import { createSession } from './session.ts';
import { differences, milliseconds, printTable, quantiles } from './statistics.ts';

const rounds = 300;

export async function benchSharedStore(): Promise<void> {
  if (noRedis) return console.log(`\n${noRedis}`);
  const upstream = await startProgram(new URL('./programs/upstream.ts', import.meta.url));
  const redis = await startRedis();
  // As Redis comes: what it acknowledged is on the disk within a second.
  await redis.client.config('SET', 'appendfsync', 'everysec');
  const place = createPlace('exit 0');
  const proxies = [await startProxy(place, upstream.firstLine, 'folder', {})];
  try {
    proxies.push(await startProxy(place, upstream.firstLine, 'shared', { HEADROOM_STORE: redis.url }));
    const rows = [];
    for (const [size, added] of [
      ['100 KB', 4096],
      ['1 MB', 4096],
      ['100 KB', 40_960],
    ] as const)
      rows.push(
        row(
          size,
          added,
          await measure(
            proxies.map(({ base }) => base),
            size === '1 MB' ? 1_000_000 : 100_000,
            added,
          ),
        ),
      );
    printTable(
      `A shared store, ms: from the first byte of a request to the last of its reply, ${rounds} rounds a row. In every round the same body, with one\n` +
        'new result, goes to a `headroom proxy` with its decisions in its own folder and to one with them in a Redis on loopback, in turn.',
      [['body', 'new block', 'folder', 'p95', 'p99', 'redis', 'p95', 'p99', 'added p50', 'p95', 'p99', 'times'], ...rows],
    );
  } finally {
    for (const { close } of proxies) await close();
    place.close();
    await Promise.all([upstream.close(), redis.close()]);
  }
}

/** Times by proxy. A conversation that has grown by a tenth begins anew: as long as it is, it stays. */
async function measure(bases: readonly string[], bytes: number, added: number): Promise<readonly (readonly number[])[]> {
  const posts = bases.map(createPost);
  const times = bases.map((): number[] => []);
  const most = Math.max(8, Math.ceil((bytes * 0.1) / added));
  for (let round = 0, seed = bytes + added; round < rounds; seed++) {
    const session = createSession(seed, bytes, Math.ceil(bytes / 5000));
    // Met with history it is left whole, once.
    for (const post of posts) await post(session.body());
    for (let turn = 0; turn < most && round < rounds; turn++, round++) {
      session.addCall(added);
      const body = session.body();
      const order = round % 2 === 0 ? [0, 1] : [1, 0];
      for (const at of order) times[at]!.push((await posts[at]!(body)).last);
    }
  }
  return times;
}

function row(size: string, added: number, [folder = [], shared = []]: readonly (readonly number[])[]): string[] {
  const ratio = quantiles(shared).p50 / quantiles(folder).p50;
  const all = [folder, shared, differences(folder, shared)].flatMap((values) => milliseconds(quantiles(values)));
  return [size, `${added / 1024} KB`, ...all, ratio.toFixed(2)];
}

async function startProxy(place: Place, upstream: string, name: string, environment: Readonly<Record<string, string>>) {
  const home = join(place.environment().HOME ?? '', name);
  mkdirSync(home);
  const child = spawn(process.execPath, [place.cli, 'proxy', '--port', '0', '--upstream', upstream], {
    env: place.environment({ HOME: home, ...environment }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    base: /http:\S+/.exec(line.toString())?.[0] ?? '',
    close: async () => {
      child.kill();
      await once(child, 'exit');
      process.off('exit', kill);
    },
  };
}
