/** Spells a turn as the Responses API does: one JSON body, or server-sent events in the order in which the provider sends them. */
import type { SpelledCall } from './upstream-responses-calls.ts';
import { slices } from './upstream-slices.ts';

interface ResponsesUsage {
  readonly input_tokens: number;
  readonly input_tokens_details: { readonly cached_tokens: number };
  readonly output_tokens: number;
  readonly output_tokens_details: { readonly reasoning_tokens: number };
  readonly total_tokens: number;
}

export interface ResponsesReply {
  /** Unique among replies; ids are made of it. */
  readonly seed: string;
  readonly model: string;
  readonly thinking: string | undefined;
  readonly text: string | undefined;
  readonly calls: readonly SpelledCall[];
  readonly usage: ResponsesUsage;
}

type Item = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string };

export function outputOf({ seed, thinking, text, calls }: Omit<ResponsesReply, 'usage'>): Item[] {
  const reasoning = {
    id: `rs_${seed}`,
    type: 'reasoning',
    summary: [],
    encrypted_content: Buffer.from(`${seed} ${thinking}`).toString('base64'),
  };
  const message = { id: `msg_${seed}`, type: 'message', role: 'assistant', status: 'completed', content: [textPart(text ?? '')] };
  return [
    ...(thinking === undefined ? [] : [reasoning]),
    ...(text === undefined ? [] : [message]),
    ...calls.map(({ tool, input }, index) => {
      const common = { status: 'completed', call_id: `call_${seed}${index}`, name: tool.name };
      if (tool.isCustom) return { id: `ctc_${seed}${index}`, type: 'custom_tool_call', ...common, input };
      const namespace = tool.namespace === undefined ? {} : { namespace: tool.namespace };
      return { id: `fc_${seed}${index}`, type: 'function_call', ...common, ...namespace, arguments: input };
    }),
  ];
}

export function spellResponse(reply: ResponsesReply): Readonly<Record<string, unknown>> {
  return { ...opening(reply), status: 'completed', output: outputOf(reply), usage: reply.usage };
}

export function spellEvents(reply: ResponsesReply): string[] {
  const events: object[] = [
    { type: 'response.created', response: opening(reply) },
    { type: 'response.in_progress', response: opening(reply) },
    ...outputOf(reply).flatMap((item, index) => eventsOf(item).map((event) => ({ output_index: index, ...event }))),
    { type: 'response.completed', response: spellResponse(reply) },
  ];
  return events.map((event, number) => {
    const { type } = event as { type: string };
    return `event: ${type}\ndata: ${JSON.stringify({ ...event, sequence_number: number })}\n\n`;
  });
}

function opening({ seed, model }: ResponsesReply) {
  return { id: `resp_${seed}`, object: 'response', created_at: 1_767_225_600, model, status: 'in_progress', output: [], usage: null };
}

function eventsOf(item: Item): object[] {
  const at = { item_id: item.id };
  const done = { type: 'response.output_item.done', item };
  const added = (emptied: object) => ({ type: 'response.output_item.added', item: { ...item, status: 'in_progress', ...emptied } });
  if (item.type === 'message') {
    const [part] = item.content as [{ text: string }];
    const place = { ...at, content_index: 0 };
    return [
      added({ content: [] }),
      { type: 'response.content_part.added', ...place, part: textPart('') },
      ...slices(part.text, 12).map((delta) => ({ type: 'response.output_text.delta', ...place, delta })),
      { type: 'response.output_text.done', ...place, text: part.text },
      { type: 'response.content_part.done', ...place, part },
      done,
    ];
  }
  if (item.type === 'reasoning') return [added({ encrypted_content: '' }), done];
  const [name, member] = item.type === 'function_call' ? ['function_call_arguments', 'arguments'] : ['custom_tool_call_input', 'input'];
  const text = String(item[member as 'arguments' | 'input']);
  return [
    added({ [member as string]: '' }),
    ...slices(text, 18).map((delta) => ({ type: `response.${name}.delta`, ...at, delta })),
    { type: `response.${name}.done`, ...at, [member as string]: text },
    done,
  ];
}

function textPart(text: string) {
  return { type: 'output_text', text, annotations: [] };
}
