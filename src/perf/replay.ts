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

/** Tokens of system prompt and tools, where usage does not tell them. */
const usualFixed = 12_000;

export function replayTranscript({ name, agent, requests }: Transcript, options: ReplayOptions): ReplayedTranscript {
  const results: BlockRecord[] = [];
  const sizes = measure(name, requests, options, results);
  const { fixed, factor } = calibrate(requests, sizes);
  const isClaude = requests.some(({ model }) => /claude/i.test(model ?? ''));
  const life = lifeOf(requests, isClaude);
  const [was, would] = [createCacheModel(life, isClaude), createCacheModel(life, isClaude)];
  const billed = requests.map((request, at): ReplayedRequest => {
    const { time, model, begins, usage } = request;
    const size = sizes[at] ?? { before: 0, after: 0 };
    const output = usage?.output ?? (options.count(textOf(requests[at + 1]?.messages ?? [])) || 0) * factor;
    const modelled = (tokens: number) => ({ time, model, begins, fixed, output, input: Math.round(fixed + tokens * factor) });
    return { time, model, before: was.bill(modelled(size.before)), after: would.bill(modelled(size.after)), recorded: usage };
  });
  return { name, agent, requests: billed, results };
}

/** What each request holds, before and after, and what became of every result. A prefix that did not change is not worked on again. */
function measure(name: string, requests: readonly TranscriptRequest[], { count, keep }: ReplayOptions, results: BlockRecord[]): Size[] {
  const pipeline = createPipeline({ count, ...(keep ? { keep } : {}) });
  const seen = new Set<string>();
  let [blocks, reader, before, after]: [Block[], ReturnType<typeof createMessageReader>, number, number] = [
    [],
    createMessageReader(name),
    0,
    0,
  ];
  return requests.map(({ messages, begins }) => {
    if (begins) [blocks, reader, before, after] = [[], createMessageReader(name), 0, 0];
    const known = blocks.length;
    for (const message of messages) blocks.push(...reader.next(message));
    const { replacements, records } = pipeline.rewrite({ model: undefined, blocks, allowsRepeats: true });
    const recordOf = new Map(records.map((record) => [record.key, record]));
    for (let at = known; at < blocks.length; at++) {
      const block = blocks[at]!;
      const record = block.source === 'result' ? recordOf.get(block.key) : undefined;
      const tokens = record?.tokensBefore || count(block.source === 'call' ? textOfInput(block.call?.input) : block.text);
      const sent = replacements.has(at) ? (record?.tokensAfter ?? tokens) : tokens;
      before += tokens;
      after += sent;
      if (!record || seen.has(record.key)) continue;
      seen.add(record.key);
      results.push({ ...record, tokensBefore: tokens, tokensAfter: sent });
    }
    return { before, after };
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
