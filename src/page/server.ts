/**
 * Serves the page: on loopback only, to those alone who know its secret path, and nothing but its own files and figures. Nothing can be
 * changed through it. What the figures are is the matter of whoever starts it.
 */
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Failure, messageOf } from '../errors.ts';
import { admit } from '../proxy/admission.ts';
import type { PageComparison, PageData, PageOriginals, PageSent } from './data.ts';

/** The page's own files, as the build made them. */
export interface PageFiles {
  readonly document: string;
  readonly script: string;
  readonly style: string;
}

export interface PageParts {
  readonly files: PageFiles;
  readonly readData: () => Promise<PageData>;
  readonly readOriginals: () => Promise<PageOriginals>;
  /** `name`: 16 hex digits. Undefined where there is no such original, or none that can be trusted. */
  readonly compareOriginal: (name: string) => Promise<PageComparison | undefined>;
  /** `key`: 16 hex digits, and tokens after, of a result in the ledger. Undefined where what it became is not kept. */
  readonly readSent: (key: string, after: number) => Promise<PageSent | undefined>;
}

export interface RunningPage {
  /** `http://127.0.0.1:PORT/SECRET/`; whoever knows it reads all that the page shows. */
  readonly address: string;
  /** Ends what is in flight and frees the port. */
  close(): Promise<void>;
}

/** `port` 0: any free one. A `Failure` where it cannot be had. */
export async function startPage(port: number, parts: PageParts): Promise<RunningPage> {
  const secret = randomBytes(16).toString('hex');
  const sockets = new Set<Socket>();
  let ownPort = port;
  const server = createServer((request, response) => {
    response.on('error', () => {});
    serve(request, response, { secret, port: ownPort, parts }).catch((thrown: unknown) => {
      if (response.headersSent) response.destroy();
      else send(response, 500, 'text/plain', `${messageOf(thrown)}\n`);
    });
  });
  server.on('connection', (socket) => sockets.add(socket.on('close', () => sockets.delete(socket))));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(unlistenable(port, error))).listen({ port, host: '127.0.0.1', exclusive: true }, resolve);
  });
  ownPort = (server.address() as AddressInfo).port;
  return {
    address: `http://127.0.0.1:${ownPort}/${secret}/`,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

interface Door {
  readonly secret: string;
  readonly port: number;
  readonly parts: PageParts;
}

async function serve(request: IncomingMessage, response: ServerResponse, { secret, port, parts }: Door): Promise<void> {
  const { isAdmitted, target } = admit(request, secret, port);
  const path = target.split('?', 1)[0] ?? '';
  const [, name] = /^\/originals\/([0-9a-f]{16})\.json$/.exec(path) ?? [];
  const [, key, after] = /^\/sent\/([0-9a-f]{16})-(\d{1,9})\.json$/.exec(path) ?? [];
  const { files, readData, readOriginals, compareOriginal, readSent } = parts;
  // No detail: whoever asks without the secret learns nothing.
  if (!isAdmitted || isForeign(request)) send(response, 403, 'text/plain', 'Forbidden\n');
  else if (request.method !== 'GET') send(response, 405, 'text/plain', 'Only GET\n', { allow: 'GET' });
  // Without the slash at its end the page's own files would be looked for beside the secret.
  else if (!request.url?.startsWith(`/${secret}/`)) send(response, 308, 'text/plain', '', { location: `/${secret}/` });
  else if (path === '/') send(response, 200, 'text/html', files.document);
  else if (path === '/page.js') send(response, 200, 'text/javascript', files.script);
  else if (path === '/page.css') send(response, 200, 'text/css', files.style);
  else if (path === '/data.json') sendJson(request, response, await readData());
  else if (path === '/originals.json') sendJson(request, response, await readOriginals());
  else if (name !== undefined) sendJson(request, response, await compareOriginal(name));
  else if (key !== undefined) sendJson(request, response, await readSent(key, Number(after)));
  else send(response, 404, 'text/plain', 'Not found\n');
}

/** Another page may lead here, and may not fetch or embed anything, even if it knows the address. */
function isForeign({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  return site !== undefined && !['none', 'same-origin'].includes(`${site}`) && headers['sec-fetch-dest'] !== 'document';
}

/** Asked every few seconds: what did not change is not sent again. */
function sendJson(request: IncomingMessage, response: ServerResponse, value: unknown): void {
  const body = JSON.stringify(value ?? null);
  const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 32)}"`;
  if (value === undefined) send(response, 404, 'application/json', body);
  else if (request.headers['if-none-match'] === etag) send(response, 304, 'application/json', '', { etag });
  else send(response, 200, 'application/json', body, { etag });
}

/** Its own files and figures alone; its address, which opens it, goes nowhere. */
const policy = [
  "default-src 'none'",
  ...['script-src', 'style-src', 'connect-src'].map((kind) => `${kind} 'self'`),
  'img-src data:',
  ...['base-uri', 'form-action', 'frame-ancestors'].map((kind) => `${kind} 'none'`),
].join('; ');

const always = {
  'content-security-policy': policy,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

function send(response: ServerResponse, status: number, type: string, body: string, headers: Readonly<Record<string, string>> = {}): void {
  const bytes = Buffer.from(body);
  const length = status === 304 ? {} : { 'content-length': bytes.length };
  response.writeHead(status, { ...always, 'content-type': `${type}; charset=utf-8`, ...length, ...headers });
  response.end(bytes);
}

function unlistenable(port: number, error: NodeJS.ErrnoException): Failure {
  if (error.code === 'EADDRINUSE') return new Failure('port-taken', `Port ${port} is taken`, 'Leave --port out: any free one will do.');
  return new Failure('no-port', `Cannot listen on port ${port}: ${messageOf(error)}`, 'Leave --port out: any free one will do.');
}
