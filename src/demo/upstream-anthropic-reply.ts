/** Spells a turn as the Messages API does: one JSON body, or server-sent events in the order in which the provider sends them. */
import type { BilledUsage } from './prompt-cache.ts';
import { slices } from './upstream-slices.ts';

export type ReplyBlock =
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: unknown };

export interface Reply {
  readonly id: string;
  readonly model: string;
  readonly content: readonly ReplyBlock[];
  readonly usage: BilledUsage;
  /** Extra fields that come with the stop reason, such as `safeguard_results`. */
  readonly verdict: Readonly<Record<string, unknown>>;
}

export function spellMessage({ id, model, content, usage, verdict }: Reply): unknown {
  const billed = { ...usage, service_tier: 'standard' };
  return { id, type: 'message', role: 'assistant', model, content, ...stopOf(content), ...verdict, usage: billed };
}

export function spellEvents({ id, model, content, usage, verdict }: Reply): string[] {
  const opening = { id, type: 'message', role: 'assistant', model, content: [], stop_reason: null, stop_sequence: null };
  const { cache_creation: _, ...counted } = usage;
  return [
    event('message_start', { message: { ...opening, usage: { ...usage, output_tokens: 1, service_tier: 'standard' } } }),
    ...content.flatMap((block, index) => [
      event('content_block_start', { index, content_block: emptied(block) }),
      ...(index === 0 ? [event('ping', {})] : []),
      ...deltasOf(block).map((delta) => event('content_block_delta', { index, delta })),
      event('content_block_stop', { index }),
    ]),
    event('message_delta', { delta: { ...stopOf(content), ...verdict }, usage: counted }),
    event('message_stop', {}),
  ];
}

function event(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

function stopOf(content: readonly ReplyBlock[]): { stop_reason: string; stop_sequence: null } {
  return { stop_reason: content.some(({ type }) => type === 'tool_use') ? 'tool_use' : 'end_turn', stop_sequence: null };
}

function emptied(block: ReplyBlock): ReplyBlock {
  if (block.type === 'text') return { ...block, text: '' };
  if (block.type === 'thinking') return { ...block, thinking: '', signature: '' };
  return { ...block, input: {} };
}

function deltasOf(block: ReplyBlock): object[] {
  if (block.type === 'text') return slices(block.text, 12).map((text) => ({ type: 'text_delta', text }));
  if (block.type === 'thinking')
    return [
      ...slices(block.thinking, 16).map((thinking) => ({ type: 'thinking_delta', thinking })),
      { type: 'signature_delta', signature: block.signature },
    ];
  return ['', ...slices(JSON.stringify(block.input), 18)].map((partial) => ({ type: 'input_json_delta', partial_json: partial }));
}
