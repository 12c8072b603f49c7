/** The decision store in Redis: a list for each root, to which lines are added in one transaction with the originals that they need. */
import { createHash } from 'node:crypto';
import type { ChainableCommander } from 'ioredis';
import { type DecisionLine, type DecisionStore, type ListPlace, parseDecisionLine, type ReadLines } from '../decisions.ts';
import type { RedisConnection } from './connection.ts';
import type { RedisOriginals } from './redis-originals.ts';

/** Seconds: as long as originals and files are kept. */
const keptFor = 30 * 86_400;

export function openRedisDecisions(connection: RedisConnection, originals: RedisOriginals): DecisionStore {
  const keyOf = (root: string) => `headroom:decisions:${root.slice(0, 32)}`;
  return {
    read: (root, after) =>
      connection.run('read', async (client) => {
        const from = fromOf(after);
        const lines = readOn(await client.lrange(keyOf(root), from, -1), after);
        return lines ?? { ...readAll(await client.lrange(keyOf(root), 0, -1)), isAnother: true };
      }),
    append: async (root, line, after) => {
      const puts = await originals.prepare(namesIn(line));
      return connection.run('write', async (client) => {
        const key = keyOf(root);
        const transaction = puts.reduce((all: ChainableCommander, put) => put(all), client.multi());
        const replies = await transaction.rpush(key, JSON.stringify(line)).expire(key, keptFor).lrange(key, fromOf(after), -1).exec();
        const [length, , texts] = (replies ?? []).slice(-3).map(([error, reply]) => {
          if (error) throw error;
          return reply;
        }) as [number, number, readonly string[]];
        const others = readOn(texts.slice(0, -1), after);
        const place = { at: length, last: numberOf(texts.at(-1) ?? '') };
        return others ? { ...others, place } : { ...readAll(await client.lrange(key, 0, length - 2)), place, isAnother: true };
      });
    },
    whenBack: connection.whenBack,
  };
}

function namesIn({ decided = [] }: DecisionLine): readonly string[] {
  return decided.flatMap(({ original }) => original ?? []);
}

/** The last line that is known is read again: it tells whether this is still the same list. */
function fromOf(after: ListPlace | undefined): number {
  return Math.max(0, (after?.at ?? 0) - 1);
}

/** Undefined where it is another list, or one that lost its end. */
function readOn(texts: readonly string[], after: ListPlace | undefined): ReadLines | undefined {
  if (after === undefined || after.at === 0) return readAll(texts);
  const [known = '', ...rest] = texts;
  if (numberOf(known) !== after.last) return undefined;
  const { lines, place } = readAll(rest);
  const at = (after.at ?? 0) + rest.length;
  return { lines, place: rest.length === 0 ? after : { ...place, at }, isAnother: false };
}

function readAll(texts: readonly string[]): ReadLines {
  const lines = texts.flatMap((text) => parseDecisionLine(text) ?? []);
  return { lines, place: { at: texts.length, last: numberOf(texts.at(-1) ?? '') }, isAnother: false };
}

/** A place holds numbers: what tells a line from all others, as one. */
function numberOf(text: string): number {
  return Number.parseInt(createHash('sha256').update(text).digest('hex').slice(0, 12), 16);
}
