/** Conversations of Chat Completions as data, and as bytes in every spelling that means the same to the API. */
import fc from 'fast-check';
import { createDice } from './dice.ts';

type ChatPart =
  | { readonly type: 'text'; readonly text: string; readonly detail?: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } };
interface ChatCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}
export interface ChatMessage {
  readonly role: string;
  readonly name?: string;
  readonly tool_call_id?: string;
  /** Undefined: null. */
  readonly content: readonly ChatPart[] | undefined;
  readonly tool_calls?: readonly ChatCall[];
}
export interface Chat {
  readonly model: string;
  readonly tools: readonly { readonly type: 'function'; readonly function: { readonly name: string } }[];
  readonly extra: Readonly<Record<string, unknown>>;
  readonly messages: readonly ChatMessage[];
}

const word = fc.oneof(fc.constantFrom('', 'a', 'b', 'two\nlines', 'q"\\', 'é😀'), fc.string({ maxLength: 5 }));
const output = fc.tuple(word, word).map(([command, text]) => `I ran this command:\n\n${command}\n\nAnd got this output:\n\n${text}\n`);
const id = fc.constantFrom('call_1', 'call_2', 'call_3');
const text = fc.record({ type: fc.constant('text' as const), text: fc.oneof({ weight: 3, arbitrary: word }, output) });
const part: fc.Arbitrary<ChatPart> = fc.oneof(
  { weight: 4, arbitrary: text },
  text.map((part) => ({ ...part, detail: 'low' })),
  word.map((url) => ({ type: 'image_url' as const, image_url: { url } })),
);
const call: fc.Arbitrary<ChatCall> = fc.record({
  id,
  type: fc.constant('function' as const),
  function: fc.record({ name: fc.constantFrom('bash', 'read'), arguments: fc.oneof(fc.json({ maxDepth: 1 }), word) }),
});

export const chatMessage: fc.Arbitrary<ChatMessage> = fc.oneof(
  fc.record({ role: fc.constantFrom('user', 'user', 'system', 'developer'), content: fc.array(part, { maxLength: 3 }) }),
  fc.record({ role: fc.constant('assistant'), content: fc.option(fc.array(text, { maxLength: 2 }), { nil: undefined }) }),
  fc.record({
    role: fc.constant('assistant'),
    content: fc.option(fc.array(text, { maxLength: 1 }), { nil: undefined }),
    tool_calls: fc.array(call, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({ role: fc.constant('tool'), tool_call_id: id, content: fc.array(part, { minLength: 1, maxLength: 2 }) }),
);

export const chat: fc.Arbitrary<Chat> = fc.record({
  model: fc.constantFrom('gpt-5.2', 'o5-mini'),
  tools: fc.array(fc.record({ type: fc.constant('function' as const), function: fc.record({ name: word }) }), { maxLength: 2 }),
  extra: fc.constantFrom({}, { reasoning_effort: 'low' }, { prompt_cache_key: 'k', tool_choice: 'auto' }),
  messages: fc.array(chatMessage, { minLength: 1, maxLength: 6 }),
});

/** Bytes of the chat; `seed` chooses marks, white space, array or string, what comes and goes, and where `messages` stands. */
export function spellChat(chat: Chat, seed: number): Buffer {
  const dice = createDice(seed);
  const gap = (): string => (dice(4) === 0 ? [' ', '\n', '\t ', '\r\n'][dice(4)]! : '');
  const list = (parts: readonly string[], open: string, close: string): string =>
    `${open}${gap()}${parts.map((part) => `${part}${gap()}`).join(`,${gap()}`)}${close}`;
  const entry = (key: string, value: string): string => `"${key}"${gap()}:${gap()}${value}`;
  const entriesOf = (value: object): string[] => Object.entries(value).map(([key, member]) => entry(key, JSON.stringify(member)));
  const marked = (entries: readonly string[]): string => {
    const all = [...entries];
    if (dice(3) === 0) all.splice(dice(all.length + 1), 0, entry('cache_control', ['{"type":"ephemeral"}', 'null'][dice(2)]!));
    return list(all, '{', '}');
  };
  const contents = (parts: readonly ChatPart[] | undefined): string => {
    const [only] = parts ?? [];
    if (parts?.length === 1 && only?.type === 'text' && only.detail === undefined && dice(2) === 0) return JSON.stringify(only.text);
    return parts
      ? list(
          parts.map((part) => marked(entriesOf(part))),
          '[',
          ']',
        )
      : 'null';
  };
  const spellMessage = ({ content, tool_calls: calls, ...others }: ChatMessage): string =>
    marked([
      ...entriesOf(others),
      entry('content', contents(content)),
      ...(calls
        ? [
            entry(
              'tool_calls',
              list(
                calls.map((call) => list(entriesOf(call), '{', '}')),
                '[',
                ']',
              ),
            ),
          ]
        : []),
    ]);
  const top = [
    entry('model', JSON.stringify(chat.model)),
    entry(
      'tools',
      list(
        chat.tools.map((tool) => marked(entriesOf(tool))),
        '[',
        ']',
      ),
    ),
    ...entriesOf(chat.extra),
  ];
  const passing = [
    entry('max_tokens', String(dice(9))),
    entry('max_completion_tokens', String(dice(9))),
    entry('metadata', `{"user_id":"${dice(9)}"}`),
    entry('stream', 'true'),
    entry('stream_options', '{"include_usage":true}'),
    entry('temperature', `0.${dice(9)}`),
    entry('n', '1'),
    entry('seed', String(dice(9))),
    entry('user', `"${dice(9)}"`),
    entry('store', 'false'),
    entry('service_tier', '"auto"'),
  ];
  for (const member of passing) if (dice(2) === 0) top.splice(dice(top.length + 1), 0, member);
  top.splice(dice(top.length + 1), 0, entry('messages', list(chat.messages.map(spellMessage), '[', ']')));
  return Buffer.from(`${gap()}${list(top, '{', '}')}${gap()}`);
}
