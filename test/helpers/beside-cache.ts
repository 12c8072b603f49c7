/** A recording proxy's part of a conversation, request by request, beside a simulated cache of the provider. */
import type { Pipeline, Rewriting } from '../../src/pipeline/pipeline.ts';
import type { WireConversation } from '../../src/protocols/protocol.ts';
import { createHistories, type Histories } from '../../src/proxy/histories.ts';
import { openDecisions } from '../../src/store/decision-files.ts';
import { createProviderCache, type PromptPart } from './provider-cache.ts';

export interface BesideCache {
  /** `now`: seconds. What the provider keeps, it keeps for the conversation's life; where that is unknown for an hour. */
  send(conversation: WireConversation, size: number, partsOf: (rewriting: Rewriting) => readonly PromptPart[], now: number): Promise<void>;
  /** Another process goes on. */
  restart(): void;
  readonly figures: { avoidable: number; cold: number; replaced: number };
}

export function createBesideCache(folder: string, createPipeline: () => Pipeline): BesideCache {
  const provider = createProviderCache({ leastTokens: 1 });
  const figures = { avoidable: 0, cold: 0, replaced: 0 };
  let now = 0;
  const start = (): { histories: Histories; pipeline: Pipeline } => ({
    pipeline: createPipeline(),
    histories: createHistories({
      store: openDecisions(folder),
      readClock: () => ({ time: now * 1000, up: now, host: 'here' }),
      isOurs: false,
      allowsCold: true,
    }),
  });
  let running = start();
  return {
    figures,
    restart: () => {
      running = start();
    },
    send: async (conversation, size, partsOf, time) => {
      now = time;
      const { histories, pipeline } = running;
      const rewritten = await histories.rewrite({ conversation, size, isTurn: true }, pipeline);
      const parts = partsOf(rewritten.rewriting);
      const life = conversation.life ?? 3600;
      const model = conversation.model ?? '';
      const { avoidable, written, read, fresh } = provider.serve({ model, parts: parts.with(-1, { ...parts.at(-1)!, life }) }, now);
      figures.avoidable += avoidable;
      figures.cold += rewritten.cold ? 1 : 0;
      figures.replaced += rewritten.rewriting.replacements.size;
      const writes = life > 300 ? { cacheWrite5m: 0, cacheWrite1h: written } : { cacheWrite5m: written, cacheWrite1h: 0 };
      await histories.learn(rewritten, { model, fresh, ...writes, cacheRead: read, output: 50 });
    },
  };
}
