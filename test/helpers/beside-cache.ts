/** A recording proxy's part of conversations, request by request, beside a simulated cache of the provider. */
import { type Conversation, messagesKey } from '../../src/block.ts';
import type { Pipeline, Rewriting } from '../../src/pipeline/pipeline.ts';
import type { WireConversation } from '../../src/protocols/protocol.ts';
import { createHistories, type Histories } from '../../src/proxy/histories.ts';
import { openDecisions } from '../../src/store/decision-files.ts';
import { createProviderCache, type PromptPart } from './provider-cache.ts';

export interface BesideCache {
  /** `now`: seconds; `by`: which process. What the provider keeps, it keeps for the conversation's life; where that is unknown for an hour. */
  send(
    conversation: WireConversation,
    size: number,
    partsOf: (rewriting: Rewriting) => readonly PromptPart[],
    now: number,
    by?: number,
  ): Promise<Rewriting>;
  /** Another process goes on in place of this one. */
  restart(by?: number): void;
  /** `before` and `after`: tokens of results, as cold moments tell of them. */
  readonly figures: { avoidable: number; cold: number; replaced: number; before: number; after: number };
}

/** `processes`: each on a machine of its own; they share the folder. */
export function createBesideCache(folder: string, createPipeline: (by: number) => Pipeline, processes = 1): BesideCache {
  const provider = createProviderCache({ leastTokens: 1 });
  const figures = { avoidable: 0, cold: 0, replaced: 0, before: 0, after: 0 };
  let now = 0;
  const start = (by: number): { histories: Histories; pipeline: Pipeline } => ({
    pipeline: createPipeline(by),
    histories: createHistories({
      store: openDecisions(folder),
      readClock: () => ({ time: now * 1000, up: now, host: `machine ${by}` }),
      isOurs: false,
      allowsCold: true,
    }),
  });
  const running = Array.from({ length: processes }, (_, by) => start(by));
  return {
    figures,
    restart: (by = 0) => {
      running[by] = start(by);
    },
    send: async (conversation, size, partsOf, time, by = 0) => {
      now = time;
      const { histories, pipeline } = running[by]!;
      const rewritten = await histories.rewrite({ conversation, size, isTurn: true }, pipeline);
      const parts = partsOf(rewritten.rewriting);
      const life = conversation.life ?? 3600;
      const model = conversation.model ?? '';
      const { avoidable, written, read, fresh } = provider.serve({ model, parts: parts.with(-1, { ...parts.at(-1)!, life }) }, now);
      figures.avoidable += avoidable;
      figures.cold += rewritten.cold ? 1 : 0;
      figures.before += rewritten.cold?.before ?? 0;
      figures.after += rewritten.cold?.after ?? 0;
      figures.replaced += rewritten.rewriting.replacements.size;
      const writes = life > 300 ? { cacheWrite5m: 0, cacheWrite1h: written } : { cacheWrite5m: written, cacheWrite1h: 0 };
      await histories.learn(rewritten, { model, fresh, ...writes, cacheRead: read, output: 50 });
      return rewritten.rewriting;
    },
  };
}

/** The parts of a prompt that nobody has spelled: block by block. */
export function partsOfBlocks({ blocks }: Conversation): (rewriting: Rewriting) => readonly PromptPart[] {
  const received = blocks.map(({ key, text }) => text || messagesKey(key));
  return ({ replacements }) => received.map((text, at) => ({ received: text, sent: replacements.get(at) ?? text }));
}
