/** Back-pressure: an agent that does not read holds upstream back, an upstream that does not read holds the agent back, and our memory stays as it is. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request as startRequest } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import { listen } from '../../test/helpers/loopback-upstream.ts';
import { type PartOptions, pause } from './part.ts';
import type { ProxyProcess } from './proxy-process.ts';

const megabyte = 1024 * 1024;
/** What may lie in the buffers of sockets and streams on the way. */
const mostUnderWay = 64;

export async function pushAgainst({ proxy }: { readonly proxy: ProxyProcess }, { checks, isQuick }: PartOptions): Promise<void> {
  const megabytes = isQuick ? 300 : 1000;
  const before = (await proxy.health(true)).megabytes;

  const down = await slowAgent(proxy, megabytes);
  checks.check(
    `an agent that does not read: of ${megabytes} MB upstream got rid of ${down.underWay.toFixed(0)}, and our memory grew by ${(down.grown - before).toFixed(0)} MB`,
    down.underWay < mostUnderWay && down.grown - before < mostUnderWay,
  );
  checks.equal('and then reads: all of it comes', String(down.bytes), String(megabytes * megabyte));

  const up = await slowUpstream(proxy, megabytes);
  checks.check(
    `an upstream that does not read: of ${megabytes} MB the agent got rid of ${up.underWay.toFixed(0)}, and our memory grew by ${(up.grown - before).toFixed(0)} MB`,
    up.underWay < mostUnderWay && up.grown - before < mostUnderWay,
  );
  checks.equal('and then reads: all of it comes', String(up.bytes), String(megabytes * megabyte));
}

interface Pushed {
  /** MB that were out when nothing moved any more. */
  readonly underWay: number;
  /** MB that the proxy held then. */
  readonly grown: number;
  readonly bytes: number;
}

async function slowAgent(proxy: ProxyProcess, megabytes: number): Promise<Pushed> {
  const block = Buffer.alloc(megabyte, 'x');
  let written = 0;
  const server = createServer((_request, response) => {
    const push = () => {
      while (written < megabytes) {
        written++;
        if (!response.write(block)) return void response.once('drain', push);
      }
      response.end();
    };
    push();
  });
  const { address } = await proxy.start(`http://127.0.0.1:${await listen(server)}`);
  const request = startRequest(`${address}/v1/messages`, { method: 'POST', agent: false }).end('{}');
  const [reply] = (await once(request, 'response')) as [IncomingMessage];
  reply.pause();
  const underWay = await standstill(() => written);
  const grown = (await proxy.health()).megabytes;
  let bytes = 0;
  for await (const chunk of reply) bytes += (chunk as Buffer).length;
  server.close();
  server.closeAllConnections();
  return { underWay, grown, bytes };
}

async function slowUpstream(proxy: ProxyProcess, megabytes: number): Promise<Pushed> {
  let bytes = 0;
  let resume = () => {};
  const server = createSocketServer((socket) => {
    socket.on('error', () => {}).pause();
    resume = () => socket.resume();
    let head = '';
    socket.on('data', (chunk) => {
      // The first bytes hold the head; what follows is counted without its framing by the length that we sent.
      if (!head.includes('\r\n\r\n')) head += chunk.toString('latin1', 0, 4096);
      bytes += chunk.length;
      if (bytes >= megabytes * megabyte + head.indexOf('\r\n\r\n') + 4) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    });
  });
  const { address } = await proxy.start(`http://127.0.0.1:${await listen(server)}`);
  // No protocol knows the path, so that nothing has to be read before it goes on.
  const request = startRequest(`${address}/v1/files`, {
    method: 'POST',
    agent: false,
    headers: { 'content-length': megabytes * megabyte },
  });
  request.on('error', () => {});
  const block = Buffer.alloc(megabyte, 'x');
  let written = 0;
  const push = () => {
    while (written < megabytes) {
      written++;
      if (!request.write(block)) return void request.once('drain', push);
    }
    request.end();
  };
  push();
  const underWay = await standstill(() => written);
  const grown = (await proxy.health()).megabytes;
  resume();
  // It answers when all of it has come.
  const [reply] = (await once(request, 'response')) as [IncomingMessage];
  reply.resume();
  server.close();
  return { underWay, grown, bytes: reply.statusCode === 200 ? written * megabyte : 0 };
}

/** The value when it has not moved for half a second. */
async function standstill(value: () => number): Promise<number> {
  for (let before = -1; before !== value(); await pause(500)) before = value();
  return value();
}
