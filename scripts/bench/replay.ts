/** Replays recorded sessions through the pipeline, request by request, as both profiles, and tells what every block became. It judges nothing. */
import type { Block } from '../../src/block.ts';
import type { CacheState } from '../../src/perf/cold-moments.ts';
import { createPipeline } from '../../src/pipeline/create.ts';
import type { BlockRecord } from '../../src/pipeline/decision.ts';
import type { Pipeline, RewriteOptions } from '../../src/pipeline/pipeline.ts';
import { createMessageReader } from '../../src/protocols/parsed-messages.ts';
import type { TokenCounter } from '../../src/tokens/count.ts';
import type { Session } from '../../test/helpers/corpus.ts';
import { type Profile, pipelineOptions, profiles } from './profiles.ts';

/** A block of a context and what it became, decided once. */
export interface Entry {
  readonly block: Block;
  /** Index into the session's messages. */
  readonly message: number;
  /** What goes out instead of the block's text; undefined: as it came. */
  readonly replacement: string | undefined;
  /** For results. */
  readonly record: BlockRecord | undefined;
  /** o200k tokens of a result; 0 for other blocks. */
  readonly before: number;
  readonly after: number;
}

/** Messages that grow from request to request, until the conversation is begun anew. */
export interface Context {
  readonly entries: readonly Entry[];
  /** Index into the session's requests, and how many of the entries it holds. */
  readonly requests: readonly { readonly index: number; readonly length: number }[];
}

export interface ReplayedSession {
  readonly id: string;
  readonly agent: string;
  readonly contexts: readonly Context[];
  /** Results whose outgoing text differed from what an earlier request sent: must be none. */
  readonly prefixViolations: number;
}

export type Replays = Readonly<Record<Profile, ReplayedSession>>;

/** What stands from one request of a context on, in place of what was sent before, until another stretch begins: the provider's cache was cold. */
export interface Stretch {
  /** Index into the session's contexts. */
  readonly context: number;
  /** Indexes into the requests of that context. */
  readonly from: number;
  until: number;
  readonly entries: readonly Entry[];
}

/** A session as every profile; token counts are shared. */
export function replayAll(session: Session, count: TokenCounter): Replays {
  const remembering = remember(count);
  return Object.fromEntries(profiles.map((profile) => [profile, replay(session, remembering, profile)])) as Record<
    Profile,
    ReplayedSession
  >;
}

/** Counts no text twice. */
function remember(count: TokenCounter): TokenCounter {
  const known = new Map<string, number>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const tokens = count(text);
    known.set(text, tokens);
    return tokens;
  };
}

function replay(session: Session, count: TokenCounter, profile: Profile): ReplayedSession {
  const pipeline = createPipeline(pipelineOptions(count, profile));
  const contexts: Context[] = [];
  let prefixViolations = 0;
  for (const context of contextsOf(session)) {
    const entries: Entry[] = [];
    const requests: { index: number; length: number }[] = [];
    contexts.push({ entries, requests });
    for (const { index, length } of context.requests) {
      prefixViolations += extend(entries, context, length, pipeline, count, {});
      requests.push({ index, length });
    }
  }
  return { id: session.id, agent: session.agent, contexts, prefixViolations };
}

/** The stretches of a session as `standard`, where its requests met the provider's cache in these states. None where it was never cold. */
export function replayCold(session: Session, states: readonly CacheState[], count: TokenCounter): Stretch[] {
  if (states.every(({ cold }) => cold === undefined)) return [];
  const remembering = remember(count);
  const pipeline = createPipeline(pipelineOptions(remembering, 'standard'));
  return contextsOf(session).flatMap((context, n) => {
    const stretches: Stretch[] = [];
    let [entries, era]: [Entry[], string | undefined] = [[], undefined];
    for (const [at, { index, length }] of context.requests.entries()) {
      const state = states[index]!;
      if (at > 0 && state.era !== era) {
        entries = [];
        stretches.push({ context: n, from: at, until: context.requests.length, entries });
        const before = stretches.at(-2);
        if (before) before.until = at;
      }
      era = state.era;
      extend(entries, context, length, pipeline, remembering, { era, moment: state.cold && 'cold' });
    }
    return stretches;
  });
}

/** The blocks of one context and what its requests hold of them. */
interface Blocks {
  readonly blocks: readonly Block[];
  /** Of each block, index into the session's messages. */
  readonly messages: readonly number[];
  readonly requests: readonly { readonly index: number; readonly length: number }[];
}

function contextsOf(session: Session): Blocks[] {
  const contexts: { blocks: Block[]; messages: number[]; requests: { index: number; length: number }[] }[] = [];
  let reader = createMessageReader(session.id);
  let [read, start]: [number, number | undefined] = [0, undefined];
  for (const [index, request] of session.requests.entries()) {
    if (request.context_start !== start) {
      start = request.context_start;
      read = start;
      contexts.push({ blocks: [], messages: [], requests: [] });
      reader = createMessageReader(`${session.id} ${start}`);
    }
    const { blocks, messages, requests } = contexts.at(-1)!;
    for (; read < request.message_index; read++) {
      const message = session.messages[read];
      for (const block of message ? reader.next(message) : []) {
        blocks.push(block);
        messages.push(read);
      }
    }
    requests.push({ index, length: blocks.length });
  }
  return contexts;
}

/** Sends the first `length` blocks and adds what became of those that are new; gives how many of the others changed. */
function extend(
  entries: Entry[],
  { blocks: all, messages }: Blocks,
  length: number,
  pipeline: Pipeline,
  count: TokenCounter,
  options: RewriteOptions,
): number {
  const blocks = all.slice(0, length);
  const { replacements, records } = pipeline.rewrite({ model: undefined, blocks, allowsRepeats: true }, options);
  const known = entries.length;
  let violations = 0;
  for (let at = 0; at < known; at++) if (replacements.get(at) !== entries[at]?.replacement) violations++;
  // One record for each result, in order: those of the last blocks are the last.
  let next = records.length - blocks.slice(known).filter(({ source }) => source === 'result').length;
  for (let at = known; at < length; at++) {
    const block = blocks[at]!;
    const replacement = replacements.get(at);
    const record = block.source === 'result' ? records[next++] : undefined;
    const before = record ? record.tokensBefore || count(block.text) : 0;
    const after = replacement === undefined ? before : (record?.tokensAfter ?? before);
    entries.push({ block, message: messages[at]!, replacement, record, before, after });
  }
  return violations;
}

/** Every result of a session once, in the context that sent it first. */
export function resultsOf(session: ReplayedSession): Entry[] {
  const seen = new Set<number>();
  return session.contexts.flatMap(({ entries }) => {
    const fresh = entries.filter(({ message }) => !seen.has(message));
    for (const { message } of fresh) seen.add(message);
    return fresh.filter(({ record }) => record !== undefined);
  });
}
