/** What Node leaves to us where a request asks for another protocol: it gives the bare socket and no response. Joining sockets is `relay.ts`. */
import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { pairs } from './headers.ts';

/**
 * Some HTTP clients offer h2c on every request, bodies and all. An offer may be ignored, and so it is: the request goes back to the server
 * without it. Returns false, and does nothing, where another protocol is really wanted.
 */
export function ignoreOffer(server: Server, request: IncomingMessage, socket: Socket, head: Buffer): boolean {
  if (request.headers.upgrade?.trim().toLowerCase() !== 'h2c') return false;
  const offer = new Set(['connection', 'upgrade', 'http2-settings']);
  const options = (request.headers.connection ?? '').split(',').filter((option) => !offer.has(option.trim().toLowerCase()));
  const headers = [...pairs(request.rawHeaders)].filter(([name]) => !offer.has(name.toLowerCase()));
  if (options.length > 0) headers.push(['Connection', options.join(',')]);
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  const text = `${request.method} ${request.url} HTTP/${request.httpVersion}\r\n${lines.join('')}\r\n`;
  socket.unshift(Buffer.concat([Buffer.from(text, 'latin1'), head]));
  server.emit('connection', socket);
  return true;
}

/** A reply that does not switch protocols is an ordinary one all the same. Undefined where the socket still belongs to another reply. */
export function responseOn(request: IncomingMessage, socket: Socket, head: Buffer): ServerResponse | undefined {
  socket.on('error', () => socket.destroy());
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  try {
    response.assignSocket(socket);
  } catch {
    // Sent on the heels of a request whose reply is still under way.
    socket.destroy();
    return undefined;
  }
  response.once('finish', () => socket.destroySoon());
  if (head.length > 0) socket.unshift(head);
  return response;
}

/** Says no to another protocol, so that the agent goes on with plain HTTP at once; returns the status. */
export function refuseUpgrade(response: ServerResponse): number {
  response.writeHead(426, { 'content-type': 'text/plain', upgrade: 'HTTP/1.1', connection: 'close' });
  response.end('Headroom speaks plain HTTP here\n');
  return 426;
}
