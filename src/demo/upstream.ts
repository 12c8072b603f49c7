/**
 * A stand-in for a model provider, for tests and the demo: listens on loopback, plays a script of tool calls to whatever agent
 * comes and bills it as the provider's prompt cache would. It calls nobody and keeps nothing on disk.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { countTokens, createPromptCache, type PromptCacheOptions } from './prompt-cache.ts';
import { anthropic } from './upstream-anthropic.ts';
import { chat } from './upstream-chat.ts';
import { type Answer, type Face, jsonAnswer, type Stage, type UpstreamRequest } from './upstream-face.ts';
import { gemini } from './upstream-gemini.ts';
import { responses } from './upstream-responses.ts';
import type { Script } from './upstream-script.ts';

export interface UpstreamOptions {
  readonly script: Script;
  /** 0, any free port, unless told. */
  readonly port?: number;
  readonly cache?: PromptCacheOptions;
  /** Called before each answer; the answer waits for it. */
  readonly onRequest?: (request: UpstreamRequest) => void | Promise<void>;
}

export interface Upstream {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Every request so far, in order. */
  readonly requests: readonly UpstreamRequest[];
  close(): Promise<void>;
}

/** In the order in which they are asked. */
const faces: readonly Face[] = [anthropic, chat, responses, gemini];

export async function startUpstream(options: UpstreamOptions): Promise<Upstream> {
  const requests: UpstreamRequest[] = [];
  const stage = createStage(options);
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch((thrown: unknown) => {
      if (outgoing.headersSent) outgoing.destroy();
      else send(outgoing, jsonAnswer(500, { type: 'error', error: { type: 'api_error', message: String(thrown) } }, `failed: ${thrown}`));
    });
  });

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await readBody(incoming);
    const { pathname, search } = new URL(incoming.url ?? '/', 'http://upstream');
    const request: UpstreamRequest = {
      number: requests.length,
      method: incoming.method ?? 'GET',
      path: pathname,
      query: search,
      headers: incoming.headers,
      body,
      json: parse(body),
      answer: undefined,
      complete: false,
    };
    requests.push(request);
    outgoing.on('close', () => {
      request.complete = outgoing.writableFinished;
    });
    await options.onRequest?.(request);
    request.answer = answer(request, stage);
    send(outgoing, request.answer);
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function createStage(options: UpstreamOptions): Stage {
  const asked = new Map<string, number>();
  return {
    script: options.script,
    cache: createPromptCache(options.cache),
    countText: options.cache?.count ?? countTokens,
    takeFailure(name, failures) {
      const before = asked.get(name) ?? 0;
      asked.set(name, before + 1);
      return failures?.[before];
    },
  };
}

function answer(request: UpstreamRequest, stage: Stage): Answer {
  for (const face of faces) {
    const found = face.answer(request, stage);
    if (found) return found;
  }
  if (request.method === 'HEAD' || request.path === '/') return jsonAnswer(200, {}, 'probe');
  return jsonAnswer(404, { type: 'error', error: { type: 'not_found_error', message: `no such path: ${request.path}` } }, 'not found');
}

function send(outgoing: ServerResponse, { status, headers, parts }: Answer): void {
  const single = parts.length === 1 ? { 'content-length': `${Buffer.byteLength(parts[0]!)}` } : {};
  outgoing.writeHead(status, { ...headers, ...single });
  for (const part of parts) outgoing.write(part);
  outgoing.end();
}

type Decoder = (bytes: Buffer) => Promise<Buffer>;
const decoders: Readonly<Record<string, Decoder | undefined>> = {
  gzip: promisify(zlib.gunzip),
  deflate: promisify(zlib.inflate),
  br: promisify(zlib.brotliDecompress),
  // Not there before Node 22.15.
  zstd:
    'zstdDecompress' in zlib
      ? promisify(zlib.zstdDecompress as (bytes: Buffer, done: (error: Error | null, plain: Buffer) => void) => void)
      : undefined,
};

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const encoding = incoming.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return body;
  const decode = decoders[encoding];
  if (!decode) throw new Error(`content-encoding ${encoding} is not understood`);
  return decode(body);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
