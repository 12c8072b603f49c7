/** What a reader remembers of earlier bodies saves time and nothing else: each body reads as if it were the first. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createAnthropicMessages } from '../src/protocols/anthropic-messages.ts';
import { createRecentBodies } from '../src/protocols/recent-bodies.ts';
import { scanJson } from '../src/text/json-scan.ts';
import { jsonText } from './helpers/json-spelling.ts';
import { message, spell, type Talk, talk } from './helpers/messages-spelling.ts';

/** How the next request differs from the one before it. */
const turn = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('extend' as const), more: fc.array(message, { minLength: 1, maxLength: 3 }) }) },
  fc.record({ do: fc.constant('rewind' as const), keep: fc.nat(8), more: fc.array(message, { maxLength: 2 }) }),
  fc.record({ do: fc.constant('other' as const), talk }),
  fc.record({ do: fc.constant('system' as const), text: fc.string() }),
  fc.record({ do: fc.constant('model' as const), model: fc.constantFrom('a', 'b') }),
  fc.record({
    do: fc.constant('break' as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.constantFrom(' ', '"', '}', ']', ',', '\\', '\xff'),
  }),
);

describe('a reader with a past', () => {
  test('reads requests that extend, rewind, fork, change or break as a new one does', () => {
    let understood = 0;
    let refused = 0;
    fc.assert(
      fc.property(
        talk,
        fc.array(turn, { maxLength: 8 }),
        fc.infiniteStream(fc.constantFrom(1, 1, 1, 2)),
        fc.constantFrom('a', 'b'),
        (first, turns, seeds, scope) => {
          const { read } = createAnthropicMessages();
          let now: Talk = first;
          for (const next of [undefined, ...turns]) {
            if (next?.do === 'extend') now = { ...now, messages: [...now.messages, ...next.more] };
            else if (next?.do === 'rewind') now = { ...now, messages: [...now.messages.slice(0, next.keep), ...next.more] };
            else if (next?.do === 'other') now = next.talk;
            else if (next?.do === 'system') now = { ...now, system: [{ type: 'text', text: next.text }] };
            else if (next?.do === 'model') now = { ...now, model: next.model };
            let body = spell(now, seeds.next().value);
            if (next?.do === 'break') {
              const at = Math.floor(next.at * body.length);
              body = Buffer.concat([body.subarray(0, at), Buffer.from(next.bytes, 'latin1'), body.subarray(at)]);
            }
            const expected = seen(createAnthropicMessages().read(body, scope));
            expect(seen(read(body, scope))).toEqual(expected);
            expect(seen(read(body, 'another scope'))).toEqual(seen(createAnthropicMessages().read(body, 'another scope')));
            if (expected) understood += 1;
            else refused += 1;
          }
        },
      ),
      { numRuns: 300 },
    );
    expect(understood).toBeGreaterThan(300);
    expect(refused).toBeGreaterThan(20);
  });

  test('every cut and every continuation of a request, and a space at every place', () => {
    const body = readFileSync(join(import.meta.dirname, 'fixtures/protocols/anthropic-messages/claude-code.request.json'));
    const { read } = createAnthropicMessages();
    read(body, '');
    for (let at = 0; at < body.length; at += 1) {
      const wider = Buffer.concat([body.subarray(0, at), Buffer.from(' '), body.subarray(at)]);
      expect(seen(read(wider, '')), `${at} wider`).toEqual(seen(createAnthropicMessages().read(wider, '')));
      read(body, '');
      for (const tail of ['', '}', ']}', ']}]}', ',{"role":"user","content":"x"}]}', '1']) {
        const other = Buffer.concat([body.subarray(0, at), Buffer.from(tail)]);
        const expected = seen(createAnthropicMessages().read(other, ''));
        if (expected || tail === '') expect(seen(read(other, '')), `${at} ${tail}`).toEqual(expected);
        else expect(read(other, ''), `${at} ${tail}`).toBeUndefined();
      }
    }
  });

  test('a call id that comes again later does not reach back', () => {
    const { read } = createAnthropicMessages();
    const call = (name: string): string => `{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"${name}","input":{}}]}`;
    const result = '{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"x"}]}';
    const tools = (...messages: string[]): unknown =>
      read(Buffer.from(`{"messages":[${messages}]}`), '')?.blocks.map(({ call }) => call?.tool);
    expect(tools(call('One'), result, call('Two'), result)).toEqual(['One', 'One', 'Two', 'Two']);
    expect(tools(call('One'), result, result)).toEqual(['One', 'One', 'One']);
  });
});

test('a scan that goes on from a scanned part lists what a whole scan lists', () => {
  let resumed = 0;
  fc.assert(
    fc.property(jsonText, jsonText, fc.nat(), (one, other, pick) => {
      const head = `{"a":[${one.text},{"k":[1]}`;
      const before = scanJson(Buffer.from(`${head}]}`), 9)!;
      const [list = -1] = before.find(0, ['a'])!;
      const containers = before.children(list).filter((element) => ['object', 'array'].includes(before.kind(element)));
      const last = containers[pick % containers.length]!;
      const scanned = { tape: before, last, within: [0, list] };
      for (const tail of [`,${other.text}],"b":${other.text}}`, ']}', ']', '}', `,${other.text}`, ' ] , "c" : 1 } ', `]}${other.text}`]) {
        const whole = Buffer.from(head + tail);
        expect(listed(scanJson(whole, 9, scanned))).toEqual(listed(scanJson(whole, 9)));
        resumed += 1;
      }
    }),
    { numRuns: 300 },
  );
  expect(resumed).toBe(2100);
});

describe('recent bodies', () => {
  const filled = (size: number, last: string): Buffer => Buffer.concat([Buffer.alloc(size, 'x'), Buffer.from(last)]);

  test.each([0, 1, 5, 65_535, 65_536, 65_537, 131_072, 200_000])('bodies that share %i bytes', (size) => {
    const recent = createRecentBodies<string>();
    recent.remember(filled(size, 'abc'), 'one', undefined);
    expect(recent.find(filled(size, 'bbc'))).toEqual(size === 0 ? undefined : { reading: 'one', shared: size });
    expect(recent.find(filled(size, 'abc'))).toEqual({ reading: 'one', shared: size + 3 });
    expect(recent.find(filled(size, 'abcd'))).toEqual({ reading: 'one', shared: size + 3 });
    expect(recent.find(filled(size, 'a'))).toEqual({ reading: 'one', shared: size + 1 });
  });

  test('the one that shares most is found', () => {
    const recent = createRecentBodies<string>();
    for (const [body, reading] of [
      ['abcd', 'four'],
      ['abxx', 'two'],
      ['abcx', 'three'],
    ] as const)
      recent.remember(Buffer.from(body), reading, undefined);
    expect(recent.find(Buffer.from('abcdef'))).toEqual({ reading: 'four', shared: 4 });
    expect(recent.find(Buffer.from('zbcdef'))).toBeUndefined();
  });

  test('eight are kept, the latest, and what is replaced goes first', () => {
    const recent = createRecentBodies<number>();
    for (let i = 0; i < 9; i += 1) recent.remember(Buffer.from(`${i}`), i, undefined);
    expect(recent.find(Buffer.from('0'))).toBeUndefined();
    recent.remember(Buffer.from('9'), 9, 4);
    expect(Array.from({ length: 10 }, (_, i) => recent.find(Buffer.from(`${i}`))?.reading)).toEqual([
      undefined,
      1,
      2,
      3,
      undefined,
      5,
      6,
      7,
      8,
      9,
    ]);
  });

  test('more than 32 MiB are not held, one body alone neither', () => {
    const recent = createRecentBodies<string>();
    recent.remember(filled(20 << 20, 'a'), 'old', undefined);
    recent.remember(filled(20 << 20, 'b'), 'new', undefined);
    expect(recent.find(filled(20 << 20, 'a'))?.reading).toBe('new');
    recent.remember(filled(33 << 20, 'c'), 'huge', undefined);
    expect(recent.find(filled(33 << 20, 'c'))?.reading).toBe('new');
  });
});

function seen(conversation: ReturnType<ReturnType<typeof createAnthropicMessages>['read']>): unknown {
  if (!conversation) return undefined;
  const { model, allowsRepeats, blocks } = conversation;
  return {
    model,
    allowsRepeats,
    blocks: blocks.map(({ key, source, start, end, text, call }) => ({ key, source, start, end, text, call: call && { ...call } })),
  };
}

function listed(tape: ReturnType<typeof scanJson>): unknown {
  return (
    tape &&
    Array.from({ length: tape.next(0) }, (_, value) => [
      tape.kind(value),
      tape.keyStart(value),
      tape.keyEnd(value),
      tape.start(value),
      tape.end(value),
      tape.next(value),
    ])
  );
}
