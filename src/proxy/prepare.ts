/** Takes in the body of a request that a protocol knows and makes the one that goes out of it. It sends nothing. */

import type { IncomingMessage } from 'node:http';
import { messagesKey } from '../block.ts';
import type { Skip } from '../pipeline/pipeline.ts';
import type { Protocol } from '../protocols/protocol.ts';
import { decodeBody, readBody } from './body.ts';
import type { ProxySettings } from './records.ts';
import { leave, type ShrinkParts, type Shrunk, shrink } from './shrink.ts';

export interface PrepareParts extends ShrinkParts {
  readonly settings: ProxySettings;
  readonly onSkip: (notices: readonly Skip[]) => void;
}

export interface Prepared {
  /** Exactly what the agent sent; undefined where it still stands in the request's stream. */
  readonly raw: Buffer | undefined;
  readonly shrunk: Shrunk;
  /** Milliseconds spent on reading, deciding and splicing. */
  readonly addedMs: number;
}

/** Skips are told before this resolves, and so before the request leaves. Rejects only where the agent goes away. */
export async function prepare(
  request: IncomingMessage,
  what: { readonly protocol: Protocol; readonly upstream: string; readonly isTurn: boolean },
  parts: PrepareParts,
): Promise<Prepared> {
  const { settings } = parts;
  if (settings.mode === 'off') return { raw: undefined, shrunk: leave(undefined, 'off'), addedMs: 0 };
  const raw = await readBody(request);
  if (raw === undefined) return { raw, shrunk: leave(undefined, 'over 64 MiB'), addedMs: 0 };
  const began = performance.now();
  const { body, untouched } = await decodeBody(raw, request.headers['content-encoding']);
  const shrunk = body ? await shrink(body, what, parts) : leave(raw, untouched);
  const sent: Shrunk = settings.mode === 'observe' && body ? { ...shrunk, body, bytesSent: body.length, replaced: [] } : shrunk;
  if (settings.mode === 'shrink') await keepSkips(shrunk, parts);
  return { raw, shrunk: sent, addedMs: performance.now() - began };
}

// A block that goes out as it came through a fault stays so: the next request must not change it.
async function keepSkips(shrunk: Shrunk, parts: PrepareParts): Promise<void> {
  if (shrunk.skips.length > 0) parts.onSkip(shrunk.skips);
  if (shrunk.faulted.length === 0) return;
  const reason = shrunk.untouched ?? 'fault';
  // Without a pipeline nobody decides here; the notices still reach the next worker.
  const pipeline = await parts.pipeline().catch(() => undefined);
  const keys = shrunk.faulted.filter((key) => !pipeline?.isAccepted(key));
  if (keys.length === 0) return;
  pipeline?.skip(keys, reason);
  parts.onSkip(keys.map((key) => ({ key, reason })));
  if (shrunk.about) await parts.histories?.note(shrunk.about, { takenBack: keys.map(messagesKey) });
}
