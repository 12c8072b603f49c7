/** One request of the demo's agent, spelled and streamed as the Messages API has it. */
import { request as startRequest } from 'node:http';
import { createParser } from 'eventsource-parser';
import type { AgentTool } from './agent-tools.ts';
import type { AnthropicBlock, AnthropicMessage, AnthropicRequest } from './upstream-anthropic-shapes.ts';

export interface ToolUse {
  readonly type: 'tool_use';
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface AgentReply {
  readonly content: readonly (ToolUse | { readonly type: 'text'; readonly text: string })[];
  /** All that was billed as input, cached or not. */
  readonly inputTokens: number;
}

/** The conversation so far as a request, the mark of the prompt cache on its last block. */
export function spellRequest(messages: readonly AnthropicMessage[], tools: readonly AgentTool[]): AnthropicRequest {
  return {
    // No name of a real model: what one counts and costs is not known here.
    model: 'scripted-demo',
    stream: true,
    ...{ max_tokens: 1024 },
    system: [{ type: 'text', text: 'You are the demo of headroom. You look around in a folder with your tools, and you change nothing.' }],
    tools: tools.map(spellTool),
    messages: messages.map((message, index) => (index === messages.length - 1 ? marked(message) : message)),
  };
}

/** Sends a request to `ADDRESS/v1/messages` and reads the reply to its end. */
export async function ask(address: string, body: AnthropicRequest): Promise<AgentReply> {
  const bytes = Buffer.from(JSON.stringify(body));
  const headers = {
    'content-type': 'application/json',
    'content-length': bytes.length,
    'anthropic-version': '2023-06-01',
    'x-api-key': 'demo',
  };
  const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
    const outgoing = startRequest(`${address}/v1/messages`, { method: 'POST', headers, agent: false }, async (incoming) => {
      try {
        const chunks: Buffer[] = [];
        for await (const chunk of incoming) chunks.push(chunk as Buffer);
        resolve({ status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
      } catch (thrown) {
        reject(thrown);
      }
    });
    outgoing.on('error', reject);
    outgoing.end(bytes);
  });
  if (status !== 200) throw new Error(`the model's side answered ${status}: ${text.slice(0, 200)}`);
  return readReply(text);
}

function spellTool({ name, description, properties }: AgentTool) {
  const typed = Object.fromEntries(Object.entries(properties).map(([key, type]) => [key, { type }]));
  return { name, description, input_schema: { type: 'object', properties: typed } };
}

function marked({ role, content }: AnthropicMessage): AnthropicMessage {
  const blocks: readonly AnthropicBlock[] = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  const last = blocks.length - 1;
  return { role, content: blocks.map((block, at) => (at === last ? { ...block, cache_control: ephemeral } : block)) };
}

const ephemeral: { readonly type: string; readonly ttl?: string } = { type: 'ephemeral' };

/** The events that are read; others are let go by. */
interface ReplyEvent {
  readonly type: string;
  readonly index?: number;
  readonly content_block?: { readonly type: string; readonly id?: string; readonly name?: string };
  readonly delta?: { readonly text?: string; readonly partial_json?: string };
  readonly message?: { readonly usage?: Readonly<Record<string, unknown>> };
}

function readReply(text: string): AgentReply {
  const blocks: { type: string; id: string; name: string; said: string }[] = [];
  let inputTokens = 0;
  const parser = createParser({
    onEvent: ({ data }) => {
      const { index = 0, content_block: block, delta, message } = JSON.parse(data) as ReplyEvent;
      for (const tier of tiers) inputTokens += Number(message?.usage?.[tier] ?? 0);
      if (block) blocks[index] = { type: block.type, id: block.id ?? '', name: block.name ?? '', said: '' };
      const current = blocks[index];
      if (current && delta) current.said += delta.text ?? delta.partial_json ?? '';
    },
  });
  parser.feed(text);
  return {
    inputTokens,
    content: blocks.map(({ type, id, name, said }) =>
      type === 'tool_use' ? { type, id, name, input: JSON.parse(said || '{}') as ToolUse['input'] } : { type: 'text', text: said },
    ),
  };
}

const tiers = ['input_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens'];
