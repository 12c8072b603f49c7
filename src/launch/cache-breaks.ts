/**
 * Watches the requests of one launch for bytes that had been sent and then went out otherwise: an original after a shrunk form, or the other
 * way round. What the provider wrote to its prompt cache once more for it is ours to pay; how much that was is estimated from the usage of
 * both replies. It keeps keys and numbers, no text.
 */
import type { Usage } from '../block.ts';
import type { BlockRecord } from '../pipeline/decision.ts';
import type { ExchangeRecord } from '../proxy/records.ts';
import { BoundedMap } from '../text/bounded-map.ts';
import { estimateFactor, inputTokens } from '../tokens/bill.ts';
import { isShrunk } from './totals.ts';

export interface CacheBreaks {
  /** The record, with `rewritten` where this request sent otherwise what an earlier one had sent. */
  look(record: ExchangeRecord): ExchangeRecord;
}

/** A turn that may be in the provider's cache. */
interface SentTurn {
  readonly time: number;
  /** All its input tokens: what the next one could have read. */
  readonly input: number;
  /** Milliseconds after which nothing of it is there, whoever changed what. */
  readonly life: number;
}

const mostRemembered = 200_000;
const minute = 60_000;

/** For a launch that changes what it sends. */
export function watchCacheBreaks(): CacheBreaks {
  /** What went out, by block. */
  const sent = new BoundedMap<number>(mostRemembered);
  /** By the last result that they held. */
  const turns = new BoundedMap<SentTurn>(10_000);
  /** The latest that was shrunk, by model. */
  const shrunk = new Map<string, SentTurn>();

  return {
    look: (record) => {
      const { kind, status = 0, usage, blocks } = record;
      if (kind !== 'turn' || !usage || status >= 300) return record;
      const model = `${record.upstream} ${record.model}`;
      const before = record.untouched === undefined ? lastTurn(blocks) : shrunk.get(model);
      const isChanged = record.untouched === undefined ? blocks.some(isOther) : before !== undefined;
      const known = isChanged && before ? writtenAgain(before, record) : 0;
      // What the proxy finds out from the reply and from what earlier launches recorded.
      const rewritten = record.tripped === undefined ? known : Math.max(known, beyondNew(record, usage));
      for (const block of blocks) sent.set(block.key, outgoing(block));
      const turn = { time: record.time, input: inputTokens(usage), life: lifeOf(usage) };
      const last = blocks.at(-1);
      if (last) turns.set(last.key, turn);
      if (blocks.some(isShrunk)) shrunk.set(model, turn);
      else if (record.untouched !== undefined) shrunk.delete(model);
      return rewritten > 0 ? { ...record, rewritten } : record;
    },
  };

  /** The latest turn whose results are the first ones of these. */
  function lastTurn(blocks: readonly BlockRecord[]): SentTurn | undefined {
    for (let at = blocks.length - 1; at >= 0; at--) {
      const turn = turns.get(blocks[at]?.key ?? '');
      if (turn) return turn;
    }
    return undefined;
  }

  function isOther(block: BlockRecord): boolean {
    const before = sent.get(block.key);
    return before !== undefined && before !== outgoing(block);
  }
}

/** What tells two outgoing forms of one text apart: tokens, or -1 for the text as it came. */
function outgoing(block: BlockRecord): number {
  return isShrunk(block) ? block.tokensAfter : -1;
}

/** What an earlier request held and this one did not read; never more than it wrote or sent afresh. Nothing once the earlier one had expired. */
function writtenAgain({ time, input, life }: SentTurn, { time: now, usage }: ExchangeRecord): number {
  if (!usage || now - time > life) return 0;
  return Math.max(0, Math.min(input - usage.cacheRead, inputTokens(usage) - usage.cacheRead));
}

/** What was neither read nor is a result that is new; what was said meanwhile is charged to us as well, since nobody counted it. */
function beyondNew({ blocks, bytesSent, model }: ExchangeRecord, usage: Usage): number {
  const tokens = blocks.reduce((sum, { carried, tokensAfter }) => sum + (carried ? 0 : tokensAfter), 0);
  return Math.max(0, Math.round(inputTokens(usage) - usage.cacheRead - tokens * estimateFactor(usage.model ?? model, usage, bytesSent)));
}

/** Who bills no cache writes keeps what he read for up to a day. */
function lifeOf({ cacheWrite5m, cacheWrite1h }: Usage): number {
  if (cacheWrite1h > 0) return 60 * minute;
  return cacheWrite5m > 0 ? 5 * minute : 24 * 60 * minute;
}
