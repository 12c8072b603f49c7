/** Chain keys of Chat Completions: what may move without changing one, that nothing else may, and that remembering changes nothing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createOpenaiChat, openaiChat } from '../src/protocols/openai-chat.ts';
import { type Chat, type ChatMessage, chat, chatMessage, spellChat } from './helpers/chat-spelling.ts';

const seed = fc.integer();

describe('what changes no key', () => {
  test('cache marks, array or string, white space, and members that pass', () => {
    fc.assert(
      fc.property(chat, seed, seed, (chat, one, other) => {
        expect(keysOf(spellChat(chat, other))).toEqual(keysOf(spellChat(chat, one)));
      }),
      { numRuns: 300 },
    );
  });

  test('what comes after: a request that extends another has its keys as prefix', () => {
    fc.assert(
      fc.property(chat, fc.array(chatMessage, { minLength: 1, maxLength: 3 }), seed, seed, (chat, more, one, other) => {
        const before = keysOf(spellChat(chat, one));
        const after = keysOf(spellChat({ ...chat, messages: [...chat.messages, ...more] }, other));
        expect(after.slice(0, before.length)).toEqual(before);
      }),
    );
  });
});

describe('what changes keys, from where it stands on', () => {
  test('model and tools do, what may or may not enter a cache key does not', () => {
    fc.assert(
      fc.property(chat, seed, (chat, seed) => {
        const old = keysOf(spellChat(chat, seed));
        const others: Chat[] = [
          { ...chat, model: `${chat.model}!` },
          { ...chat, tools: [...chat.tools, { type: 'function', function: { name: 'more' } }] },
        ];
        for (const other of others) expect(keysOf(spellChat(other, seed)).filter((key) => old.includes(key))).toEqual([]);
        for (const name of ['reasoning_effort', 'tool_choice', 'response_format', 'prompt_cache_key', 'a_future_member'])
          expect(keysOf(spellChat({ ...chat, extra: { ...chat.extra, [name]: 'another' } }, seed))).toEqual(old);
      }),
    );
  });

  test('borders: the same words in another message, role, part or call are another past', () => {
    const a = { type: 'text' as const, text: 'a' };
    const b = { type: 'text' as const, text: 'b' };
    const call = (id: string, name: string, args: string) => ({ id, type: 'function' as const, function: { name, arguments: args } });
    const last: ChatMessage = { role: 'user', content: [{ type: 'text', text: 'end' }] };
    const shapes: ChatMessage[][] = [
      [{ role: 'user', content: [a, b] }],
      [{ role: 'user', content: [{ type: 'text', text: 'ab' }] }],
      [
        { role: 'user', content: [a] },
        { role: 'user', content: [b] },
      ],
      [
        { role: 'user', content: [a] },
        { role: 'assistant', content: [b] },
      ],
      [{ role: 'user', content: [a], name: 'b' }],
      [
        { role: 'user', content: [a] },
        { role: 'user', content: [] },
        { role: 'user', content: [b] },
      ],
      [{ role: 'tool', tool_call_id: 'x', content: [a, b] }],
      [{ role: 'tool', tool_call_id: 'y', content: [a, b] }],
      [
        { role: 'tool', tool_call_id: 'x', content: [a] },
        { role: 'tool', tool_call_id: 'x', content: [b] },
      ],
      [{ role: 'assistant', content: [a], tool_calls: [call('x', 'b', '{}')] }],
      [{ role: 'assistant', content: [a], tool_calls: [call('y', 'b', '{}')] }],
      [{ role: 'assistant', content: [a], tool_calls: [call('x', 'b', '{ }')] }],
      [
        { role: 'assistant', content: undefined, tool_calls: [call('x', 'b', '{}')] },
        { role: 'assistant', content: [a] },
      ],
      [{ role: 'assistant', content: undefined, tool_calls: [call('x', 'b', '{}'), call('y', 'b', '{}')] }],
    ];
    const keys = shapes.map((messages) => keysOf(spellChat({ model: 'm', tools: [], extra: {}, messages: [...messages, last] }, 1)).at(-1));
    expect(new Set(keys).size).toBe(shapes.length);
  });

  test.each(['other-agents', 'aider'])('%s: every byte, put in place of another, unless the request says the same', (name) => {
    const body = readFileSync(join(import.meta.dirname, `fixtures/protocols/openai-chat/${name}.request.json`));
    const { blocks } = openaiChat.read(body, 'scope')!;
    const meaning = meaningOf(body);
    let changes = 0;
    for (let at = 0; at < body.length; at += 1) {
      for (const byte of Buffer.from('Z"\\7').filter((byte) => byte !== body[at])) {
        const mutated = Buffer.from(body);
        mutated[at] = byte;
        const read = openaiChat.read(mutated, 'scope');
        if (read === undefined || isDeepStrictEqual(meaningOf(mutated), meaning)) continue;
        changes += 1;
        const keys = read.blocks.map(({ key }) => key);
        const place = `${body.subarray(at - 20, at)}[${String.fromCharCode(byte)}]`;
        const touched = blocks.filter(({ start }) => start > at);
        expect(
          touched.filter(({ key }) => keys.includes(key)),
          place,
        ).toEqual([]);
        expect(keys.at(-1), place).not.toBe(blocks.at(-1)!.key);
      }
    }
    expect(changes).toBeGreaterThan(1500);
  });
});

test('a reader with a past reads requests that extend, rewind and fork as a new one does', () => {
  const turn = fc.record({
    keep: fc.nat(8),
    more: fc.array(chatMessage, { maxLength: 3 }),
    model: fc.constantFrom('gpt-5.2', 'gpt-5.2', 'o5'),
  });
  fc.assert(
    fc.property(chat, fc.array(turn, { maxLength: 8 }), fc.infiniteStream(fc.constantFrom(1, 1, 2)), (first, turns, seeds) => {
      const { read } = createOpenaiChat();
      let now = first;
      for (const next of [undefined, ...turns]) {
        if (next) now = { ...now, model: next.model, messages: [...now.messages.slice(0, Math.max(1, next.keep)), ...next.more] };
        const body = spellChat(now, seeds.next().value);
        expect(seen(read(body, 'scope'))).toEqual(seen(createOpenaiChat().read(body, 'scope')));
      }
    }),
    { numRuns: 200 },
  );
});

function keysOf(body: Buffer): string[] {
  return openaiChat.read(body, 'scope')!.blocks.map(({ key }) => key);
}

function seen(conversation: ReturnType<typeof openaiChat.read>): unknown {
  return conversation?.blocks.map(({ key, source, start, end, text, call }) => ({
    key,
    source,
    start,
    end,
    text,
    call: call && { ...call },
  }));
}

/** What of a request is certain to be part of the provider's cache: without marks, a lone text always in a list. */
function meaningOf(body: Buffer): unknown {
  const { model, ...chat } = JSON.parse(body.toString()) as { model: unknown; messages: Record<string, unknown>[]; tools?: [] };
  const unmarked = ({ cache_control: _, ...rest }: Record<string, unknown>): unknown => rest;
  const messages = chat.messages.map((message: Record<string, unknown>) => {
    const { content } = message;
    if (typeof content === 'string') return { ...message, content: [{ type: 'text', text: content }] };
    return Array.isArray(content) ? { ...message, content: content.map(unmarked) } : message;
  });
  return { model, messages: messages.map(unmarked), tools: chat.tools?.map(unmarked) };
}
