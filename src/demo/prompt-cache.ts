/**
 * A model of the provider's prompt cache: what one request's input is billed as, given the requests before it. Pure but for
 * the entries it holds; it knows no protocol and no wire. Not modelled: images that change what is cached, and a write that
 * becomes readable only when its reply has begun.
 */
import { createHash } from 'node:crypto';

export type Ttl = '5m' | '1h';

/** One block of a prompt, in the order tools, system, messages. */
export interface PromptBlock {
  /** Everything that tells this block from another; markers are not part of it. */
  readonly content: string;
  /** What is counted as tokens. */
  readonly text: string;
  /** Set where the block carries a breakpoint. */
  readonly ttl: Ttl | undefined;
}

/** Input tokens of one reply, spelled as the Messages API spells them. */
export interface InputUsage {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly cache_creation: { readonly ephemeral_5m_input_tokens: number; readonly ephemeral_1h_input_tokens: number };
}

export interface BilledUsage extends InputUsage {
  readonly output_tokens: number;
}

/** The bill of a provider whose cache needs no marks: what was not read from it costs the full price, and writing is free. */
export function billWithoutWrites(input: InputUsage, output: number): BilledUsage {
  const { input_tokens: fresh, cache_creation_input_tokens: written, cache_read_input_tokens: read } = input;
  return {
    ...{ input_tokens: fresh + written, cache_creation_input_tokens: 0, cache_read_input_tokens: read, output_tokens: output },
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  };
}

export interface PromptCacheOptions {
  /** A prefix of fewer tokens is never cached; 1024 unless told. */
  readonly minimumTokens?: number;
  /** Positions looked at from each breakpoint backward, itself included; 20 unless told. */
  readonly lookback?: number;
  /** Tokens of a block's text; UTF-8 bytes / 4, rounded up, unless told. */
  readonly count?: (text: string) => number;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

export interface PromptCache {
  /** Bills one request and remembers what it wrote. Blocks must have passed `refusePrompt`. */
  serve(blocks: readonly PromptBlock[]): InputUsage;
  /** All input tokens of a prompt, cached or not. */
  count(blocks: readonly PromptBlock[]): number;
}

interface Entry {
  readonly life: number;
  expires: number;
}

const lives: Readonly<Record<Ttl, number>> = { '5m': 5 * 60_000, '1h': 60 * 60_000 };
const mostBreakpoints = 4;

export function createPromptCache(options: PromptCacheOptions = {}): PromptCache {
  const { minimumTokens = 1024, lookback = 20, count = countTokens, now = Date.now } = options;
  const entries = new Map<string, Entry>();

  return {
    count: (blocks) => blocks.reduce((sum, block) => sum + count(block.text), 0),
    serve(blocks) {
      const time = now();
      forgetExpired(entries, time);
      const prefixes = measurePrefixes(blocks, count);
      const tokensTo = (position: number) => prefixes[position]?.tokens ?? 0;
      const breakpoints = prefixes.flatMap(({ tokens }, position) => (blocks[position]?.ttl && tokens >= minimumTokens ? [position] : []));

      const hit = findHit(prefixes, breakpoints, lookback, entries);
      for (const { hash } of prefixes.slice(0, hit + 1)) {
        const entry = entries.get(hash);
        if (entry) entry.expires = time + entry.life;
      }
      for (const position of breakpoints) {
        const { hash } = prefixes[position]!;
        const life = lives[blocks[position]!.ttl!];
        if (!entries.has(hash)) entries.set(hash, { life, expires: time + life });
      }

      const written = Math.max(hit, breakpoints.at(-1) ?? -1);
      const writtenFor1h = Math.max(hit, breakpoints.findLast((position) => blocks[position]?.ttl === '1h') ?? -1);
      const write1h = tokensTo(writtenFor1h) - tokensTo(hit);
      const write5m = tokensTo(written) - tokensTo(writtenFor1h);
      return {
        input_tokens: tokensTo(prefixes.length - 1) - tokensTo(written),
        cache_creation_input_tokens: write5m + write1h,
        cache_read_input_tokens: tokensTo(hit),
        cache_creation: { ephemeral_5m_input_tokens: write5m, ephemeral_1h_input_tokens: write1h },
      };
    },
  };
}

/** Why the provider would answer 400 to these breakpoints; undefined where it would not. */
export function refusePrompt(blocks: readonly PromptBlock[]): string | undefined {
  const ttls = blocks.flatMap(({ ttl }) => ttl ?? []);
  if (ttls.length > mostBreakpoints)
    return `A maximum of ${mostBreakpoints} blocks with cache_control may be provided. Found ${ttls.length}.`;
  if (ttls.lastIndexOf('1h') > ttls.indexOf('5m') && ttls.includes('5m'))
    return "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block";
  return undefined;
}

/** What a session costs, in input tokens at the full price. */
export function bill(usages: readonly BilledUsage[]): number {
  let cost = 0;
  for (const usage of usages) {
    cost += usage.input_tokens + 0.1 * usage.cache_read_input_tokens + 5 * usage.output_tokens;
    cost += 1.25 * usage.cache_creation.ephemeral_5m_input_tokens + 2 * usage.cache_creation.ephemeral_1h_input_tokens;
  }
  return cost;
}

/** The default count: UTF-8 bytes / 4, rounded up. */
export function countTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 4);
}

interface Prefix {
  readonly hash: string;
  readonly tokens: number;
}

function measurePrefixes(blocks: readonly PromptBlock[], count: (text: string) => number): Prefix[] {
  let hash = '';
  let tokens = 0;
  return blocks.map(({ content, text }) => {
    hash = createHash('sha256').update(hash).update('\0').update(content).digest('base64');
    tokens += count(text);
    return { hash, tokens };
  });
}

/** The longest prefix that an entry still holds, within reach of a breakpoint; -1 for none. */
function findHit(
  prefixes: readonly Prefix[],
  breakpoints: readonly number[],
  lookback: number,
  entries: ReadonlyMap<string, Entry>,
): number {
  let hit = -1;
  for (const breakpoint of breakpoints)
    for (let position = breakpoint; position > Math.max(hit, breakpoint - lookback); position--)
      if (entries.has(prefixes[position]!.hash)) hit = position;
  return hit;
}

function forgetExpired(entries: Map<string, Entry>, time: number): void {
  for (const [hash, { expires }] of entries) if (expires <= time) entries.delete(hash);
}
