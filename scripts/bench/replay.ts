/** Replays recorded sessions through the pipeline, request by request, as both profiles, and tells what every block became. It judges nothing. */
import type { Block } from '../../src/block.ts';
import { createPipeline } from '../../src/pipeline/create.ts';
import type { BlockRecord } from '../../src/pipeline/decision.ts';
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

/** A session as every profile; token counts are shared. */
export function replayAll(session: Session, count: TokenCounter): Replays {
  const known = new Map<string, number>();
  const remembering: TokenCounter = (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const tokens = count(text);
    known.set(text, tokens);
    return tokens;
  };
  return Object.fromEntries(profiles.map((profile) => [profile, replay(session, remembering, profile)])) as Record<
    Profile,
    ReplayedSession
  >;
}

function replay(session: Session, count: TokenCounter, profile: Profile): ReplayedSession {
  const pipeline = createPipeline(pipelineOptions(count, profile));
  const contexts: Context[] = [];
  let prefixViolations = 0;
  let blocks: Block[] = [];
  let entries: Entry[] = [];
  let requests: { index: number; length: number }[] = [];
  let reader = createMessageReader(session.id);
  let read = 0;
  let start: number | undefined;
  for (const [index, request] of session.requests.entries()) {
    if (request.context_start !== start) {
      start = request.context_start;
      read = start;
      blocks = [];
      entries = [];
      requests = [];
      contexts.push({ entries, requests });
      reader = createMessageReader(`${session.id} ${start}`);
    }
    const messages: number[] = [];
    for (; read < request.message_index; read++) {
      const message = session.messages[read];
      for (const block of message ? reader.next(message) : []) {
        blocks.push(block);
        messages.push(read);
      }
    }
    const { replacements, records } = pipeline.rewrite({ model: undefined, blocks, allowsRepeats: true });
    const known = entries.length;
    for (let at = 0; at < known; at++) if (replacements.get(at) !== entries[at]?.replacement) prefixViolations++;
    const recordOf = new Map(records.map((record) => [record.key, record]));
    for (const [n, message] of messages.entries()) {
      const block = blocks[known + n]!;
      const replacement = replacements.get(known + n);
      const record = block.source === 'result' ? recordOf.get(block.key) : undefined;
      const before = record ? record.tokensBefore || count(block.text) : 0;
      entries.push({
        block,
        message,
        replacement,
        record,
        before,
        after: replacement === undefined ? before : (record?.tokensAfter ?? before),
      });
    }
    requests.push({ index, length: entries.length });
  }
  return { id: session.id, agent: session.agent, contexts, prefixViolations };
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
