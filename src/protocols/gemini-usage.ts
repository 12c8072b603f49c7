/** Reads what a Gemini reply says it cost, from a copy of its events or of its JSON body, which may be a list of replies. */
import type { Usage } from '../block.ts';
import { count, member, parse } from './figures.ts';
import type { UsageReader } from './protocol.ts';

export function createGeminiUsageReader(): UsageReader {
  let found: Usage | undefined;
  const take = (reply: unknown) => {
    // Code Assist's replies stand in a member.
    found = usageOf(member(reply, 'response') ?? reply) ?? found;
  };
  return {
    event(data) {
      if (data.includes('usageMetadata')) take(parse(data));
    },
    body(json) {
      const reply = parse(json);
      for (const each of Array.isArray(reply) ? reply : [reply]) take(each);
    },
    usage: () => found,
  };
}

/** The last usage counts: each event carries a running one. The prompt's sum holds what was read from a cache; thoughts are billed as output. */
function usageOf(reply: unknown): Usage | undefined {
  const usage = member(reply, 'usageMetadata');
  const prompt = count(usage, 'promptTokenCount');
  const answer = count(usage, 'candidatesTokenCount');
  const thoughts = count(usage, 'thoughtsTokenCount');
  if (prompt === undefined && answer === undefined && thoughts === undefined) return undefined;
  const cacheRead = count(usage, 'cachedContentTokenCount') ?? 0;
  const model = member(reply, 'modelVersion');
  return {
    model: typeof model === 'string' ? model : undefined,
    fresh: Math.max(0, (prompt ?? 0) + (count(usage, 'toolUsePromptTokenCount') ?? 0) - cacheRead),
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    cacheRead,
    output: (answer ?? 0) + (thoughts ?? 0),
  };
}
