/** Everything that is ever asked of Redis, once and together, on keys that go by themselves: where one of it may not be, nothing is relied on. */
import type { Redis } from 'ioredis';

/** Seconds. */
const keptFor = 60;
const [text, list, sums, mark] = ['text', 'list', 'sums', 'mark'].map((name) => `headroom:asked:${name}`) as [
  string,
  string,
  string,
  string,
];

const script = `
redis.call('SET', KEYS[2], '1', 'NX', 'EX', ARGV[1])
redis.call('HSET', KEYS[1], 'asked', '1')
redis.call('HGET', KEYS[1], 'asked')
return redis.call('HINCRBYFLOAT', KEYS[1], 'asked', '1')`;

/** Writes, for a server may answer and yet take nothing. Rejects with what Redis says. */
export async function tryAll(client: Redis): Promise<void> {
  const replies = await client
    .multi()
    .set(text, '1', 'EX', keptFor)
    .get(text)
    .getrange(text, 0, 0)
    .rpush(list, '1')
    .expire(list, keptFor)
    .lrange(list, -1, -1)
    .eval(script, 2, sums, mark, keptFor)
    .expire(sums, keptFor)
    .hgetall(sums)
    .exec();
  for (const [error] of replies ?? []) if (error) throw error;
}
