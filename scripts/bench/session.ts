/** A made-up session of a coding agent, as Claude Code would send it: reads, re-reads, searches, tests and edits. The same seed, the same bytes. */
import { createTexts, type Texts } from './session-texts.ts';

export interface Session {
  /** Blocks so far. */
  readonly blocks: number;
  /** Appends one call and its result of about so many bytes as a JSON string. */
  addCall(bytes: number): void;
  /** Forgets all but the first `blocks`. */
  cut(blocks: number): void;
  /** The request that asks for the next turn: the cache mark stands on the last block, as Claude Code's own. */
  body(): Buffer;
}

/** A fixed part and calls until the body has `bytes` bytes and, where `calls` is given, that many calls of like size. */
export function createSession(seed: number, bytes: number, calls: number): Session {
  const texts = createTexts(seed);
  const messages: Message[] = [{ role: 'user', content: [{ type: 'text', text: `Task ${seed}: find out why the build is slow.` }] }];
  const fixed = { system: [{ type: 'text', text: texts.prose(bytes * 0.06) }], tools: tools(texts, bytes * 0.06) };
  const session: Session = {
    get blocks() {
      return messages.length;
    },
    addCall: (size) => {
      const id = `toolu_${String(messages.length).padStart(6, '0')}${String(seed).padStart(18, '0')}`;
      const { name, input, output } = texts.call(size);
      messages.push({ role: 'assistant', content: [{ type: 'tool_use', id, name, input }] });
      messages.push({ role: 'user', content: [{ tool_use_id: id, type: 'tool_result', content: output }] });
    },
    cut: (blocks) => {
      messages.length = blocks;
    },
    body: () => {
      const last = messages.at(-1)!;
      const marked = { ...last, content: last.content.map((block) => ({ ...block, cache_control: { type: 'ephemeral', ttl: '1h' } })) };
      const rest = { ...fixed, metadata: { user_id: 'bench' }, max_tokens: 32_000, stream: true };
      return Buffer.from(JSON.stringify({ model: 'claude-opus-4-5', messages: [...messages.slice(0, -1), marked], ...rest }));
    },
  };
  const results = bytes * 0.88;
  // Few results hold most of the weight; the sum is what was asked for.
  const weights = Array.from({ length: calls }, (_, at) => 0.25 + 1.5 * ((at * 0.618034) % 1) ** 2);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  for (const weight of weights) session.addCall(Math.max(200, (results * weight) / all - 240));
  return session;
}

interface Message {
  readonly role: 'user' | 'assistant';
  readonly content: readonly Readonly<Record<string, unknown>>[];
}

function tools(texts: Texts, bytes: number): unknown[] {
  return ['Read', 'Bash', 'Grep', 'Edit'].map((name) => ({
    name,
    description: texts.prose(bytes / 4),
    input_schema: { type: 'object', properties: { file_path: { type: 'string' }, command: { type: 'string' } } },
  }));
}
