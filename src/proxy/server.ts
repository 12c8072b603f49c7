/**
 * The listening socket, and who gets past it: on loopback those who know the secret, unless the owner opens the door (`open-door.ts`). What
 * happens to an admitted request is `exchange.ts`'s matter.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createStepByStep } from '../library/step-by-step.ts';
import type { Pipeline, Skip } from '../pipeline/pipeline.ts';
import type { Protocol } from '../protocols/protocol.ts';
import type { ClockReading, DecisionStore } from '../store/decisions.ts';
import { type Access, admit } from './admission.ts';
import { type AnswerContent, serveContent } from './content.ts';
import { exchange, pathOf } from './exchange.ts';
import { listenOn } from './listen.ts';
import { admitBySegment, admitVisitor, tokenHeader } from './open-door.ts';
import { openHistories } from './open-histories.ts';
import type { ExchangeRecord, ProxySettings } from './records.ts';
import { ignoreOffer, responseOn } from './upgrade.ts';
import { createUpstreams } from './upstreams.ts';

/** What the proxy is made of, handed in by its owner. */
export interface ProxyParts {
  readonly protocols: readonly Protocol[];
  /** Called once, soon after the socket listens or by the first request that needs it. */
  readonly createPipeline: () => Promise<Pipeline> | Pipeline;
  /** Where decisions are recorded; the folder of the settings unless given. */
  readonly decisions?: DecisionStore;
  /** The machine's own unless given. */
  readonly readClock?: () => ClockReading;
  readonly onRecord: (record: ExchangeRecord) => void;
  /** Called before the request that the skips are for leaves. */
  readonly onSkip: (notices: readonly Skip[]) => void;
  /** What is behind the content secret, where there is one. */
  readonly answerContent?: AnswerContent;
  /**
   * Endpoints of our own, asked before anything is forwarded: undefined where it serves none there, else it answers. Never rejects. A
   * visitor who was not admitted is shown what is for everybody alone.
   */
  readonly answerOwn?: (request: IncomingMessage, response: ServerResponse, target: string, access: Access) => Promise<void> | undefined;
}

/** What takes a while to load waits until the agent is up: just now its start needs the processor, and its first request is far off. */
const preloadAfterMs = 150;

export interface RunningProxy {
  readonly port: number;
  /** Takes no new connection and no new request on those there are; resolves when what is in flight has ended. */
  drain(): Promise<void>;
  /** Requests in flight. */
  running(): number;
  /** Ends everything in flight, hands out its records and frees the port. */
  close(): Promise<void>;
}

/** Rejects where the port is taken or the upstream's address is none. */
export async function startProxy(settings: ProxySettings, parts: ProxyParts): Promise<RunningProxy> {
  const upstreams = createUpstreams(settings);
  let pipeline: Promise<Pipeline> | undefined;
  const [readInTurn, stepByStep] = [createStepByStep(), createStepByStep()];
  const histories = openHistories(settings, { ...parts, stepByStep });
  const inFlight = new Set<Promise<void>>();
  const sockets = new Set<Socket>();
  let port = settings.port;
  let isDraining = false;

  const createPipeline = () => {
    pipeline ??= Promise.resolve().then(() => parts.createPipeline());
    return pipeline;
  };
  const serve = (request: IncomingMessage, response: ServerResponse, answersExpectation: boolean) => {
    // The agent may leave between two lines of ours; the exchange learns of it by the closing, and a write too late is no error.
    response.on('error', () => {});
    const { isAdmitted, target } =
      settings.open === undefined ? admit(request, settings.secret, port) : admitVisitor(request, settings.open.token);
    const admitToContent = (secret: string) => (settings.open ? admitBySegment(request, secret) : admit(request, secret, port));
    const content = settings.contentSecret === undefined ? undefined : admitToContent(settings.contentSecret);
    // Either admission takes its own secret out of the path.
    const isForContent = content?.isAdmitted ?? false;
    const path = isForContent ? (content?.target ?? '') : target;
    const access = isForContent ? 'content' : isAdmitted ? 'all' : 'none';
    if (answersExpectation && access !== 'none') response.writeContinue();
    // A stranger is given an answer, and no connection to keep.
    if (isDraining || access === 'none') response.shouldKeepAlive = false;
    // Where nobody asks for a secret of its own, whoever may use the proxy may read what it keeps.
    const isForAll = access === 'all' && settings.open !== undefined && settings.contentSecret === undefined;
    const ask = (as: typeof access) => parts.answerOwn?.(request, response, path, as);
    const own = ask(access) ?? (isForAll ? ask('content') : undefined);
    if (own === undefined && access === 'none')
      return refuse(request, response, shorter(target, content?.target), settings, parts.onRecord);
    const ours = { ...parts, settings, upstreams, histories, readInTurn, stepByStep, pipeline: createPipeline };
    const running = own ?? (isForContent ? serveContent(request, response, path, ours) : exchange(request, response, target, ours));
    inFlight.add(running);
    const forget = () => {
      inFlight.delete(running);
      // Not before the last byte is out, which makes its connection an idle one.
      if (isDraining) setImmediate(() => server.closeIdleConnections());
    };
    running.then(forget, forget);
  };

  // The time limits guard servers against strangers: an agent's upload may be slow, and an idle connection is closed by the agent.
  const { mostHeadMs = 0 } = settings;
  const limits = mostHeadMs > 0 ? { headersTimeout: mostHeadMs, connectionsCheckingInterval: Math.min(mostHeadMs, 30_000) } : {};
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 0, maxHeaderSize: 128 * 1024, ...limits });
  if (settings.mostConnections !== undefined) server.maxConnections = settings.mostConnections;
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

  port = await listenOn(server, settings.host ?? '127.0.0.1', port);
  // The first request asks for both, if it comes sooner; a failure is the requests' to record.
  const preload = setTimeout(() => {
    upstreams.main
      .forwarder()
      .catch(() => {})
      .then(createPipeline)
      .catch(() => {});
  }, preloadAfterMs);

  const drain = async () => {
    isDraining = true;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    await closed;
  };
  const close = async () => {
    clearTimeout(preload);
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await Promise.allSettled([...inFlight, closed]);
    await upstreams.close();
  };
  return { port, drain, running: () => inFlight.size, close };
}

const plainly = 'Connection: close\r\nContent-Length: 0\r\n';

function shorter(one: string, other: string | undefined): string {
  return other !== undefined && other.length < one.length ? other : one;
}

/** No detail where there is a secret: whoever asks without it learns nothing. At an open door they are told how to get in. */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  target: string,
  { open }: ProxySettings,
  onRecord: ProxyParts['onRecord'],
): void {
  const status = open?.token === undefined ? 403 : 401;
  const message = `Headroom: ${open?.token === undefined ? 'this proxy is for programs on its own machine, by 127.0.0.1 or localhost, and for no web page' : `its token is missing: as the header ${tokenHeader}, or first in the path`}.`;
  const body = open === undefined ? 'Forbidden\n' : JSON.stringify({ error: { type: 'authentication_error', message } });
  response.writeHead(status, { 'content-type': open === undefined ? 'text/plain' : 'application/json', connection: 'close' });
  response.end(body);
  onRecord({
    time: Date.now(),
    protocol: undefined,
    kind: 'other',
    model: undefined,
    method: request.method ?? '',
    path: pathOf(target),
    status,
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
