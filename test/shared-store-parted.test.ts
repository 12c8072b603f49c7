/** A replica that is cut off from the Redis which the others still have: what it decided alone costs a cache once there and once back, and no more. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { partsOf, spell } from './helpers/cache-agents.ts';
import { resultsIn } from './helpers/loopback-bodies.ts';
import { send } from './helpers/loopback-client.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { startUpstream } from './helpers/loopback-upstream.ts';
import { createProviderCache } from './helpers/provider-cache.ts';
import { noRedis, startRedis } from './helpers/redis-server.ts';
import { beginAgent, noteIn, type Replica, readLog, startReplica } from './helpers/replicas.ts';

const kept = closesAfterEach();
const patience = { timeout: 10_000 };

test.skipIf(noRedis)(
  'a replica that missed what the others decided costs a cache once for each time that it is asked instead of them',
  { timeout: 120_000 },
  async () => {
    const redis = await kept(startRedis());
    const cable = await kept(startCable(redis.port));
    const upstream = await kept(startUpstream());
    const start = (port: number) => kept(startReplica(['--upstream', upstream.url], { HEADROOM_STORE: `redis://127.0.0.1:${port}` }));
    const [one, two] = [await start(cable.port), await start(redis.port)];
    const provider = createProviderCache();
    const agent = beginAgent('parted');
    let requests = 0;
    /** Gives what went upstream, and whether somebody broke the provider's cache. */
    const ask = async (replica: Replica) => {
      readLog(agent, ++requests);
      const body = spell(agent, requests);
      expect((await send(`${replica.base}/v1/messages`, { method: 'POST', body })).status).toBe(200);
      const sent = upstream.requests.at(-1)!.body;
      const { avoidable } = provider.serve({ model: agent.model, parts: partsOf(body, sent.toString(), 'none') }, requests);
      return { notes: resultsIn(sent).map(noteIn), isBroken: avoidable > 0 };
    };
    const well = (status: string) => expect.poll(async () => (await one.get('/readyz')).value.status, patience).toBe(status);
    await send(`${one.base}/v1/messages`, { method: 'POST', body: spell(agent, 0) });
    for (const replica of [one, two, one]) expect((await ask(replica)).isBroken).toBe(false);

    cable.cut();
    await well('degraded');
    const parted = [];
    for (const replica of [one, one, two, two, one, one, two, two]) parted.push(await ask(replica));
    // What both could not know of each other costs once for each change, and nothing where the conversation stays.
    expect(parted.map(({ isBroken }) => isBroken)).toEqual([false, false, true, false, true, false, true, false]);
    expect(parted[1]!.notes.slice(-2)).toEqual([undefined, undefined]);
    expect(parted[3]!.notes.slice(-2)).not.toContain(undefined);

    await cable.mend();
    await well('healthy');
    const after = [];
    for (const replica of [two, one, one, two, one]) after.push(await ask(replica));
    expect(after.map(({ isBroken }) => isBroken)).toEqual([false, false, false, false, false]);
    for (const { notes } of after) expect(after.at(-1)!.notes.slice(0, notes.length)).toEqual(notes);
  },
);

/** A way to a port of this machine that can be cut. */
async function startCable(to: number) {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    return socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  };
  const listen = async (port: number): Promise<Server> => {
    const server = createServer((socket) => {
      const other = keep(connect(to, '127.0.0.1'));
      keep(socket).pipe(other).pipe(socket);
      socket.on('close', () => other.destroy());
      other.on('close', () => socket.destroy());
    }).listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  };
  let server = await listen(0);
  const { port } = server.address() as AddressInfo;
  const cut = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return {
    port,
    cut,
    mend: async () => {
      server = await listen(port);
    },
    close: async () => cut(),
  };
}
