/** Spells a reply as Chat Completions does: one JSON body, or chunks cut into many. Plain data in, text out. */
import type { BilledUsage } from './prompt-cache.ts';
import { slices } from './upstream-slices.ts';

interface ChatCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

export interface ChatReply {
  readonly id: string;
  readonly model: string;
  readonly text: string | undefined;
  readonly calls: readonly ChatCall[];
  readonly usage: BilledUsage;
}

export function spellCompletion(reply: ChatReply): unknown {
  const { id, model, text, calls, usage } = reply;
  const spelled = calls.map((call) => ({
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.input) },
  }));
  const message = { role: 'assistant', content: text ?? null, refusal: null, ...(calls.length > 0 ? { tool_calls: spelled } : {}) };
  const choice = { index: 0, message, logprobs: null, finish_reason: finishOf(reply) };
  return { id, object: 'chat.completion', created, model, choices: [choice], usage: spellUsage(usage) };
}

/** The usage comes in a last chunk of its own, and only where it was asked for. */
export function spellChunks(reply: ChatReply, includesUsage: boolean): string[] {
  const { id, model, text = '', calls, usage } = reply;
  const event = (choices: unknown[], more: object = includesUsage ? { usage: null } : {}) =>
    `data: ${JSON.stringify({ id, object: 'chat.completion.chunk', created, model, choices, ...more })}\n\n`;
  const delta = (piece: object, finish: string | null = null) => event([{ index: 0, delta: piece, logprobs: null, finish_reason: finish }]);
  return [
    delta({ role: 'assistant', content: calls.length > 0 && !text ? null : '', refusal: null }),
    ...slices(text, 12).map((content) => delta({ content })),
    ...calls.flatMap((call, index) => [
      delta({ tool_calls: [{ index, id: call.id, type: 'function', function: { name: call.name, arguments: '' } }] }),
      ...slices(JSON.stringify(call.input), 18).map((piece) => delta({ tool_calls: [{ index, function: { arguments: piece } }] })),
    ]),
    delta({}, finishOf(reply)),
    ...(includesUsage ? [event([], { usage: spellUsage(usage) })] : []),
    'data: [DONE]\n\n',
  ];
}

/** The same reply at any time is the same bytes. */
const created = 1_767_225_600;

function finishOf({ calls }: ChatReply): string {
  return calls.length > 0 ? 'tool_calls' : 'stop';
}

function spellUsage(usage: BilledUsage): unknown {
  const prompt = usage.input_tokens + usage.cache_read_input_tokens;
  return {
    prompt_tokens: prompt,
    completion_tokens: usage.output_tokens,
    total_tokens: prompt + usage.output_tokens,
    prompt_tokens_details: { cached_tokens: usage.cache_read_input_tokens, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0 },
  };
}
