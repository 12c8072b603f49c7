/** A real server on loopback that keeps what it was sent; how it answers is up to the test. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createSocketServer, type Socket } from 'node:net';

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly request: IncomingMessage;
  /** Whole once the request has been read to its end. */
  body: Buffer;
  /** Resolves when the other side has gone, or the reply is over. */
  readonly closed: Promise<void>;
  readonly response: ServerResponse;
}

export interface LoopbackUpstream {
  readonly url: string;
  readonly port: number;
  /** In the order in which their heads came. */
  readonly requests: readonly Seen[];
  /** The request with that number, as soon as it is there. */
  seen(index: number): Promise<Seen>;
  readonly connections: () => number;
  close(): Promise<void>;
}

/** Answers when the body has come; without an answer of its own, a small Messages reply with usage. */
export type Answer = (seen: Seen) => void;

export async function startUpstream(answer: Answer = answerMessage, tls?: { key: string; cert: string }): Promise<LoopbackUpstream> {
  const requests: Seen[] = [];
  const waiting: { index: number; resolve: (seen: Seen) => void }[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const listener: RequestListener = (request, response) => {
    const closed = new Promise<void>((resolve) => response.once('close', () => resolve()));
    const seen: Seen = { method: request.method ?? '', url: request.url ?? '', request, body: Buffer.alloc(0), closed, response };
    requests.push(seen);
    const chunks: Buffer[] = [];
    request.on('error', () => {}).on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.body = Buffer.concat(chunks);
      answer(seen);
    });
    for (const { index, resolve } of waiting) if (requests[index]) resolve(requests[index]);
  };
  const server = tls ? createSecureServer(tls, listener) : createServer(listener);
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket.on('error', () => {}).on('close', () => sockets.delete(socket)));
  });
  server.on('upgrade', (request, socket: Socket, head) => upgradeEcho(request, socket, head));
  const port = await listen(server);
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    requests,
    seen: (index) => new Promise((resolve) => (requests[index] ? resolve(requests[index]) : waiting.push({ index, resolve }))),
    connections: () => connections,
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      return closed;
    },
  };
}

export const messageReply = JSON.stringify({
  type: 'message',
  model: 'claude-test',
  content: [{ type: 'text', text: 'ok' }],
  usage: { input_tokens: 11, cache_creation_input_tokens: 7, cache_read_input_tokens: 5, output_tokens: 3 },
});

export function answerMessage({ response }: Seen): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(messageReply);
}

/** Switches protocols and sends everything back in capitals; refuses where the path says so. */
function upgradeEcho(request: IncomingMessage, socket: Socket, head: Buffer): void {
  if (request.url?.includes('refuse')) {
    socket.end('HTTP/1.1 426 Upgrade Required\r\nX-Kept: yes\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nnever\r\n0\r\n\r\n');
    return;
  }
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${request.headers.upgrade}\r\nConnection: Upgrade\r\nX-Path: ${request.url}\r\n\r\n${request.url?.includes('greet') ? 'HELLO ' : ''}`,
  );
  const echo = (bytes: Buffer) => socket.write(bytes.toString().toUpperCase());
  if (head.length > 0) echo(head);
  socket.on('data', echo).on('end', () => socket.end());
}

/** A server below HTTP: it keeps what came byte for byte, answers every head with these bytes and then, where `ends`, hangs up. */
export async function startRawUpstream(reply: string | Buffer, ends = false) {
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const server = createSocketServer((socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)).on('error', () => {}));
    let got = '';
    socket.on('data', (bytes) => {
      got += bytes.toString('latin1');
      if (!got.includes('\r\n\r\n')) return;
      received.push(got);
      got = '';
      if (ends) socket.end(reply);
      else socket.write(reply);
    });
  });
  const port = await listen(server);
  const close = () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    return closed;
  };
  return { url: `http://127.0.0.1:${port}`, port, received, close };
}

export function listen(server: { listen(port: number, host: string, then: () => void): unknown; address(): unknown }): Promise<number> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}
