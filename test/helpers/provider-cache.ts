/**
 * A provider's prompt cache, simulated: breakpoints, lives, a least length and a look back of 20 blocks, over the bytes that go out. Beside what
 * it reads and writes it tells what it would have read, had the history gone out as it once did: cache writes that somebody could have avoided.
 */
import { chain } from '../../src/block.ts';

export interface PromptPart {
  /** What the agent sent, and what reached the provider; markers are part of neither. */
  readonly received: string;
  readonly sent: string;
  /** Seconds that a breakpoint here asks for. */
  readonly life?: number | undefined;
}

interface Prompt {
  /** What the cache is kept apart by, such as the model. */
  readonly model: string;
  readonly parts: readonly PromptPart[];
}

/** Tokens. */
interface Served {
  readonly read: number;
  readonly written: number;
  readonly fresh: number;
  /** Of what was written: what an unchanged history would have read. */
  readonly avoidable: number;
}

export interface ProviderCacheOptions {
  readonly lookback?: number;
  readonly leastTokens?: number;
  /** Seconds for which an entry is still found after its life. */
  readonly lateness?: number;
}

export interface ProviderCache {
  /** `now`: seconds. */
  serve(prompt: Prompt, now: number): Served;
}

interface Entry {
  readonly life: number;
  expires: number;
}

export function createProviderCache({ lookback = 20, leastTokens = 1024, lateness = 45 }: ProviderCacheOptions = {}): ProviderCache {
  const bySent = new Map<string, Entry>();
  const byReceived = new Map<string, Entry>();
  const isAlive = (entries: Map<string, Entry>, key: string, now: number) => (entries.get(key)?.expires ?? Number.NEGATIVE_INFINITY) > now;
  const keep = (entries: Map<string, Entry>, key: string, life: number, now: number) => {
    const until = now + life + lateness;
    const entry = entries.get(key);
    if (!entry || !isAlive(entries, key, now)) entries.set(key, { life, expires: until });
    else entry.expires = Math.max(entry.expires, until);
  };
  /** What is read is used up to its last part, and so is all that it begins with. */
  const renew = (entries: Map<string, Entry>, keys: readonly string[], now: number) => {
    for (const key of keys) if (isAlive(entries, key, now)) keep(entries, key, entries.get(key)!.life, now);
  };
  return {
    serve: ({ model, parts }, now) => {
      const sent: string[] = [];
      const received: string[] = [];
      const tokens: number[] = [];
      for (const part of parts) {
        sent.push(chain(sent.at(-1) ?? model, part.sent));
        received.push(chain(received.at(-1) ?? model, part.received));
        tokens.push((tokens.at(-1) ?? 0) + Math.ceil(part.sent.length / 4));
      }
      const breakpoints = parts.flatMap(({ life }, at) => (life === undefined ? [] : [{ at, life }])).slice(-4);
      const found = (entries: Map<string, Entry>, keys: readonly string[]): number => {
        for (const { at } of breakpoints.toReversed())
          for (let place = at; place > at - lookback && place >= 0; place--) if (isAlive(entries, keys[place]!, now)) return place;
        return -1;
      };
      const hit = found(bySent, sent);
      const once = found(byReceived, received);
      const last = breakpoints.at(-1)?.at ?? -1;
      const upTo = (place: number) => (place < 0 ? 0 : (tokens[place] ?? 0));
      const isLong = upTo(last) >= leastTokens;
      renew(bySent, sent.slice(0, hit + 1), now);
      renew(byReceived, received.slice(0, once + 1), now);
      for (const { at, life } of breakpoints) {
        if (upTo(at) < leastTokens) continue;
        keep(bySent, sent[at]!, life, now);
        keep(byReceived, received[at]!, life, now);
      }
      const read = upTo(hit);
      const written = isLong ? Math.max(0, upTo(last) - read) : 0;
      return { read, written, fresh: upTo(parts.length - 1) - read - written, avoidable: Math.max(0, upTo(once) - read) };
    },
  };
}

/**
 * For laws without a clock: a provider that forgets nothing that stood at the end of a request. Gives how many tokens it had to write again,
 * though the agent had sent them before.
 */
export function createLastingCache(): (received: readonly string[], sent: readonly string[]) => number {
  const cache = createProviderCache({ leastTokens: 1, lookback: Number.POSITIVE_INFINITY });
  return (received, sent) => {
    const parts = received.map((text, at) => ({ received: text, sent: sent[at]!, life: at === received.length - 1 ? 300 : undefined }));
    return cache.serve({ model: '', parts }, 0).avoidable;
  };
}
