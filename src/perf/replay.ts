/**
 * Replays a past conversation through the pipeline, request by request, and bills it twice by the model of the prompt cache: as it was, and
 * as it would have been. The trajectory is the recorded one; whether the model would have gone another way nobody can say.
 */
import type { Block } from '../block.ts';
import { createPipeline } from '../pipeline/create.ts';
import type { KeepOriginal } from '../pipeline/decide.ts';
import type { BlockRecord } from '../pipeline/decision.ts';
import { createMessageReader, type ParsedMessage } from '../protocols/parsed-messages.ts';
import { type BilledTokens, inputTokens } from '../tokens/bill.ts';
import type { TokenCounter } from '../tokens/count.ts';
import { familyFactor } from '../tokens/family.ts';
import { createCacheModel, lives } from './cache-model.ts';
import { type CacheState, findCacheStates, lifeAskedFor } from './cold-moments.ts';
import type { Transcript, TranscriptRequest } from './transcript.ts';

export interface ReplayOptions {
  readonly count: TokenCounter;
  /** Absent: no excerpts. */
  readonly keep?: KeepOriginal | undefined;
}

export interface ReplayedRequest {
  readonly time: number | undefined;
  readonly model: string | undefined;
  /** As billed by the model of the cache, in the provider's tokens, estimated. */
  readonly before: BilledTokens;
  readonly after: BilledTokens;
  /** As it would have been with all levers but the one for cold moments. */
  readonly afterWarm: BilledTokens;
  /** True where the provider's cache was certainly cold, and old results were rewritten. */
  readonly isCold: boolean;
  /** As the provider reported it. */
  readonly recorded: BilledTokens | undefined;
}

export interface ReplayedTranscript {
  readonly name: string;
  readonly agent: string;
  readonly requests: readonly ReplayedRequest[];
  /** Every result at first sight, o200k tokens. */
  readonly results: readonly BlockRecord[];
}

/** o200k tokens of a request's messages. */
interface Size {
  readonly before: number;
  readonly after: number;
}

const none: Size = { before: 0, after: 0 };

/** Tokens of system prompt and tools, where usage does not tell them. */
const usualFixed = 12_000;

export function replayTranscript({ name, agent, requests }: Transcript, options: ReplayOptions): ReplayedTranscript {
  const results: BlockRecord[] = [];
  const states = options.keep ? findCacheStates(requests) : [];
  const hasCold = states.some(({ cold }) => cold !== undefined);
  const sizes = measure(name, requests, hasCold ? states : [], options, results);
  const warmSizes = hasCold ? measure(name, requests, [], options, []) : sizes;
  const { fixed, factor } = calibrate(requests, sizes);
  const isClaude = requests.some(({ model }) => /claude/i.test(model ?? ''));
  const life = lifeOf(requests, isClaude);
  const [was, would, wouldWarm] = [createCacheModel(life, isClaude), createCacheModel(life, isClaude), createCacheModel(life, isClaude)];
  let ownLife: number | undefined;
  const billed = requests.map((request, at): ReplayedRequest => {
    const { time, model, begins, usage } = request;
    const [size, warmSize] = [sizes[at] ?? none, warmSizes[at] ?? none];
    const output = usage?.output ?? (options.count(textOf(requests[at + 1]?.messages ?? [])) || 0) * factor;
    // Asking for the longer life may begin or end in the middle.
    const asked = isClaude ? lifeAskedFor(model ?? '', usage) : undefined;
    ownLife = asked === undefined ? ownLife : asked * 1000;
    const modelled = (tokens: number) => ({
      ...{ time, model, begins, fixed, output, life: ownLife },
      input: Math.round(fixed + tokens * factor),
    });
    return {
      ...{ time, model, recorded: usage, isCold: states[at]?.cold !== undefined },
      before: was.bill(modelled(size.before)),
      after: would.bill(modelled(size.after)),
      afterWarm: wouldWarm.bill(modelled(warmSize.after)),
    };
  });
  return { name, agent, requests: billed, results };
}

/** What each request holds, before and after, and what became of every result at first sight. A prefix that did not change is not worked on again. */
function measure(
  name: string,
  requests: readonly TranscriptRequest[],
  states: readonly CacheState[],
  { count, keep }: ReplayOptions,
  results: BlockRecord[],
): Size[] {
  const pipeline = createPipeline({ count, ...(keep ? { keep } : {}) });
  const seen = new Set<string>();
  let blocks: Block[] = [];
  let reader = createMessageReader(name);
  /** Of each block. */
  let before: number[] = [];
  let [sumBefore, sumAfter] = [0, 0];
  return requests.map(({ messages, begins }, at) => {
    if (begins) [blocks, reader, before, sumBefore, sumAfter] = [[], createMessageReader(name), [], 0, 0];
    const { era, cold } = states[at] ?? { era: undefined, cold: undefined };
    // In another era, what was sent before may go out otherwise.
    const from = begins || era === states[at - 1]?.era ? blocks.length : 0;
    for (const message of messages) blocks.push(...reader.next(message));
    const { replacements, records } = pipeline.rewrite({ model: undefined, blocks, allowsRepeats: true }, { era, moment: cold && 'cold' });
    if (from === 0) sumAfter = 0;
    // One record for each result, in order: those of the last blocks are the last.
    let record = records.length - blocks.slice(from).filter(({ source }) => source === 'result').length;
    for (let n = from; n < blocks.length; n++) {
      const block = blocks[n]!;
      const own = block.source === 'result' ? records[record++] : undefined;
      if (n >= before.length) {
        before.push(own?.tokensBefore || count(block.source === 'call' ? textOfInput(block.call?.input) : block.text));
        sumBefore += before[n] ?? 0;
      }
      const tokens = before[n] ?? 0;
      const sent = replacements.has(n) ? (own?.tokensAfter ?? tokens) : tokens;
      sumAfter += sent;
      if (!own || seen.has(block.key)) continue;
      seen.add(block.key);
      results.push({ ...own, tokensBefore: tokens, tokensAfter: sent });
    }
    return { before: sumBefore, after: sumAfter };
  });
}

/**
 * What stands before the messages, and how many of the provider's tokens an o200k token is: from the usage of the first and of the largest
 * request, where there is usage; within what is known of the model's family.
 */
function calibrate(requests: readonly TranscriptRequest[], sizes: readonly Size[]): { fixed: number; factor: number } {
  const told = requests.flatMap(({ usage }, at) => (usage ? [{ input: inputTokens(usage), content: sizes[at]?.before ?? 0 }] : []));
  const family = familyFactor(requests.find(({ model }) => model !== undefined)?.model);
  const [first] = told;
  if (!first) return { fixed: usualFixed, factor: family };
  const largest = told.reduce((most, each) => (each.content > most.content ? each : most));
  const grown = largest.content - first.content;
  const measured = grown > 5000 ? (largest.input - first.input) / grown : family;
  const factor = Math.min(Math.max(measured, 0.8), 2);
  return { fixed: Math.max(0, Math.round(first.input - first.content * factor)), factor };
}

/** What its usage tells of the cache: one that was never read from is none. */
function lifeOf(requests: readonly TranscriptRequest[], isClaude: boolean): number {
  const told = requests.flatMap(({ usage }) => usage ?? []);
  if (told.length > 2 && told.every(({ cacheRead }) => cacheRead === 0)) return 0;
  return !isClaude || told.some(({ cacheWrite1h }) => cacheWrite1h > 0) ? lives.long : lives.short;
}

function textOf(messages: readonly ParsedMessage[]): string {
  const [reply] = messages;
  return reply?.role === 'assistant' ? textOfInput(reply.content) : '';
}

function textOfInput(input: unknown): string {
  return typeof input === 'string' ? input : (JSON.stringify(input) ?? '');
}
