/** Where a conversation stands, as each API's body tells: its scope, the model's turns, and how long the provider may keep it. */
import { describe, expect, test } from 'vitest';
import { messagesKey } from '../src/block.ts';
import { protocols } from '../src/protocols/index.ts';
import type { WireConversation } from '../src/protocols/protocol.ts';
import { isOtherCore } from '../src/protocols/wire-scope.ts';

function read(protocol: string, body: unknown, upstream = 'upstream'): WireConversation {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return protocols.find(({ name }) => name === protocol)!.read(Buffer.from(text), upstream)!;
}

const mark = (ttl?: unknown) => ({ type: 'ephemeral', ...(ttl === undefined ? {} : { ttl }) });
const said = (text: string) => ({ type: 'text', text });
const call = { type: 'tool_use', id: 'a', name: 'Read', input: {} };
const result = { type: 'tool_result', tool_use_id: 'a', content: 'text' };
const messages = [
  { role: 'user', content: [said('reminder'), said('do it')] },
  { role: 'assistant', content: [said('yes'), call] },
  { role: 'user', content: [result] },
  { role: 'assistant', content: [call] },
  { role: 'user', content: [result, said('go on')] },
];
const talk = { model: 'claude-opus-4-8', system: [said('be kind')], tools: [{ name: 'Read', input_schema: {} }], messages };

describe('the turns', () => {
  test.each([
    ['Anthropic, at first', 'anthropic-messages', { ...talk, messages: messages.slice(0, 1) }, [2, 0]],
    ['Anthropic, later', 'anthropic-messages', talk, [2, 5]],
    ['Anthropic, with a message begun for the model', 'anthropic-messages', { ...talk, messages: messages.slice(0, 2) }, [2, 2]],
    [
      'Chat',
      'openai-chat',
      {
        messages: [
          { role: 'system', content: 'be kind' },
          { role: 'user', content: 'do it' },
          { role: 'assistant', content: 'yes', tool_calls: [{ id: 'a', type: 'function', function: { name: 'Read', arguments: '{}' } }] },
          { role: 'tool', tool_call_id: 'a', content: 'text' },
        ],
      },
      [2, 2],
    ],
    [
      'aider, which lets the model say Ok.',
      'openai-chat',
      {
        messages: [
          { role: 'user', content: 'do it' },
          { role: 'assistant', content: 'done' },
          { role: 'user', content: 'I ran this' },
          { role: 'assistant', content: 'Ok.' },
          { role: 'user', content: 'and?' },
        ],
      },
      [1, 1],
    ],
    [
      'Responses',
      'openai-responses',
      {
        input: [
          { type: 'message', role: 'developer', content: 'be kind' },
          { role: 'user', content: 'do it' },
          { type: 'reasoning', encrypted_content: 'x' },
          { type: 'function_call', call_id: 'a', name: 'shell', arguments: '{}' },
          { type: 'function_call_output', call_id: 'a', output: 'text' },
          { type: 'some_future_item' },
          { type: 'some_future_call_output', output: 'text' },
        ],
      },
      [2, 5],
    ],
    ['Responses, a text alone', 'openai-responses', { input: 'do it' }, [1, 0]],
  ] as const)('%s', (_, protocol, body, [opening, turn]) => {
    const found = read(protocol, { model: 'gpt-5.2', ...body });
    expect({ opening: found.opening, turn: found.turn }).toEqual({ opening, turn });
  });
});

describe('the scope', () => {
  const scope = (changes: object) => read('anthropic-messages', { ...talk, ...changes }).scope;

  test('stands before every key, and the rest of a key is the messages alone', () => {
    const [one, other] = [
      read('anthropic-messages', talk),
      read('anthropic-messages', { ...talk, model: 'claude-haiku-4-5' }, 'elsewhere'),
    ];
    for (const { scope, blocks } of [one, other]) for (const { key } of blocks) expect(key.startsWith(scope)).toBe(true);
    expect(other.scope).not.toBe(one.scope);
    expect(other.blocks.map(({ key }) => messagesKey(key))).toEqual(one.blocks.map(({ key }) => messagesKey(key)));
  });

  test('is another where the model, the system prompt or the tools are', () => {
    for (const changes of [{ model: 'claude-haiku-4-5' }, { system: 'other' }, { system: [] }, { tools: [] }])
      expect(isOtherCore(scope({}), scope(changes)), JSON.stringify(changes)).toBe(true);
  });

  test('is another where the upstream is, or old results may be cleared, and that is no change of the cache', () => {
    const cleared = scope({ context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] } });
    for (const other of [cleared, read('anthropic-messages', talk, 'elsewhere').scope]) {
      expect(other).not.toBe(scope({}));
      expect(isOtherCore(scope({}), other)).toBe(false);
    }
  });

  test('is the same whatever else changes, and in whatever order members stand', () => {
    const { messages, tools, system, model } = talk;
    for (const other of [
      scope({ thinking: { type: 'enabled', budget_tokens: 9 }, tool_choice: { type: 'any' }, metadata: {}, a_future_member: [1] }),
      scope({ system: [{ ...said('be kind'), cache_control: mark('1h') }] }),
      scope({ system: 'be kind' }),
      scope({ system: [said('x-anthropic-billing-header: cc_version=2.1; cch=1f;'), said('be kind')] }),
      scope({ tools: [...tools, { name: 'Later', input_schema: {}, defer_loading: true }] }),
      read('anthropic-messages', { messages, tools, system, model }).scope,
    ])
      expect(other).toBe(scope({}));
  });
});

describe('the life', () => {
  const life = (changes: object) => read('anthropic-messages', { ...talk, ...changes }).life;
  const marked = (ttl?: unknown) => ({ system: [{ ...said('be kind'), cache_control: mark(ttl) }] });

  test.each([
    ['no marker', {}, 300],
    ['5 minutes', marked('5m'), 300],
    ['an hour', marked('1h'), 3600],
    ['an hour anywhere', { ...marked('5m'), cache_control: mark('1h') }, 3600],
    ['one that we do not know', marked('1d'), undefined],
    ['a number', marked(3600), undefined],
    ['a tool that has such an argument', { tools: [{ name: 'Set', input_schema: { properties: { ttl: {} }, required: ['ttl'] } }] }, 300],
    ['a text that speaks of it', { system: '"ttl": "1d"' }, 300],
    ['another provider', { model: 'deepseek-chat' }, undefined],
  ])('%s', (_, changes, seconds) => expect(life(changes)).toBe(seconds));

  test('OpenAI keeps for a day, others who knows, and nobody knows what stands before an earlier response', () => {
    expect(read('openai-responses', { model: 'gpt-5.2', input: [] }).life).toBe(86_400);
    expect(read('openai-chat', { model: 'deepseek-chat', messages: [] }).life).toBeUndefined();
    expect(read('openai-responses', { model: 'gpt-5.2', input: [], previous_response_id: 'resp_1' }).life).toBeUndefined();
  });
});
