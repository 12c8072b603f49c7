/**
 * A model of the provider's prompt cache: what of a request is read from it, and what is written or billed in full. Prefixes match to the end
 * of the request before; they live as long as the request asked for, from the last use on.
 */
import type { BilledTokens } from '../tokens/bill.ts';

export interface ModelledRequest {
  /** Epoch milliseconds. */
  readonly time: number | undefined;
  readonly model: string | undefined;
  /** What it holds before its messages: system prompt and tools. */
  readonly fixed: number;
  /** All it holds. */
  readonly input: number;
  readonly output: number;
  /** True where its messages do not go on from those of the request before. */
  readonly begins: boolean;
  /** Milliseconds that prefixes live from this request on; absent: as long as those of the whole conversation. */
  readonly life?: number | undefined;
}

/** Milliseconds. Anthropic's two lives; OpenAI and others keep prefixes for some minutes and up to an hour of quiet. */
export const lives = { short: 5 * 60_000, long: 60 * 60_000 } as const;
/** Tokens that a prefix must have to be cached, and the step in which OpenAI counts them. */
const leastCached = 1024;
const openaiStep = 128;

export interface CacheModel {
  /** What this request is billed, the requests before it being what they were. */
  bill(request: ModelledRequest): BilledTokens;
}

/** `usualLife`: milliseconds that prefixes live, 0: the provider keeps none; `writes`: it bills writing them, as Anthropic does. */
export function createCacheModel(usualLife: number, writes: boolean): CacheModel {
  let previous: ModelledRequest | undefined;
  return {
    bill: (request) => {
      const known =
        previous && isAlive(previous, request) ? (request.begins ? Math.min(previous.fixed, request.fixed) : previous.input) : 0;
      previous = request;
      const prefix = Math.min(known, request.input);
      const cacheRead = prefix < leastCached ? 0 : writes ? prefix : Math.floor(prefix / openaiStep) * openaiStep;
      const rest = request.input - cacheRead;
      const isWritten = writes && request.input >= leastCached;
      const life = request.life ?? usualLife;
      return {
        fresh: isWritten ? 0 : rest,
        cacheWrite5m: isWritten && life === lives.short ? rest : 0,
        cacheWrite1h: isWritten && life !== lives.short ? rest : 0,
        cacheRead,
        output: request.output,
      };
    },
  };

  function isAlive(before: ModelledRequest, now: ModelledRequest): boolean {
    if (before.model !== now.model || usualLife === 0) return false;
    return before.time === undefined || now.time === undefined || now.time - before.time < (before.life ?? usualLife);
  }
}
