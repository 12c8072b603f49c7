/** Sums of all replicas in Redis: one number for each figure. What is added is added once, however often it had to be asked. */
import type { Totals } from '../shared-store.ts';
import type { RedisConnection } from './connection.ts';

const key = 'headroom:totals';
/** Seconds for which an addition is known to have been made; who asks again does so within a second. */
const rememberedFor = 86_400;

/** In one go, so that it is done whole or not at all. */
const add = `
if not redis.call('SET', KEYS[2], '1', 'NX', 'EX', ARGV[1]) then return 0 end
for i = 2, #ARGV, 2 do
  local name, value = ARGV[i], tonumber(ARGV[i + 1])
  local bound = string.match(name, '^%a+%.(%a+)$')
  if bound == 'least' or bound == 'most' then
    local known = tonumber(redis.call('HGET', KEYS[1], name))
    if not known or (bound == 'least' and value < known) or (bound == 'most' and value > known) then
      redis.call('HSET', KEYS[1], name, ARGV[i + 1])
    end
  else
    redis.call('HINCRBYFLOAT', KEYS[1], name, ARGV[i + 1])
  end
end
return 1`;

export async function addTotals(connection: RedisConnection, id: string, totals: Totals): Promise<void> {
  const words = Object.entries(totals).flatMap(([name, value]) => [name, String(value)]);
  await connection.run('write', (client) => client.eval(add, 2, key, `headroom:added:${id}`, rememberedFor, ...words));
}

export async function readTotals(connection: RedisConnection): Promise<Totals> {
  const all = await connection.run('read', (client) => client.hgetall(key));
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, Number(value)]));
}
