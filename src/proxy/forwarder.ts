/**
 * Sends one request upstream, by http-proxy, with every guard that http-proxy 1.18.1 needs. The reply is not touched here.
 *
 * The guards hang on the moment at which Node hands a request to its agent: there the request is caught before a byte of it is written, also
 * while a corporate proxy keeps us waiting, which http-proxy's own events do not allow.
 */
import type { Agent, ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { type Duplex, Readable } from 'node:stream';
import util from 'node:util';
import { type Abandonable, createConnections } from './connections.ts';
import type { OutgoingHeader } from './headers.ts';
import type { Upstream } from './records.ts';
import type { UpstreamAddress } from './upstream-address.ts';

interface Call {
  readonly request: IncomingMessage;
  /** Where the reply will go; when it closes unfinished, the upstream request ends at once. */
  readonly response: ServerResponse;
  /** Path and query below the upstream's base, exactly as the agent wrote them. */
  readonly path: string;
  readonly headers: readonly OutgoingHeader[];
  /** A body we hold; undefined: the agent's stream goes on as it comes. */
  readonly body: Buffer | undefined;
}

export interface Reply {
  readonly message: IncomingMessage;
  /** Set where upstream switched protocols: from here on the two sockets talk. */
  readonly upgraded: { readonly socket: Duplex; readonly head: Buffer } | undefined;
  /** True where the connection failed before the message was whole; to Node one without a length seems to end well then. */
  readonly isBroken: () => boolean;
}

export interface Forwarder {
  /** Host and port of the upstream, as its `Host` header says. */
  readonly host: string;
  /** Resolves with the head of the reply; rejects where none comes. */
  send(call: Call): Promise<Reply>;
  close(): void;
}

export async function createForwarder(upstream: Upstream, address: UpstreamAddress): Promise<Forwarder> {
  const { base } = address;
  const connections = createConnections(upstream, address);
  const { agent } = connections;
  const proxy = (await loadHttpProxy()).createProxyServer({});
  // Every failure is told to the call it belongs to; without a listener http-proxy throws.
  proxy.on('error', () => {});
  const target = { protocol: base.protocol, host: base.host, hostname: base.hostname.replace(/^\[|\]$/g, ''), port: base.port, path: '' };
  const prefix = base.pathname.replace(/\/+$/, '');

  // The body is named apart, so that what waits for the reply's end does not hold it.
  const sendOnce = ({ request, response, path, headers, body }: Call) =>
    new Promise<Reply>((resolve, reject) => {
      const adopt = (outgoing: ClientRequest) => {
        rewrite(outgoing, prefix + path, headers);
        outgoing.on('response', (message) => {
          let isBroken = false;
          outgoing.on('error', () => {
            isBroken = !message.complete;
          });
          resolve({ message, upgraded: undefined, isBroken: () => isBroken });
        });
        outgoing.on('upgrade', (message, socket, head) => resolve({ message, upgraded: { socket, head }, isBroken: () => false }));
        outgoing.on('error', reject).on('close', () => reject(new Error('the connection was closed without a reply')));
        // Emitted by https-proxy-agent, which otherwise takes the corporate proxy's refusal for the upstream's reply.
        outgoing.once('proxyConnect', ({ statusCode }: { statusCode: number }) => {
          if (statusCode !== 200) outgoing.destroy(new Error(`the proxy answered ${statusCode}`));
        });
        response.once('close', () => {
          if (response.writableFinished) return;
          if (!outgoing.socket) abandoning.abort();
          outgoing.destroy();
          reject(new Error('the agent went away'));
        });
      };
      const abandoning = new AbortController();
      // With it Node writes the head at once, and upstream may hold the reply back.
      delete request.headers.expect;
      if (body === undefined) passTrailers(request, () => caught.request);
      const caught = catching(
        agent,
        base.protocol,
        { ...connections.options(), abandoned: abandoning.signal } satisfies Abandonable,
        adopt,
      );
      proxy.web(
        request,
        response,
        {
          target,
          agent: caught.agent,
          changeOrigin: true,
          selfHandleResponse: true,
          // Keeps http-proxy from parsing the path with url.parse, which alters it and warns on newer Node.
          toProxy: true,
          ...(body === undefined ? {} : { buffer: Readable.from(body.length > 0 ? [body] : []) }),
        },
        reject,
      );
    });

  // Where a company looks into TLS, its authority often stands in the machine's store alone, which agents read. A handshake that failed has
  // sent nothing of the request.
  const send = async (call: Call) => {
    const before = connections.options().secureContext;
    try {
      return await sendOnce(call);
    } catch (thrown) {
      if (!isUntrusted(thrown)) throw thrown;
      connections.trustSystem();
      if (connections.options().secureContext === before || call.body === undefined || call.response.destroyed) throw thrown;
      return await sendOnce(call);
    }
  };
  return { host: base.host, send, close: () => agent.destroy() };
}

const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

function isUntrusted(thrown: unknown): boolean {
  return untrusted.has(String((thrown as { code?: unknown }).code));
}

/** On Node 22 and later http-proxy prints a deprecation warning into the user's terminal, unless this stands in for what it takes. */
async function loadHttpProxy() {
  const borrowed = util as unknown as { _extend: unknown };
  const original = borrowed._extend;
  borrowed._extend = Object.assign;
  try {
    const { default: httpProxy } = await import('http-proxy');
    return httpProxy;
  } finally {
    borrowed._extend = original;
  }
}

interface RequestAgent {
  addRequest(request: ClientRequest, options: Readonly<Record<string, unknown>>): void;
}

/** The same agent, but for telling about the one request it is given. */
function catching(agent: Agent, protocol: string, extra: Readonly<Record<string, unknown>>, adopt: (request: ClientRequest) => void) {
  const caught: { agent: Agent; request: ClientRequest | undefined } = { agent, request: undefined };
  const addRequest = (request: ClientRequest, options: Readonly<Record<string, unknown>>) => {
    caught.request = request;
    adopt(request);
    // http-proxy sets it; without it Node's own default holds, as it would for the bare agent.
    const { rejectUnauthorized: _, ...rest } = options;
    (agent as unknown as RequestAgent).addRequest(request, { ...rest, ...extra });
  };
  caught.agent = Object.create(agent, { addRequest: { value: addRequest }, protocol: { value: protocol } });
  return caught;
}

/** Puts back what http-proxy normalised: the path's slashes, the headers' case, order and number. */
function rewrite(outgoing: ClientRequest, path: string, headers: readonly OutgoingHeader[]): void {
  outgoing.path = path;
  outgoing.setNoDelay(true);
  for (const name of outgoing.getHeaderNames()) outgoing.removeHeader(name);
  for (const [name, value] of headers) outgoing.setHeader(name, value);
}

function passTrailers(request: IncomingMessage, outgoing: () => ClientRequest | undefined): void {
  request.once('end', () => {
    const trailers = request.rawTrailers;
    if (trailers.length === 0) return;
    const list: [string, string][] = [];
    for (let at = 0; at + 1 < trailers.length; at += 2) list.push([trailers[at]!, trailers[at + 1]!]);
    outgoing()?.addTrailers(list);
  });
}
