/** The requests of a recorded session as the pipeline's owner gets them: conversations at their times. */
import { type Block, chain, messagesKey, scopeLength } from '../../src/block.ts';
import { lifeAskedFor } from '../../src/perf/cold-moments.ts';
import { createMessageReader, type ParsedMessage } from '../../src/protocols/parsed-messages.ts';
import type { WireConversation } from '../../src/protocols/protocol.ts';
import type { Session } from './corpus.ts';

export interface RecordedRequest {
  readonly conversation: WireConversation;
  /** UTF-16 units of its texts. */
  readonly size: number;
  /** Seconds; undefined where no time was recorded. */
  readonly time: number | undefined;
}

/** Messages as a request for five minutes holds them. */
export function asRequest(messages: readonly ParsedMessage[]): RecordedRequest {
  const usage = { cache_creation: { ephemeral_5m_input_tokens: 1 } };
  const request = { message_index: messages.length, context_start: 0, model: 'claude-opus-4-8', usage };
  const session = { id: 'talk', agent: 'any', model: null, usage_reliable: true, messages, requests: [request] };
  return recordedRequests(session).next().value!;
}

export function* recordedRequests(session: Session): Generator<RecordedRequest> {
  let taken = Number.POSITIVE_INFINITY;
  let from = -1;
  let reader = createMessageReader(session.id);
  let blocks: (Block & { start: number; end: number })[] = [];
  let standing = { opening: -1, turn: 0, isModels: false };
  let life: number | undefined;
  for (const { message_index: until, context_start: start, timestamp, model: named, usage } of session.requests) {
    if (start !== from || until < taken) {
      [from, taken, blocks, reader] = [start, start, [], createMessageReader(session.id)];
      standing = { opening: -1, turn: 0, isModels: false };
    }
    for (; taken < until; taken++) {
      const message = session.messages[taken]!;
      const before = blocks.length;
      for (const block of reader.next(message)) {
        const start = blocks.at(-1)?.end ?? 0;
        blocks.push({ ...block, start, end: start + block.text.length + 1 });
      }
      const isModels = message.role === 'assistant';
      if (isModels) {
        const { opening, turn } = standing;
        standing = { opening: opening < 0 ? before : opening, turn: standing.isModels ? turn : before, isModels };
      } else standing = { ...standing, isModels };
    }
    const model = named ?? session.model ?? undefined;
    const scope = `${chain('', model ?? '').slice(0, scopeLength - 1)}1`;
    const { cache_creation: written, cache_creation_input_tokens: all = 0 } = usage ?? {};
    const long = written?.ephemeral_1h_input_tokens ?? 0;
    const bill = { cacheWrite1h: long, cacheWrite5m: written?.ephemeral_5m_input_tokens ?? all };
    life = (usage && lifeAskedFor(model ?? '', bill)) ?? life;
    const { opening, turn } = standing;
    const inScope = blocks.map((block) => ({ ...block, key: scope + messagesKey(block.key) }));
    const place = { scope, opening: opening < 0 ? blocks.length : opening, turn };
    const conversation: WireConversation = { model, blocks: inScope, allowsRepeats: true, ...place, life };
    yield { conversation, size: blocks.at(-1)?.end ?? 1, time: timestamp == null ? undefined : new Date(timestamp).getTime() / 1000 };
  }
}
