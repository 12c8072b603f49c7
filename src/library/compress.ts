/** Compresses messages: reads them into blocks, asks the pipeline, puts its texts back and adds up what that came to. */
import type { Block } from '../block.ts';
import { createPipeline } from '../pipeline/create.ts';
import type { KeepOriginal } from '../pipeline/decide.ts';
import type { Pipeline, Rewriting } from '../pipeline/pipeline.ts';
import type { Steps } from '../pipeline/steps.ts';
import { messageFormats } from '../protocols/message-formats.ts';
import { createMessageReader, type ParsedBlock } from '../protocols/parsed-messages.ts';
import { putText } from '../protocols/put-texts.ts';
import { originalName } from '../store/originals.ts';
import { BoundedMap } from '../text/bounded-map.ts';
import { loadCounter, type TokenCounter } from '../tokens/count.ts';
import { version } from '../version.ts';
import { shareRoom } from './budget.ts';
import type { Compression, CompressOptions, Headroom, Profile } from './headroom.ts';
import { createStepByStep } from './step-by-step.ts';

/** Decisions are remembered for the process: a conversation that grows is read anew, and worked on where it grew. */
export function createCompress(usual: Profile, keep: KeepOriginal): Headroom['compress'] {
  const pipelines = new Map<Profile, Pipeline>();
  const counts = new BoundedMap<number>(100_000);
  const stepByStep = createStepByStep();
  const pipelineOf = (profile: Profile, count: TokenCounter): Pipeline => {
    const pipeline = pipelines.get(profile) ?? createPipeline({ count, ...(profile === 'standard' ? { keep } : {}) });
    pipelines.set(profile, pipeline);
    return pipeline;
  };
  return async <Message>(messages: readonly Message[], options: CompressOptions = {}): Promise<Compression<Message>> => {
    if (!Array.isArray(messages)) throw new TypeError('compress: `messages` is no array');
    checkOptions(options);
    const { model, profile = usual, format, tokenBudget, repeats: allowsRepeats = true } = options;
    const count = await loadCounter();
    const formats = format === undefined ? messageFormats : messageFormats.filter(({ name }) => name === format);
    const reader = createMessageReader(JSON.stringify(['library', version, profile, model, allowsRepeats, tokenBudget]), formats);
    const given = Array.from(messages);
    const read = given.map((message) => reader.next(message));
    const blocks = read.flat();
    const tokens = (block: Block) => tokensOf(block, count, counts);
    const work = function* (): Steps<{ before: number; rewriting: Rewriting }> {
      let before = 0;
      for (const block of blocks) {
        before += tokens(block);
        yield;
      }
      const leastForExcerpt = tokenBudget === undefined ? undefined : shareRoom(blocks, tokenBudget, tokens);
      const rewriting = yield* pipelineOf(profile, count).rewriteInSteps({ model, blocks, allowsRepeats }, { leastForExcerpt });
      return { before, rewriting };
    };
    const { before, rewriting } = await stepByStep(work(), blocks[0]?.key);
    const summed = sumUp(blocks, rewriting, before);
    return {
      messages: putBack(given, read, rewriting),
      ...summed,
      compressed: rewriting.replacements.size > 0,
      ...(tokenBudget === undefined ? {} : { withinBudget: summed.tokensAfter <= tokenBudget }),
    };
  };
}

/** Throws a `TypeError` for options that make no sense. */
export function checkOptions({ profile, format, tokenBudget }: CompressOptions): void {
  if (profile !== undefined) checkProfile(profile);
  const names = messageFormats.map(({ name }) => name);
  if (format !== undefined && !names.includes(format))
    throw new TypeError(`compress: there is no format ${JSON.stringify(format)}; formats: ${names.join(', ')}`);
  if (tokenBudget !== undefined && !(typeof tokenBudget === 'number' && tokenBudget >= 0))
    throw new TypeError('compress: `tokenBudget` is no number of tokens');
}

export function checkProfile(profile: unknown): void {
  if (profile !== 'lossless' && profile !== 'standard')
    throw new TypeError(`there is no profile ${JSON.stringify(profile)}; profiles: lossless, standard`);
}

function putBack<Message>(given: readonly Message[], read: readonly ParsedBlock[][], { replacements }: Rewriting): Message[] {
  let next = 0;
  return given.map((message, n) => {
    const blocks = read[n] ?? [];
    const first = next;
    next += blocks.length;
    // From the end: of two places in one text the second stays where it was.
    return blocks.reduceRight((now, { place }, at) => {
      const text = replacements.get(first + at);
      return text === undefined || place === undefined ? now : putText(now, place, text);
    }, message);
  });
}

function sumUp(
  blocks: readonly Block[],
  { records, replacements }: Rewriting,
  before: number,
): Omit<Compression<never>, 'messages' | 'compressed' | 'withinBudget'> {
  const hashes = new Set<string>();
  const levers = new Set<string>();
  let saved = 0;
  let next = 0;
  for (const [at, block] of blocks.entries()) {
    // One record for each result, in order.
    const record = block.source === 'result' ? records[next++] : undefined;
    if (!record || !replacements.has(at)) continue;
    saved += record.tokensBefore - record.tokensAfter;
    for (const lever of Object.keys(record.levers)) levers.add(lever);
    if (record.form === 'excerpt') hashes.add(originalName(block.text));
  }
  return { ...amounts(before, saved), transformsApplied: [...levers], ccrHashes: [...hashes] };
}

function amounts(
  before: number,
  saved: number,
): Pick<Compression<never>, 'tokensBefore' | 'tokensAfter' | 'tokensSaved' | 'compressionRatio'> {
  const after = before - saved;
  return { tokensBefore: before, tokensAfter: after, tokensSaved: saved, compressionRatio: before === 0 ? 1 : after / before };
}

/** Counting is most of the work, and a conversation comes again and again. */
function tokensOf({ key, source, text, call }: Block, count: TokenCounter, counts: BoundedMap<number>): number {
  if (source === 'opaque') return 0;
  const known = counts.get(key);
  if (known !== undefined) return known;
  const tokens = count(source === 'call' ? `${call?.tool} ${JSON.stringify(call?.input) ?? ''}` : text);
  counts.set(key, tokens);
  return tokens;
}
