/** Chain keys of the Messages API: what may move without changing one, and that nothing else may. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chain } from '../src/block.ts';
import { anthropicMessages } from '../src/protocols/anthropic-messages.ts';
import { scanJson } from '../src/text/json-scan.ts';
import { type AnyBlock, type Message, message, type Part, spell, type Talk, talk } from './helpers/messages-spelling.ts';

const seed = fc.integer();

test('a link of the chain is the same on every Node: the first half of SHA-256 over the last key, a zero byte and the content', () => {
  for (const content of ['', 'x', 'é😀', 'y'.repeat(200_000)]) {
    const expected = createHash('sha256').update('before').update('\0').update(content).digest('hex').slice(0, 32);
    expect(chain('before', content)).toBe(expected);
    expect(chain('before', Buffer.from(content))).toBe(expected);
  }
});

describe('what changes no key', () => {
  test('cache marks, array or string, white space, and members that pass', () => {
    fc.assert(
      fc.property(talk, seed, seed, (talk, one, other) => {
        expect(keysOf(spell(talk, other))).toEqual(keysOf(spell(talk, one)));
        expect(keysOf(spell({ ...talk, thinking: { type: 'enabled' } }, other))).toEqual(keysOf(spell(talk, one)));
      }),
      { numRuns: 300 },
    );
  });

  test('what comes after: a request that extends another has its keys as prefix', () => {
    fc.assert(
      fc.property(talk, fc.array(message, { minLength: 1, maxLength: 3 }), seed, seed, (talk, more, one, other) => {
        const before = keysOf(spell(talk, one));
        const after = keysOf(spell({ ...talk, messages: [...talk.messages, ...more] }, other));
        expect(after.slice(0, before.length)).toEqual(before);
      }),
    );
  });
});

describe('what changes keys, from where it stands on', () => {
  /** The same talk with one thing different, and the number of blocks before it. */
  const changed = (talk: Talk, pick: number): { readonly talk: Talk; readonly before: number } => {
    const changes: { readonly talk: Talk; readonly before: number }[] = [
      { talk: { ...talk, model: `${talk.model}!` }, before: 0 },
      { talk: { ...talk, system: [...talk.system, { type: 'text', text: 'one more' }] }, before: 0 },
      { talk: { ...talk, tools: [...talk.tools, { name: 'One', input_schema: {} }] }, before: 0 },
    ];
    let before = 0;
    talk.messages.forEach((old, i) => {
      const put = (next: Message, at: number) => changes.push({ talk: { ...talk, messages: talk.messages.with(i, next) }, before: at });
      put({ ...old, output_config: { effort: 'low' } }, before);
      put({ ...old, role: `${old.role}s` }, before);
      old.content.forEach((block, j) => {
        for (const { next, parts } of changesOf(block)) put({ ...old, content: old.content.with(j, next) }, before + parts);
        before += size(block);
      });
    });
    return changes[pick % changes.length]!;
  };

  test('any text, name, id, input, flag, type or member', () => {
    fc.assert(
      fc.property(talk, fc.nat(), seed, (talk, pick, seed) => {
        const other = changed(talk, pick);
        const [old, next] = [keysOf(spell(talk, seed)), keysOf(spell(other.talk, seed))];
        expect(next.slice(0, other.before)).toEqual(old.slice(0, other.before));
        expect(next.slice(other.before).filter((key) => old.includes(key))).toEqual([]);
      }),
      { numRuns: 600 },
    );
  });

  test('cache_control in an input or in a schema is data, not a mark', () => {
    const last: Message = { role: 'user', content: [{ type: 'text', text: 'end' }] };
    const lastKey = (input: unknown, input_schema: unknown): string | undefined => {
      const call: Message = { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'b', input }] };
      return keysOf(spell({ model: 'm', system: [], tools: [{ name: 'b', input_schema }], messages: [call, last] }, 1)).at(-1);
    };
    const data = { cache_control: { type: 'ephemeral' } };
    expect(
      new Set([lastKey({}, {}), lastKey(data, {}), lastKey({}, data), lastKey({ content: [data] }, {}), lastKey({ content: [{}] }, {})])
        .size,
    ).toBe(5);
  });

  test('borders: the same texts in another message, role, result or block are another past', () => {
    const a: AnyBlock = { type: 'text', text: 'a' };
    const b: AnyBlock = { type: 'text', text: 'b' };
    const result = (...content: (typeof a & { type: 'text' })[]): AnyBlock => ({ type: 'tool_result', tool_use_id: 'toolu_1', content });
    const last: Message = { role: 'user', content: [{ type: 'text', text: 'end' }] };
    const shapes: Message[][] = [
      [{ role: 'user', content: [a, b] }],
      [
        { role: 'user', content: [a] },
        { role: 'user', content: [b] },
      ],
      [
        { role: 'user', content: [a] },
        { role: 'assistant', content: [b] },
      ],
      [
        { role: 'system', content: [a] },
        { role: 'user', content: [b] },
      ],
      [{ role: 'user', content: [{ type: 'text', text: 'ab' }] }],
      [
        { role: 'user', content: [a] },
        { role: 'user', content: [] },
        { role: 'user', content: [b] },
      ],
      [{ role: 'user', content: [result(a, b)] }],
      [{ role: 'user', content: [result(a), b] }],
      [{ role: 'user', content: [result(a), result(b)] }],
      [{ role: 'user', content: [result(), a, b] }],
      [{ role: 'user', content: [a, result(b)] }],
    ];
    const keys = shapes.map((messages) => keysOf(spell({ model: 'm', system: [], tools: [], messages: [...messages, last] }, 1)).at(-1));
    expect(new Set(keys).size).toBe(shapes.length);
  });

  test('every byte of a request, put in place of another, unless the request says the same', () => {
    const body = readFileSync(join(import.meta.dirname, 'fixtures/protocols/anthropic-messages/claude-code.request.json'));
    const blocks = anthropicMessages.read(body, 'scope')!.blocks;
    const meaning = meaningOf(body);
    const tape = scanJson(body)!;
    const [list = -1] = tape.find(0, ['messages'])!;
    const messages = tape.children(list).map((message) => ({ start: tape.start(message), end: tape.end(message) }));
    let changes = 0;
    for (let at = 0; at < body.length; at += 1) {
      const own = messages.find(({ start, end }) => at >= start && at < end);
      const untouched = own ? blocks.filter(({ end }) => end < own.start) : [];
      const touched = own ? blocks.filter(({ start }) => start > at) : blocks;
      for (const byte of Buffer.from('Z"\\7').filter((byte) => byte !== body[at])) {
        const mutated = Buffer.from(body);
        mutated[at] = byte;
        const read = anthropicMessages.read(mutated, 'scope');
        if (read === undefined || isDeepStrictEqual(meaningOf(mutated), meaning)) continue;
        changes += 1;
        const place = `${body.subarray(at - 20, at)}[${String.fromCharCode(byte)}]`;
        const keys = read.blocks.map(({ key }) => key);
        expect(keys.slice(0, untouched.length), place).toEqual(untouched.map(({ key }) => key));
        expect(
          touched.filter(({ key }) => keys.includes(key)),
          place,
        ).toEqual([]);
        expect(keys.at(-1), place).not.toBe(blocks.at(-1)!.key);
      }
    }
    expect(changes).toBeGreaterThan(2500);
  });
});

function keysOf(body: Buffer): string[] {
  return anthropicMessages.read(body, 'scope')!.blocks.map(({ key }) => key);
}

function size(block: AnyBlock): number {
  return block.type === 'tool_result' ? block.content.length : 1;
}

/** The block with one thing different, and how many of its own blocks stand before that. */
function changesOf(block: AnyBlock): { readonly next: AnyBlock; readonly parts: number }[] {
  const whole = (next: AnyBlock): { next: AnyBlock; parts: number } => ({ next, parts: 0 });
  switch (block.type) {
    case 'text':
      return [
        whole({ ...block, text: `${block.text}!` }),
        whole({ type: 'text', text: block.text, ...('citations' in block ? {} : { citations: null }) }),
      ];
    case 'image':
      return [whole({ ...block, source: { ...block.source, data: `${block.source.data}!` } })];
    case 'thinking':
      return [whole({ ...block, thinking: `${block.thinking}!` })];
    case 'tool_use':
      return [
        whole({ ...block, id: `${block.id}!` }),
        whole({ ...block, name: `${block.name}!` }),
        whole({ ...block, input: [block.input] }),
      ];
    case 'tool_result':
      return [
        whole({ ...block, tool_use_id: `${block.tool_use_id}!` }),
        whole({ ...block, is_error: !block.is_error }),
        { next: { ...block, content: [...block.content, { type: 'text', text: '' }] }, parts: size(block) },
        ...block.content.flatMap((part, i) =>
          changesOf(part).map(({ next }) => ({ next: { ...block, content: block.content.with(i, next as Part) }, parts: i })),
        ),
      ];
  }
}

/** What of a request is certain to be part of the provider's cache: without marks, a lone text always in an array. */
function meaningOf(body: Buffer): unknown {
  const unmarked = (blocks: unknown): unknown => {
    if (typeof blocks === 'string') return [{ type: 'text', text: blocks }];
    if (!Array.isArray(blocks)) return blocks;
    return blocks.map((block) => {
      if (typeof block !== 'object' || block === null) return block;
      const { cache_control: _, ...rest } = block;
      return 'content' in rest ? { ...rest, content: unmarked(rest.content) } : rest;
    });
  };
  const { model, system, tools, messages } = JSON.parse(body.toString());
  return { model, system: unmarked(system), tools: unmarked(tools), messages: unmarked(messages) };
}
