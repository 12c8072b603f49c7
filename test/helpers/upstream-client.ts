/** A client for the scripted upstream: asks as an agent does, and puts streamed replies together. */
import { createParser } from 'eventsource-parser';
import { startUpstream, type Upstream, type UpstreamOptions } from '../../src/demo/upstream.ts';

export type Json = Record<string, unknown>;
export type Content = { type: string; id?: string; [field: string]: unknown }[];

export const tools = [
  { name: 'Bash', input_schema: { properties: { command: {}, description: {} } } },
  { name: 'Read', input_schema: { properties: { file_path: {}, offset: {}, limit: {} } } },
  { name: 'Edit', input_schema: { properties: { file_path: {}, old_string: {}, new_string: {} } } },
  { name: 'Write', input_schema: { properties: { file_path: {}, content: {} } } },
];
export const prompt = { role: 'user', content: 'Please work' };

export interface Client extends Upstream {
  /** Posts a Messages request with a model, the tools and the prompt above unless the body says otherwise. */
  ask(body: Json, path?: string, init?: RequestInit): Promise<{ status: number; json: Json; content: Content }>;
}

/** An upstream together with its client. */
export async function openUpstream(options: UpstreamOptions): Promise<Client> {
  const upstream = await startUpstream(options);
  return {
    ...upstream,
    async ask(body, path = '/v1/messages', init = {}) {
      const full = { model: 'claude-opus-5-5', max_tokens: 100, messages: [prompt], tools, ...body };
      const reply = await fetch(`${upstream.url}${path}`, { method: 'POST', body: JSON.stringify(full), ...init });
      const json = (await reply.json()) as Json;
      return { status: reply.status, json, content: json.content as Content };
    },
  };
}

/** The conversation after every call of `content` was answered. */
export function answered(messages: unknown[], content: Content, result = 'done'): unknown[] {
  const results = content.flatMap(({ type, id }) =>
    type === 'tool_use' ? [{ type: 'tool_result', tool_use_id: id, content: result }] : [],
  );
  return [...messages, { role: 'assistant', content }, { role: 'user', content: results }];
}

/** The data of each event; its name must be the type inside. */
export function parseEvents(text: string): Json[] {
  const events: Json[] = [];
  const parser = createParser({
    onEvent({ event, data }) {
      events.push(JSON.parse(data) as Json);
      if (events.at(-1)?.type !== event) throw new Error(`event ${event} carries ${data}`);
    },
  });
  parser.feed(text);
  return events;
}

/** Puts the deltas together as a client does. */
export function assemble(events: readonly Json[]): Content {
  const content: Content = [];
  const partial: string[] = [];
  for (const event of events as readonly (Json & { index: number; delta: Record<string, string>; content_block: Content[number] })[]) {
    const block = content[event.index]!;
    if (event.type === 'content_block_start') content[event.index] = { ...event.content_block };
    if (event.type !== 'content_block_delta') continue;
    const { type: _, partial_json: json, signature, ...text } = event.delta;
    if (json !== undefined) partial[event.index] = (partial[event.index] ?? '') + json;
    if (signature !== undefined) block.signature = signature;
    for (const [key, value] of Object.entries(text)) block[key] = `${block[key]}${value}`;
  }
  partial.forEach((json, index) => {
    content[index]!.input = JSON.parse(json);
  });
  return content;
}
