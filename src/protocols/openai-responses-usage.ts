/** Reads what a Responses reply says it cost, from a copy of its last event or of its JSON body. */
import type { Usage } from '../block.ts';
import { count, member, parse } from './figures.ts';
import type { UsageReader } from './protocol.ts';

export function createResponsesUsageReader(): UsageReader {
  let found: Usage | undefined;
  return {
    event(data) {
      // Most events are pieces of text, and the first ones repeat the request: only the last carries figures.
      if (!data.includes('_tokens')) return;
      found = usageOf(member(parse(data), 'response')) ?? found;
    },
    body(json) {
      found = usageOf(parse(json)) ?? found;
    },
    usage: () => found,
  };
}

/** The input's sum holds what was read from the cache; writing to it is free. */
function usageOf(response: unknown): Usage | undefined {
  const usage = member(response, 'usage');
  const input = count(usage, 'input_tokens');
  const output = count(usage, 'output_tokens');
  if (input === undefined && output === undefined) return undefined;
  const cacheRead = count(member(usage, 'input_tokens_details'), 'cached_tokens') ?? 0;
  const model = member(response, 'model');
  return {
    model: typeof model === 'string' ? model : undefined,
    fresh: Math.max(0, (input ?? 0) - cacheRead),
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    cacheRead,
    output: output ?? 0,
  };
}
