/**
 * Which headers cross the proxy, and how: all but the hop-by-hop ones, in their order, spelling and number.
 * They are taken from the raw list, because Node's parsed one drops duplicates and case.
 */
import type { IncomingMessage } from 'node:http';
import { streamsZstd } from './zstd.ts';

/** One header as Node's client takes it; several values where the agent sent several lines. */
export type OutgoingHeader = readonly [name: string, value: string | readonly string[]];

const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export interface HeaderChanges {
  /** The upstream's own host and port. */
  readonly host: string;
  /** Set where the body is held: it replaces the agent's length, and the body goes in one piece. */
  readonly contentLength: number | undefined;
  /** True where a changed body goes out plain. */
  readonly dropsContentEncoding: boolean;
  /** False where no copy of the reply is read, so that the agent may have it in any encoding. */
  readonly readsReply: boolean;
}

/** True for a request that asks for another protocol on this connection: Node gives it the bare socket. */
export function isUpgrade(request: IncomingMessage): boolean {
  return Boolean(request.headers.upgrade) && namedByConnection(request).includes('upgrade');
}

/** True where the request's login is an account that is paid by the month: Claude's OAuth tokens, and ChatGPT accounts. */
export function paysByMonth({ headers }: IncomingMessage): boolean {
  return headers['chatgpt-account-id'] !== undefined || /^Bearer sk-ant-oat/i.test(headers.authorization ?? '');
}

/** True where something in the request was made from its body, byte for byte: a signature of AWS or of HTTP, or a digest. */
export function isSigned({ headers, url = '' }: IncomingMessage): boolean {
  const named = ['x-amz-content-sha256', 'signature-input', 'content-digest', 'repr-digest', 'digest', 'content-md5'];
  return (
    /^AWS4-/.test(headers.authorization ?? '') || /[?&]X-Amz-Signature=/.test(url) || named.some((name) => headers[name] !== undefined)
  );
}

/** The headers of the upstream request. `expect` is ours to answer: upstream would hold back the reply that http-proxy waits for. */
export function requestHeaders(request: IncomingMessage, changes: HeaderChanges): OutgoingHeader[] {
  const dropped = new Set([...hopByHop, ...namedByConnection(request), 'host', 'expect']);
  if (changes.dropsContentEncoding) dropped.add('content-encoding');
  if (changes.contentLength !== undefined) dropped.add('content-length');
  const headers = new Map<string, { name: string; values: string[] }>();
  headers.set('host', { name: spelling(request.rawHeaders, 'host') ?? 'Host', values: [changes.host] });
  for (const [name, value] of pairs(request.rawHeaders)) {
    const lower = name.toLowerCase();
    if (dropped.has(lower)) continue;
    const known = headers.get(lower);
    const sent = lower === 'accept-encoding' && changes.readsReply ? readableEncodings(value) : value;
    if (known) known.values.push(sent);
    else headers.set(lower, { name, values: [sent] });
  }
  const list: OutgoingHeader[] = [...headers.values()].map(({ name, values }) => [name, values.length > 1 ? values : values[0]!]);
  const transferEncoding = request.headers['transfer-encoding'];
  if (changes.contentLength !== undefined)
    list.push([spelling(request.rawHeaders, 'content-length') ?? 'Content-Length', String(changes.contentLength)]);
  else if (transferEncoding !== undefined) {
    list.push(['Transfer-Encoding', transferEncoding]);
    // Where the body does not come in chunks, Node throws at its announcement.
    if (request.headers.trailer !== undefined) list.push(['Trailer', request.headers.trailer]);
  }
  if (isUpgrade(request)) list.push(['Connection', 'Upgrade'], ['Upgrade', request.headers.upgrade ?? '']);
  else list.push(['Connection', 'keep-alive']);
  return list;
}

/** The headers of a reply as Node's flat list; its framing is left to Node, which knows the agent's HTTP version. */
export function replyHeaders(reply: IncomingMessage, request: IncomingMessage): string[] {
  const dropped = new Set([...hopByHop, ...namedByConnection(reply)]);
  const hasBody = request.method !== 'HEAD' && reply.statusCode !== 204 && reply.statusCode !== 304;
  const isChunked = reply.headers['transfer-encoding'] !== undefined && request.httpVersion === '1.1' && hasBody;
  const list: string[] = [];
  for (const [name, value] of pairs(reply.rawHeaders)) {
    const lower = name.toLowerCase();
    if (!dropped.has(lower) || (lower === 'trailer' && isChunked)) list.push(name, value);
  }
  return list;
}

const readable = new Set(['gzip', 'x-gzip', 'deflate', 'br', 'identity', ...(streamsZstd ? ['zstd'] : [])]);

/** The agent's list without the encodings of which no copy could be read here as it comes. */
function readableEncodings(accepted: string): string {
  const items = accepted.split(',');
  const name = (item: string) => item.split(';', 1)[0]!.trim().toLowerCase();
  if (items.every((item) => readable.has(name(item)) || name(item) === '')) return accepted;
  const kept = items.filter((item) => readable.has(name(item))).map((item) => item.trim());
  return kept.length > 0 ? kept.join(', ') : 'identity';
}

export function* pairs(raw: readonly string[]): Generator<[name: string, value: string]> {
  for (let at = 0; at + 1 < raw.length; at += 2) yield [raw[at]!, raw[at + 1]!];
}

function namedByConnection(message: IncomingMessage): string[] {
  return (message.headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
}

function spelling(raw: readonly string[], name: string): string | undefined {
  for (const [spelled] of pairs(raw)) if (spelled.toLowerCase() === name) return spelled;
  return undefined;
}
