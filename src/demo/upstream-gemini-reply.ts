/** Spells a reply as Gemini does: one JSON body, server-sent events, or one JSON list in many pieces. Plain data in, text out. */
import type { BilledUsage } from './prompt-cache.ts';
import type { Answer } from './upstream-face.ts';
import type { Part } from './upstream-gemini-shapes.ts';

export interface Manner {
  readonly number: number;
  readonly model: string;
  /** Code Assist puts the reply into `response`. */
  readonly wrapped: boolean;
  readonly streams: boolean;
  /** Server-sent events; else one JSON array in many pieces. */
  readonly asEvents: boolean;
}

export function spellReply(
  parts: readonly Part[],
  usage: BilledUsage,
  { model, wrapped, streams, asEvents }: Manner,
  responseId: string,
): Pick<Answer, 'headers' | 'parts'> {
  const chunks = streams ? parts.map((part) => [part]) : [parts];
  const replies = chunks.map((piece, at) => {
    const isLast = at === chunks.length - 1;
    const candidate = { content: { role: 'model', parts: piece }, index: 0, ...(isLast ? { finishReason: 'STOP' } : {}) };
    const reply = { candidates: [candidate], usageMetadata: spellUsage(usage), modelVersion: model, responseId };
    return JSON.stringify(wrapped ? { response: reply } : reply);
  });
  if (!streams) return { headers: { 'content-type': 'application/json' }, parts: replies };
  if (asEvents) return { headers: { 'content-type': 'text/event-stream' }, parts: replies.map((reply) => `data: ${reply}\r\n\r\n`) };
  const pieces = replies.map((reply, at) => `${at === 0 ? '[' : ',\r\n'}${reply}${at === replies.length - 1 ? ']' : ''}`);
  return { headers: { 'content-type': 'application/json; charset=UTF-8' }, parts: pieces };
}

function spellUsage(usage: BilledUsage): unknown {
  const prompt = usage.input_tokens + usage.cache_read_input_tokens;
  return {
    promptTokenCount: prompt,
    candidatesTokenCount: usage.output_tokens,
    totalTokenCount: prompt + usage.output_tokens,
    ...(usage.cache_read_input_tokens > 0 ? { cachedContentTokenCount: usage.cache_read_input_tokens } : {}),
  };
}
