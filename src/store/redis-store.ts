/** The shared store in Redis: decisions, originals and sums. Loaded by those who want one, for its client weighs 400 KB. */
import { type ConnectionOptions, connectRedis } from './redis/connection.ts';
import { openRedisDecisions } from './redis/redis-decisions.ts';
import { openRedisOriginals } from './redis/redis-originals.ts';
import { addTotals, readTotals } from './redis/redis-totals.ts';
import type { SharedStore } from './shared-store.ts';

/** `originals`: our own folder of them. Resolves within two seconds, also where nothing answers: then it goes on trying. */
export async function openRedisStore(url: string, originals: string, options: ConnectionOptions): Promise<SharedStore> {
  const connection = await connectRedis(url, options);
  const kept = openRedisOriginals(connection, originals);
  return {
    decisions: openRedisDecisions(connection, kept),
    state: connection.state,
    share: kept.share,
    bring: kept.bring,
    addTotals: (id, totals) => addTotals(connection, id, totals),
    readTotals: () => readTotals(connection),
    close: connection.close,
  };
}
