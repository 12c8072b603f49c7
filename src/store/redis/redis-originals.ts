/** Originals in Redis, by the name that they have in our own folder: the whole hash, then the bytes. Each is kept for 30 days after its last use. */
import { createHash } from 'node:crypto';
import type { ChainableCommander } from 'ioredis';
import { Failure } from '../../errors.ts';
import { findOriginal, openOriginals } from '../originals.ts';
import { OwnError, type RedisConnection } from './connection.ts';

type Put = (transaction: ChainableCommander) => ChainableCommander;

export interface RedisOriginals {
  /** What puts those of these there that stand in our folder. Rejects where another text has the name. */
  prepare(names: readonly string[]): Promise<readonly Put[]>;
  share(names: readonly string[]): Promise<void>;
  bring(name: string): Promise<void>;
}

const seconds = 30 * 86_400;
const hashLength = 64;
/** Names that wait; beyond them the oldest is had from our own folder alone. */
const mostWaiting = 10_000;

export function openRedisOriginals(connection: RedisConnection, folder: string): RedisOriginals {
  const waiting = new Set<string>();
  const own = openOriginals(folder);
  const prepare = async (names: readonly string[]): Promise<readonly Put[]> =>
    (await Promise.all([...new Set(names)].map(preparePut))).flatMap((put) => put ?? []);
  const preparePut = async (name: string): Promise<Put | undefined> => {
    const found = findOriginal(folder, name);
    if (found.state !== 'found') return undefined;
    const hash = hashOf(found.bytes);
    const there = await connection.run('write', (client) => client.getrange(keyOf(name), 0, hashLength - 1));
    if (there !== '' && there !== hash) throw new OwnError('another original has the same name');
    const value = Buffer.concat([Buffer.from(hash), found.bytes]);
    return (all) => (there === '' ? all.set(keyOf(name), value, 'EX', seconds) : all.expire(keyOf(name), seconds));
  };
  const share = async (names: readonly string[]): Promise<void> => {
    for (const name of names) {
      try {
        const puts = await prepare([name]);
        await connection.run('write', async (client) => {
          const replies = await puts.reduce((all: ChainableCommander, put) => put(all), client.multi()).exec();
          for (const [error] of replies ?? []) if (error) throw error;
        });
        waiting.delete(name);
      } catch (thrown) {
        if (thrown instanceof OwnError) continue;
        waiting.add(name);
        if (waiting.size > mostWaiting) for (const oldest of [...waiting].slice(0, 1)) waiting.delete(oldest);
      }
    }
  };
  connection.whenBack(() => void share([...waiting]));
  return {
    prepare,
    share,
    bring: async (name) => {
      if (findOriginal(folder, name).state === 'found') return;
      const value = await connection
        .run('read', (client) => client.getBuffer(keyOf(name)))
        .catch(() => {
          throw new Failure('store-away', 'The store of the originals does not answer', 'Ask again in a while.');
        });
      const bytes = value?.subarray(hashLength);
      // What was damaged on its way is not kept under its name.
      if (value && bytes && hashOf(bytes) === value.toString('latin1', 0, hashLength)) own.keep(bytes.toString());
    },
  };
}

function keyOf(name: string): string {
  return `headroom:original:${name}`;
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
