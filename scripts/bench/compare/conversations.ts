/** Conversations that grow turn by turn, and the requests that they make: the same for everyone who is compared. */
import type { ToolCall } from '../../../src/block.ts';
import type { Session } from '../../../test/helpers/corpus.ts';
import { createTexts } from '../session-texts.ts';

export type Piece = Readonly<Record<string, unknown>>;

export interface ChatMessage {
  readonly role: string;
  readonly content: string | readonly Piece[];
}

export interface RequestBody {
  readonly system?: string | readonly Piece[];
  readonly tools?: readonly Piece[];
  readonly messages: readonly ChatMessage[];
}

export interface Conversation {
  readonly group: 'workloads' | 'outputs' | 'sessions' | 'planted';
  readonly name: string;
  readonly messages: readonly ChatMessage[];
  /** How many of the messages each request holds. */
  readonly ends: readonly number[];
  /** When each request was made, epoch milliseconds; empty: not told. */
  readonly times: readonly number[];
}

export interface Result {
  readonly call: ToolCall;
  readonly text: string;
}

/** The model of every request: the family decides nothing but the estimate of dollars. */
export const model = 'claude-opus-4-6';
/** Turns without a tool after the last result: who waits before shrinking gets to it. */
const turnsAfter = 3;

/** One call after the other, each answered in a request of its own. */
export function conversationOf(group: Conversation['group'], name: string, results: readonly Result[]): Conversation {
  const messages: ChatMessage[] = [{ role: 'user', content: [{ type: 'text', text: 'Look into this and tell me what matters.' }] }];
  const ends = [1];
  for (const [at, { call, text }] of results.entries()) {
    const id = `toolu_${name.replace(/\W/g, '').slice(0, 12)}${String(at).padStart(12, '0')}`;
    messages.push({ role: 'assistant', content: [{ type: 'tool_use', id, name: call.tool, input: call.input }] });
    messages.push({ role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: text }] });
    ends.push(messages.length);
  }
  for (let turn = 1; turn <= turnsAfter; turn++) {
    messages.push({ role: 'assistant', content: [{ type: 'text', text: `Noted, step ${turn}.` }] });
    messages.push({ role: 'user', content: [{ type: 'text', text: `Go on with step ${turn + 1}.` }] });
    ends.push(messages.length);
  }
  return { group, name, messages, ends, times: [] };
}

/** A recorded session whose context is never begun anew. */
export function conversationOfSession(session: Session, times: readonly number[]): Conversation {
  const messages = session.messages.map(({ role, content }) => ({ role, content: content as ChatMessage['content'] }));
  return { group: 'sessions', name: session.id, messages, ends: session.requests.map(({ message_index }) => message_index), times };
}

/** The request as an agent sends it; the cache mark stands on the last block, as Claude Code's own. */
export function bodyOf({ messages, name }: Conversation, end: number): RequestBody {
  const last = messages[end - 1]!;
  const pieces = typeof last.content === 'string' ? [{ type: 'text', text: last.content }] : last.content;
  const marked = { ...last, content: pieces.map((piece, at) => (at === pieces.length - 1 ? { ...piece, cache_control: mark } : piece)) };
  const system = [{ type: 'text', text: `${fixedTexts.system}\nConversation ${name}.`, cache_control: mark }];
  const body = { model, max_tokens: 1024, stream: true, system, tools: fixedTexts.tools };
  return { ...body, messages: [...messages.slice(0, end - 1), marked] };
}

const mark = { type: 'ephemeral' };

const fixedTexts = makeFixedTexts();

/** System prompt and tools: some 4,000 tokens, the least that agents come with. */
function makeFixedTexts(): { system: string; tools: Piece[] } {
  const texts = createTexts(7);
  const tools = ['Read', 'Bash', 'Grep', 'Glob', 'Edit', 'Write'].map((name) => ({
    name,
    description: texts.prose(1200),
    input_schema: { type: 'object', properties: { file_path: { type: 'string' }, command: { type: 'string' } } },
  }));
  return { system: texts.prose(8000), tools };
}
