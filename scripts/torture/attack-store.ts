/** What `headroom proxy` writes, to the disk and into a Redis that replicas share: results, and none of the secrets that its address, its token and what passes hold. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { noRedis, startRedis } from '../../test/helpers/redis-server.ts';
import { createPlace, programWords } from '../bench/place.ts';
import { answerSecretly } from './attack-disk.ts';
import type { PartOptions } from './part.ts';
import { planted } from './planted.ts';
import { startScriptedUpstream } from './scripted-upstream.ts';
import { look, secretsIn } from './written.ts';

export async function attackStore({ checks }: PartOptions): Promise<void> {
  if (noRedis) return checks.skip('what stands in a Redis', noRedis);
  const upstream = await startScriptedUpstream();
  const redis = await startRedis();
  const place = createPlace('exit 0');
  try {
    await redis.client.acl('SETUSER', 'team', 'on', `>${planted.password}`, '~headroom:*', '+@all');
    answerSecretly(upstream);
    const home = place.environment().HOME ?? '';
    const temporary = join(home, 'tmp');
    mkdirSync(temporary);
    const environment = place.environment({
      TMPDIR: temporary,
      HEADROOM_QUIET: '',
      HEADROOM_TOKEN: planted.token,
      HEADROOM_STORE: redis.url.replace('//', `//team:${planted.password}@`),
    });
    const address = upstream.url.replace('http://', `http://user:${planted.password}@`);
    const args = ['proxy', '--port', '0', '--upstream', address, '--explain', join(home, 'explain.jsonl')];
    const child = spawn(process.execPath, [place.cli, ...args], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (printed += text));
    await once(child.stdout, 'data');
    const base = /ready at (\S+)/.exec(printed)?.[1] ?? '';
    await runAgent(`${base}/${planted.token}`, environment);
    const names = await redis.client.keys('*');
    // Its troubles are told too.
    await redis.end();
    await runAgent(`${base}/${planted.token}`, environment);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
    process.off('exit', kill);

    const all = [...look(home), ...look(redis.folder)];
    const leaks = all.filter(({ holds }) => holds.length > 0).map(({ path, holds }) => `${path}: ${holds.join(', ')}`);
    leaks.push(...secretsIn(printed).map((name) => `what was printed: ${name}`));
    checks.check(
      `headroom proxy with a shared store: none of ${Object.keys(planted).length} planted secrets is in ${all.length} files and folders, Redis's own too, nor in what was printed`,
      leaks.length === 0,
      leaks.join('\n'),
    );
    const missing = ['decisions:', 'original:', 'totals'].filter((kind) => !names.some((name) => name.startsWith(`headroom:${kind}`)));
    checks.check('and what is to stand in Redis does: decisions, an original, sums', missing.length === 0, names.join('\n'));
  } finally {
    place.close();
    await Promise.all([upstream.close(), redis.close()]);
  }
}

/** The same agent as under `headroom wrap`. */
function runAgent(base: string, environment: Readonly<Record<string, string>>): Promise<void> {
  const [program, ...args] = programWords(new URL('./programs/secret-agent.ts', import.meta.url));
  return new Promise((resolve, reject) => {
    execFile(program, args, { env: { ...environment, ANTHROPIC_BASE_URL: base } }, (failed) => (failed ? reject(failed) : resolve()));
  });
}
