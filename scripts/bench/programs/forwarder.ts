/** Bare forwarding, the least that any proxy in Node does: two pipes and a kept connection, no look at what goes through. Its argument is the upstream. */
import { Agent, createServer, request as startRequest } from 'node:http';
import type { AddressInfo } from 'node:net';

const upstream = new URL(process.argv[2] ?? '');
const agent = new Agent({ keepAlive: true });

const server = createServer((request, response) => {
  const { hostname, port } = upstream;
  const options = {
    hostname,
    port,
    agent,
    method: request.method,
    path: request.url,
    headers: { ...request.headers, host: upstream.host },
  };
  const outgoing = startRequest(options, (reply) => {
    response.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.pipe(response);
  });
  outgoing.setNoDelay(true);
  outgoing.on('error', () => response.destroy());
  request.pipe(outgoing);
});
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.once('disconnect', () => process.exit(0));
