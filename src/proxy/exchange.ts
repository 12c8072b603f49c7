/**
 * One request's journey: which protocol knows it, its body made smaller, sent upstream, the reply given to the agent as it comes and
 * read from a copy, and one record at the end. Nothing here throws outward.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Usage } from '../block.ts';
import { wholeTurn } from '../library/step-by-step.ts';
import type { Protocol, RequestKind } from '../protocols/protocol.ts';
import { copyReply } from './events.ts';
import { answerFailure } from './failure.ts';
import type { Reply } from './forwarder.ts';
import { isSigned, isUpgrade, paysByMonth, requestHeaders } from './headers.ts';
import { type PrepareParts, prepare } from './prepare.ts';
import type { ExchangeRecord, Outcome } from './records.ts';
import { relay } from './relay.ts';
import { leave, type Shrunk, withoutBodies } from './shrink.ts';
import { refuseUpgrade } from './upgrade.ts';
import type { Route, Upstreams } from './upstreams.ts';
import { accept, takeBack } from './verdict.ts';

export interface ExchangeParts extends PrepareParts {
  readonly protocols: readonly Protocol[];
  readonly upstreams: Pick<Upstreams, 'choose' | 'take'>;
  readonly onRecord: (record: ExchangeRecord) => void;
}

/** What is known of a request so far; the record is made of it. */
interface Progress {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Path and query without the secret. */
  readonly target: string;
  readonly protocol: Protocol | undefined;
  readonly route: Route;
  readonly kind: RequestKind | 'other';
  /** The model that the path names, where the API's bodies name none. */
  readonly model: string | undefined;
  readonly time: number;
  /** The body as the agent sent it, where we hold it. */
  raw: Buffer | undefined;
  shrunk: Shrunk;
  /** Bytes of a body that streams through. */
  streamed: number;
  retried: boolean;
  addedMs: number;
  status: number | undefined;
  usage: Usage | undefined;
  tripped: string | undefined;
}

/** `target` is the path and query without the secret. Resolves when the reply is over and the record is out. */
export async function exchange(request: IncomingMessage, response: ServerResponse, target: string, parts: ExchangeParts): Promise<void> {
  const progress = begin(request, response, target, parts);
  if (isUpgrade(request) && refuses(parts, progress)) {
    progress.status = refuseUpgrade(response);
    return parts.onRecord(recordOf(progress, 'answered'));
  }
  let outcome: Outcome;
  try {
    const reply = await converse(progress, parts);
    progress.status = reply.message.statusCode;
    const copy = progress.protocol && copyReply(reply.message.headers, progress.protocol.createUsageReader());
    // The copy is read a moment later, so that reading it does not hold up the chunk.
    outcome = await relay(reply, response, (chunk) => void setImmediate(() => copy?.write(chunk)));
    await new Promise(setImmediate);
    progress.usage = await copy?.end();
    progress.tripped = await learn(progress, parts);
  } catch (thrown) {
    outcome = response.destroyed ? 'aborted' : 'upstream-failed';
    if (!response.destroyed) progress.status = answerFailure(request, response, progress.protocol, progress.route.name, thrown);
  }
  parts.onRecord(recordOf(progress, outcome));
}

/** Agents that meet a 426 go on with HTTP at once. */
function refuses({ settings, protocols }: ExchangeParts, { target }: Progress): boolean {
  if (settings.refusesUpgrades !== 'conversations') return settings.refusesUpgrades ?? false;
  return protocols.some(({ serves }) => serves('POST', pathOf(target)) !== undefined);
}

function begin(request: IncomingMessage, response: ServerResponse, asked: string, { protocols, upstreams }: ExchangeParts): Progress {
  const time = Date.now();
  const { target, named } = upstreams.take(asked);
  const method = request.method ?? '';
  const path = pathOf(target);
  // A request for another protocol on this connection is no API request, whatever its path.
  const protocol = isUpgrade(request) ? undefined : protocols.find((member) => member.serves(method, path));
  const kind = protocol?.serves(method, path) ?? 'other';
  const shrunk = leave(undefined, protocol && isSigned(request) ? 'signed body' : 'unknown API');
  const model = protocol?.modelIn?.(path);
  const rest = { raw: undefined, shrunk, streamed: 0, retried: false, addedMs: 0, status: undefined, usage: undefined, tripped: undefined };
  return {
    request,
    response,
    target,
    protocol,
    route: named ?? upstreams.choose(protocol, path, request.headers),
    kind,
    model,
    time,
    ...rest,
  };
}

/** Sends the request, and once more where upstream refuses what was changed (law 6). */
async function converse(progress: Progress, parts: ExchangeParts): Promise<Reply> {
  // A body that is signed, or whose digest is sent along, may only go as it came.
  if (progress.protocol && !isSigned(progress.request))
    Object.assign(
      progress,
      await prepare(
        progress.request,
        { protocol: progress.protocol, upstream: cacheOf(progress), isTurn: progress.kind === 'turn' },
        parts,
      ),
    );
  // While we worked, upstream may have closed a connection that we keep, and a request on it would fail.
  await wholeTurn();
  const reply = await send(progress);
  const retreated = reply.message.statusCode === 400 && !progress.response.destroyed ? await takeBack(progress.shrunk, parts) : undefined;
  if (retreated) {
    // The first reply is read to its end, so that its connection can be used again.
    reply.message.resume();
    progress.shrunk = retreated;
    progress.retried = true;
  }
  const last = retreated ? await send(progress) : reply;
  const { rewritten } = progress.shrunk;
  if (rewritten) void parts.histories?.hear(rewritten);
  if (progress.kind === 'turn') await accept(progress.shrunk, last.message.statusCode ?? 0, parts);
  // A reply may stream for minutes, and the bodies are only weight now.
  progress.raw = undefined;
  progress.shrunk = withoutBodies(progress.shrunk);
  return last;
}

/** What the usage of a good reply says of what was thought certain. */
async function learn({ kind, shrunk, usage, status }: Progress, { histories }: ExchangeParts): Promise<string | undefined> {
  if (kind !== 'turn' || !shrunk.rewritten || !usage || status !== 200) return undefined;
  return histories?.learn(shrunk.rewritten, usage);
}

/** What sets a conversation apart from the same words elsewhere, beside what its body says. */
function cacheOf({ route, model }: Progress): string {
  return model === undefined ? route.url : `${route.url} ${model}`;
}

/** A changed body goes plain; an unchanged one is the very buffer that came, in the encoding it came in; what we do not hold streams. */
async function send(progress: Progress): Promise<Reply> {
  const { request, response, target, raw, shrunk } = progress;
  const forwarder = await progress.route.forwarder();
  if (response.destroyed) throw new Error('the agent went away');
  const isChanged = shrunk.replaced.length > 0;
  const held = isChanged ? shrunk.body : raw;
  const headers = requestHeaders(request, {
    host: forwarder.host,
    contentLength: held?.length,
    dropsContentEncoding: isChanged,
    readsReply: progress.protocol !== undefined,
  });
  const hasNoBody = isUpgrade(request);
  if (held === undefined && !hasNoBody) {
    progress.streamed = 0;
    request.on('data', (chunk: Buffer) => {
      progress.streamed += chunk.length;
    });
  }
  return await forwarder.send({ request, response, path: target, headers, body: hasNoBody ? Buffer.alloc(0) : held });
}

function recordOf(progress: Progress, outcome: Outcome): ExchangeRecord {
  const { time, kind, status, retried, usage, addedMs, streamed, shrunk } = progress;
  return {
    time,
    upstream: progress.route.host,
    protocol: progress.protocol?.name,
    kind,
    model: shrunk.model ?? progress.model ?? usage?.model,
    method: progress.request.method ?? '',
    path: pathOf(progress.target),
    status,
    outcome,
    bytesReceived: shrunk.bytesReceived ?? streamed,
    bytesSent: shrunk.bytesSent ?? streamed,
    blocks: shrunk.blocks,
    untouched: shrunk.untouched,
    retried,
    usage,
    ...(shrunk.rewritten?.cold ? { cold: shrunk.rewritten.cold } : {}),
    ...(progress.tripped === undefined ? {} : { tripped: progress.tripped }),
    bySubscription: paysByMonth(progress.request),
    addedMs,
  };
}

export function pathOf(target: string): string {
  return target.split('?', 1)[0] ?? '';
}
