/**
 * The listening socket: loopback only, and only for those who know the secret. What happens to an admitted request is `exchange.ts`'s matter.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { Protocol } from '../protocols/protocol.ts';
import { admit } from './admission.ts';
import { type AnswerContent, serveContent } from './content.ts';
import { exchange, pathOf } from './exchange.ts';
import type { ExchangeRecord, ProxySettings, SkipNotice } from './records.ts';
import { ignoreOffer, responseOn } from './upgrade.ts';
import { createUpstreams } from './upstreams.ts';

/** What the proxy is made of, handed in by its owner. */
export interface ProxyParts {
  readonly protocols: readonly Protocol[];
  /** Called once, soon after the socket listens or by the first request that needs it. */
  readonly createPipeline: () => Promise<Pipeline> | Pipeline;
  readonly onRecord: (record: ExchangeRecord) => void;
  /** Called before the request that the skips are for leaves. */
  readonly onSkip: (notices: readonly SkipNotice[]) => void;
  /** What is behind the content secret, where there is one. */
  readonly answerContent?: AnswerContent;
}

/** What takes a while to load waits until the agent is up: just now its start needs the processor, and its first request is far off. */
const preloadAfterMs = 150;

export interface RunningProxy {
  readonly port: number;
  /** Ends everything in flight, hands out its records and frees the port. */
  close(): Promise<void>;
}

/** Listens on 127.0.0.1; rejects where the port is taken or the upstream's address is none. */
export async function startProxy(settings: ProxySettings, parts: ProxyParts): Promise<RunningProxy> {
  const upstreams = createUpstreams(settings);
  let pipeline: Promise<Pipeline> | undefined;
  const inFlight = new Set<Promise<void>>();
  const sockets = new Set<Socket>();
  let port = settings.port;

  const createPipeline = () => {
    pipeline ??= Promise.resolve().then(() => parts.createPipeline());
    return pipeline;
  };
  const serve = (request: IncomingMessage, response: ServerResponse, answersExpectation: boolean) => {
    // The agent may leave between two lines of ours; the exchange learns of it by the closing, and a write too late is no error.
    response.on('error', () => {});
    const { isAdmitted, target } = admit(request, settings.secret, port);
    const content = settings.contentSecret === undefined ? undefined : admit(request, settings.contentSecret, port);
    // Either admission takes its own secret out of the path.
    if (!isAdmitted && !content?.isAdmitted) return refuse(request, response, shorter(target, content?.target), parts.onRecord);
    if (answersExpectation) response.writeContinue();
    const ours = { ...parts, settings, upstreams, pipeline: createPipeline };
    const running = isAdmitted ? exchange(request, response, target, ours) : serveContent(request, response, content?.target ?? '', ours);
    inFlight.add(running);
    const forget = () => inFlight.delete(running);
    running.then(forget, forget);
  };

  // The time limits guard servers against strangers: here an upload may be slow, and an idle connection is closed by the agent.
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 0, maxHeaderSize: 128 * 1024 });
  server.on('connection', (socket) => sockets.add(socket.on('close', () => sockets.delete(socket))));
  server.on('request', (request, response) => serve(request, response, false));
  server.on('checkContinue', (request, response) => serve(request, response, true));
  server.on('checkExpectation', (request, response) => serve(request, response, false));
  server.on('connect', (_request, socket: Duplex) => socket.end(`HTTP/1.1 403 Forbidden\r\n${plainly}\r\n`).on('error', () => {}));
  server.on('upgrade', (request, socket, head) => {
    if (ignoreOffer(server, request, socket as Socket, head)) return;
    const response = responseOn(request, socket as Socket, head);
    if (response) serve(request, response, false);
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen({ port, host: '127.0.0.1', exclusive: true }, resolve);
  });
  port = (server.address() as AddressInfo).port;
  // The first request asks for both, if it comes sooner; a failure is the requests' to record.
  const preload = setTimeout(() => {
    upstreams.main
      .forwarder()
      .catch(() => {})
      .then(createPipeline)
      .catch(() => {});
  }, preloadAfterMs);

  const close = async () => {
    clearTimeout(preload);
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await Promise.allSettled([...inFlight, closed]);
    await upstreams.close();
  };
  return { port, close };
}

const plainly = 'Connection: close\r\nContent-Length: 0\r\n';

function shorter(one: string, other: string | undefined): string {
  return other !== undefined && other.length < one.length ? other : one;
}

/** No detail: whoever asks without the secret learns nothing. */
function refuse(request: IncomingMessage, response: ServerResponse, target: string, onRecord: ProxyParts['onRecord']): void {
  response.writeHead(403, { 'content-type': 'text/plain', connection: 'close' });
  response.end('Forbidden\n');
  onRecord({
    time: Date.now(),
    protocol: undefined,
    kind: 'other',
    model: undefined,
    method: request.method ?? '',
    path: pathOf(target),
    status: 403,
    outcome: 'refused',
    bytesReceived: 0,
    bytesSent: 0,
    blocks: [],
    untouched: undefined,
    retried: false,
    usage: undefined,
    addedMs: 0,
  });
}
