/** How agents post a conversation, API by API: bodies of the same messages, and what of a body the provider caches. */
import type { ParsedMessage } from '../../src/protocols/parsed-messages.ts';

interface Part {
  type: string;
  text?: string;
  id?: string;
  name?: string;
  input?: unknown;
  tool_use_id?: string;
  cache_control?: unknown;
  content?: unknown;
}

interface SpelledMessage {
  readonly role: string;
  readonly content: string | Part[] | null;
}

export interface WireSpelling {
  /** The API's name in the list of protocols. */
  readonly protocol: string;
  /** Who posts like that. */
  readonly agent: string;
  readonly bodyOf: (messages: readonly ParsedMessage[], indent?: number) => Buffer;
  /** The parsed body with the text of every result set aside. */
  readonly withoutResults: (body: Buffer) => unknown;
}

/** The newest block of the newest message carries the cache mark, the last request's mark is gone. */
const anthropic: WireSpelling = {
  protocol: 'anthropic-messages',
  agent: 'Claude Code',
  bodyOf(messages, indent) {
    const copies = structuredClone(messages) as { role: string; content: string | Part[] }[];
    const last = copies.at(-1);
    if (last && typeof last.content === 'string') last.content = [{ type: 'text', text: last.content }];
    const newest = Array.isArray(last?.content) ? last.content.at(-1) : undefined;
    if (newest) newest.cache_control = { type: 'ephemeral', ttl: '1h' };
    const system = [{ type: 'text', text: 'be kind', cache_control: { type: 'ephemeral' } }];
    return spell({ model: 'claude-opus-4-8', messages: copies, system, max_tokens: 32000, stream: true }, indent);
  },
  withoutResults: (body) =>
    JSON.parse(body.toString(), function (this: Part, key: string, value: unknown) {
      if (key !== 'content' || this.type !== 'tool_result') return value;
      return typeof value === 'string' ? 'text' : (value as unknown[]).length;
    }),
};

const chat: WireSpelling = {
  protocol: 'openai-chat',
  agent: 'an agent with tools',
  bodyOf: (messages, indent) =>
    spell(
      {
        model: 'gpt-5.2',
        messages: [{ role: 'system', content: 'be kind' }, ...messages.flatMap(asChat)],
        tools: [{ type: 'function', function: { name: 'Read' } }],
        stream: true,
        stream_options: { include_usage: true },
      },
      indent,
    ),
  withoutResults: (body) =>
    JSON.parse(body.toString(), function (this: { role?: string }, key: string, value: unknown) {
      if (key !== 'content' || this.role !== 'tool') return value;
      return typeof value === 'string' ? 'text' : (value as unknown[]).length;
    }),
};

/** No tools: what a command printed stands in a user message, and a reminder at the end of the last one. */
const aider: WireSpelling = {
  protocol: 'openai-chat',
  agent: 'aider',
  bodyOf(messages, indent) {
    const spelled = [{ role: 'system', content: 'be kind' }, ...messages.flatMap(asAider)];
    const last = spelled.at(-1);
    if (last?.role === 'user') last.content += '\n\n# *SEARCH/REPLACE block* Rules:\n\nEvery block is a block.\n';
    return spell({ model: 'gpt-4o', messages: spelled, temperature: 0, stream: true }, indent);
  },
  withoutResults: (body) =>
    JSON.parse(body.toString(), (key: string, value: unknown) =>
      key === 'content' ? String(value).replace(/(And got this output:\n\n)[\s\S]*?(# \*SEARCH[\s\S]*)?$/, '$1$2') : value,
    ),
};

/** Functions give a string, tools of the code mode parts with a line of their own before the text; ids of the turn change with each request. */
function responses(agent: string, asItems: (message: ParsedMessage) => unknown[]): WireSpelling {
  return {
    protocol: 'openai-responses',
    agent,
    bodyOf: (messages, indent) =>
      spell(
        {
          model: 'gpt-5.2-codex',
          stream: true,
          input: [{ type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'be kind' }] }, ...messages.flatMap(asItems)],
          tools: [{ type: 'function', name: 'Read' }],
          store: false,
          prompt_cache_key: 'k',
          client_metadata: { turn_id: `${messages.length}` },
        },
        indent,
      ),
    withoutResults: (body) =>
      JSON.parse(body.toString(), (key: string, value: unknown) => {
        if (key !== 'output') return value;
        return typeof value === 'string' ? 'text' : (value as unknown[]).length;
      }),
  };
}

const codex = responses('Codex with functions', (message) => asItems(message, false));
const codeMode = responses('Codex in code mode', (message) => asItems(message, true));

/** Every part of what a tool returned is a member of an object of its own; calls have ids with Google's own agent, and none in most SDKs. */
function google(agent: string, wrap: (request: object, length: number) => object, hasIds: boolean): WireSpelling {
  return {
    protocol: 'gemini',
    agent,
    bodyOf(messages, indent) {
      const tools = new Map<string | undefined, string | undefined>();
      const contents = messages.map((message) => asContent(message, tools, hasIds));
      const systemInstruction = { role: 'user', parts: [{ text: 'be kind' }] };
      const declared = [{ functionDeclarations: [{ name: 'Read' }] }];
      return spell(wrap({ contents, systemInstruction, tools: declared, generationConfig: { temperature: 1 } }, messages.length), indent);
    },
    withoutResults: (body) =>
      JSON.parse(body.toString(), function (this: unknown, key: string, value: unknown) {
        if (key === 'output') return 'text';
        return key === 'content' ? (value as unknown[]).length : value;
      }),
  };
}

const geminiSdk = google('an SDK', (request) => request, false);
const codeAssist = google(
  'Gemini CLI with a Google login',
  (request, length) => ({ model: 'gemini-3-pro', project: 'p', user_prompt_id: `${length}`, request: { ...request, session_id: 's' } }),
  true,
);

export const wireSpellings: readonly WireSpelling[] = [anthropic, chat, aider, codex, codeMode, geminiSdk, codeAssist];

/** What the provider's cache key is made of: messages without marks and reminders, a single text in either spelling alike. */
export function cachedMessages(body: Buffer): string[] {
  type Lists = Partial<Record<'messages' | 'input' | 'contents', SpelledMessage[]>>;
  const parsed = JSON.parse(body.toString()) as Lists & { request?: Lists };
  const { messages, input, contents = [] } = parsed.request ?? parsed;
  return (messages ?? input ?? contents).map(({ content, ...others }) => {
    const text = typeof content === 'string' ? content.replace(/\n\n# \*SEARCH[\s\S]*$/, '') : '';
    const parts = Array.isArray(content) ? content.map(({ cache_control: _, ...part }) => part) : [{ type: 'text', text }];
    return JSON.stringify({ ...others, parts });
  });
}

function spell(body: unknown, indent: number | undefined): Buffer {
  return Buffer.from(JSON.stringify(body, undefined, indent));
}

function partsOf({ content }: ParsedMessage): Part[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : (content as Part[]);
}

function textOf(content: unknown): string {
  return typeof content === 'string' ? content : (content as Part[]).map(({ text = '' }) => text).join('');
}

function asChat(message: ParsedMessage): unknown[] {
  const parts = partsOf(message);
  const results = parts.filter(({ type }) => type === 'tool_result');
  if (results.length > 0) return results.map(({ tool_use_id: id, content }) => ({ role: 'tool', tool_call_id: id, content }));
  const calls = parts.filter(({ type }) => type === 'tool_use');
  const text = parts.map(({ text = '' }) => text).join('');
  const spelled = calls.map(({ id, name, input }) => ({ id, type: 'function', function: { name, arguments: JSON.stringify(input) } }));
  return [{ role: message.role, content: text || null, ...(calls.length > 0 ? { tool_calls: spelled } : {}) }];
}

function asAider(message: ParsedMessage): { role: string; content: string }[] {
  return partsOf(message).flatMap(({ type, text, content, tool_use_id: id }) => {
    if (type === 'text') return [{ role: message.role, content: text ?? '' }];
    if (type !== 'tool_result') return [];
    const output = `I ran this command:\n\nnpm run ${id}\n\nAnd got this output:\n\n${textOf(content)}\n`;
    return [
      { role: 'user', content: output },
      { role: 'assistant', content: 'Ok.' },
    ];
  });
}

function asContent(message: ParsedMessage, tools: Map<string | undefined, string | undefined>, hasIds: boolean): object {
  const parts = partsOf(message).map(({ type, text, id, name, input, tool_use_id: of, content }) => {
    if (type === 'text') return { text };
    if (type === 'tool_use') {
      tools.set(id, name);
      return { functionCall: { ...(hasIds ? { id } : {}), name, args: input }, thoughtSignature: 'c2ln' };
    }
    if (type !== 'tool_result') return { thought: true, text: 'hm' };
    const response = typeof content === 'string' ? { output: content } : { content };
    return { functionResponse: { ...(hasIds ? { id: of } : {}), name: tools.get(of), response } };
  });
  return { role: message.role === 'user' ? 'user' : 'model', parts };
}

function asItems(message: ParsedMessage, isCodeMode: boolean): unknown[] {
  return partsOf(message).flatMap((part): unknown[] => {
    const { type, text, id, name, input, tool_use_id: of, content } = part;
    if (type === 'text') {
      return [{ type: 'message', role: message.role, content: [{ type: message.role === 'user' ? 'input_text' : 'output_text', text }] }];
    }
    if (type === 'tool_use' && isCodeMode) return [{ type: 'custom_tool_call', call_id: id, name: 'exec', input: JSON.stringify(input) }];
    if (type === 'tool_use') return [{ type: 'function_call', call_id: id, name, arguments: JSON.stringify(input) }];
    if (type !== 'tool_result') return [{ type: 'reasoning', summary: [], encrypted_content: 'x' }];
    const head = 'Wall time 0.1 seconds\nOutput:\n';
    if (!isCodeMode) return [{ type: 'function_call_output', call_id: of, output: head + textOf(content) }];
    const output = [head, textOf(content)].map((each) => ({ type: 'input_text', text: each }));
    return [{ type: 'custom_tool_call_output', call_id: of, output }];
  });
}
