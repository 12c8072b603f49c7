/** A corporate proxy on loopback: CONNECT only, with or without a password, over TCP or TLS. */
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { listen } from './loopback-upstream.ts';

export interface ConnectProxy {
  readonly port: number;
  /** Hosts and ports that were asked for, in order. */
  readonly asked: readonly string[];
  readonly headers: readonly IncomingMessage['headers'][];
  /** Connections that are open now, to it and from it. */
  connections(): number;
  close(): Promise<void>;
}

/** `answers` is the status line's rest; an empty one keeps whoever asks waiting for ever. `hosts`: names that it alone knows. */
export async function startConnectProxy(
  answers = '200 OK',
  tls?: { key: string; cert: string },
  hosts: Readonly<Record<string, string>> = {},
): Promise<ConnectProxy> {
  const asked: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => sockets.add(socket.on('error', () => {}).on('close', () => sockets.delete(socket)));
  const server = tls ? createSecureServer(tls) : createServer();
  server.on('connection', keep);
  server.on('connect', (request, socket: Socket) => {
    asked.push(request.url ?? '');
    headers.push(request.headers);
    if (answers === '') return void socket.on('end', () => socket.destroy()).resume();
    if (!answers.startsWith('200')) return void socket.end(`HTTP/1.1 ${answers}\r\nContent-Length: 4\r\n\r\npage`);
    const [host = '', port] = (request.url ?? '').split(':');
    const upstream = connect(Number(port), hosts[host] ?? host);
    keep(upstream);
    upstream.once('connect', () => {
      socket.write(`HTTP/1.1 ${answers}\r\n\r\n`);
      socket.pipe(upstream).pipe(socket);
    });
    upstream.on('close', () => socket.destroy());
    socket.on('error', () => {}).on('close', () => upstream.destroy());
  });
  const port = await listen(server);
  const close = () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    return closed;
  };
  return { port, asked, headers, connections: () => sockets.size, close };
}
