/** Reads what a Chat Completions reply says it cost, from a copy of its chunks or of its JSON body. Where the client asked for none there is none. */
import type { Usage } from '../block.ts';
import { count, member, parse } from './figures.ts';
import type { UsageReader } from './protocol.ts';

export function createChatUsageReader(): UsageReader {
  let found: Usage | undefined;
  const take = (json: string) => {
    const reply = parse(json);
    found = usageOf(reply) ?? found;
  };
  return {
    event(data) {
      // Most chunks are pieces of text: those are not worth parsing.
      if (data.includes('_tokens')) take(data);
    },
    body: take,
    usage: () => found,
  };
}

/** The last usage counts: some providers send a running one with every chunk. */
function usageOf(reply: unknown): Usage | undefined {
  const usage = member(reply, 'usage');
  const prompt = count(usage, 'prompt_tokens');
  const output = count(usage, 'completion_tokens');
  if (prompt === undefined && output === undefined) return undefined;
  const details = member(usage, 'prompt_tokens_details');
  // DeepSeek's own name for it, and the Messages API's, which LiteLLM passes on.
  const cacheRead =
    count(details, 'cached_tokens') ?? count(usage, 'prompt_cache_hit_tokens') ?? count(usage, 'cache_read_input_tokens') ?? 0;
  const written = writesOf(usage, details);
  const fresh = Math.max(0, (prompt ?? 0) - cacheRead - written.cacheWrite5m - written.cacheWrite1h);
  const model = member(reply, 'model');
  return { model: typeof model === 'string' ? model : undefined, fresh, ...written, cacheRead, output: output ?? 0 };
}

/** LiteLLM: `cache_creation_input_tokens` beside the sums; OpenRouter: `cache_write_tokens` in the details. Both are part of the prompt's sum. */
function writesOf(usage: unknown, details: unknown): Pick<Usage, 'cacheWrite5m' | 'cacheWrite1h'> {
  const split = member(details, 'cache_creation_token_details') ?? member(usage, 'cache_creation');
  const long = count(split, 'ephemeral_1h_input_tokens') ?? 0;
  const total =
    count(usage, 'cache_creation_input_tokens') ??
    count(details, 'cache_creation_tokens') ??
    count(details, 'cache_write_tokens') ??
    long + (count(split, 'ephemeral_5m_input_tokens') ?? 0);
  return { cacheWrite5m: Math.max(0, total - long), cacheWrite1h: long };
}
