/** The prompt cache model: what extends is read, what changed is written from there on, and every token is billed once. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bill, createPromptCache, type InputUsage, type PromptBlock, refusePrompt, type Ttl } from '../src/demo/prompt-cache.ts';

const minute = 60_000;

function block(text: string, ttl?: Ttl): PromptBlock {
  return { content: text, text, ttl };
}

function unmarked(blocks: readonly PromptBlock[]): PromptBlock[] {
  return blocks.map((each) => ({ ...each, ttl: undefined }));
}

function total(usage: InputUsage): number {
  return usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens;
}

const texts = fc.array(fc.string({ minLength: 0, maxLength: 200, unit: 'grapheme' }), { minLength: 1, maxLength: 12 });
const one = (text: string) => Math.ceil(Buffer.byteLength(text) / 4);
const sum = (blocks: readonly PromptBlock[]) => blocks.reduce((tokens, { text }) => tokens + one(text), 0);

describe('laws', () => {
  test('every input token is billed in exactly one tier, whatever comes', () => {
    const request = fc.array(
      fc.record({ text: fc.string({ maxLength: 60 }), ttl: fc.constantFrom<Ttl | undefined>(undefined, '1h', '5m') }),
    );
    fc.assert(
      fc.property(fc.array(request, { maxLength: 8 }), fc.nat(200), (requests, minimumTokens) => {
        const cache = createPromptCache({ minimumTokens, lookback: 3 });
        for (const each of requests) {
          const blocks = each.map(({ text, ttl }) => block(text, ttl));
          if (refusePrompt(blocks)) continue;
          const usage = cache.serve(blocks);
          expect(total(usage)).toBe(sum(blocks));
          expect(cache.count(blocks)).toBe(sum(blocks));
          expect(
            Math.min(usage.input_tokens, usage.cache_read_input_tokens, ...Object.values(usage.cache_creation)),
          ).toBeGreaterThanOrEqual(0);
          const { ephemeral_5m_input_tokens, ephemeral_1h_input_tokens } = usage.cache_creation;
          expect(ephemeral_5m_input_tokens + ephemeral_1h_input_tokens).toBe(usage.cache_creation_input_tokens);
        }
      }),
    );
  });

  test('a request that extends an earlier one reads all of it and writes only what is new', () => {
    fc.assert(
      fc.property(texts, texts, fc.constantFrom<Ttl>('5m', '1h'), (before, after, ttl) => {
        const cache = createPromptCache({ minimumTokens: 0 });
        const first = [...before.slice(0, -1).map((text) => block(text)), block(before.at(-1)!, ttl)];
        const added = [...after.slice(0, -1).map((text) => block(text)), block(after.at(-1)!, ttl)];
        cache.serve(first);
        const usage = cache.serve([...unmarked(first), ...added]);
        expect(usage.cache_read_input_tokens).toBe(sum(first));
        expect(usage.cache_creation_input_tokens).toBe(sum(added));
        expect(usage.input_tokens).toBe(0);
      }),
    );
  });

  test('a block that changed before the breakpoint is written again, and so is all that follows it', () => {
    fc.assert(
      fc.property(texts, fc.nat(), fc.nat(), (before, at, marked) => {
        const changedAt = at % before.length;
        const first = before.map((text, index) =>
          block(text, index === before.length - 1 || index === marked % before.length ? '5m' : undefined),
        );
        const changed = first.map((each, index) => (index === changedAt ? block(`${each.text}!`, each.ttl) : each));
        const cache = createPromptCache({ minimumTokens: 0 });
        cache.serve(first);
        const usage = cache.serve(changed);
        const readable = marked % before.length < changedAt ? sum(first.slice(0, (marked % before.length) + 1)) : 0;
        expect(usage.cache_read_input_tokens).toBe(readable);
        expect(usage.cache_creation_input_tokens).toBe(sum(changed) - readable);
      }),
    );
  });
});

describe('life', () => {
  test.each([
    ['5m', 5],
    ['1h', 60],
  ] as const)('%s: held for that long, and each read starts it anew', (ttl, minutes) => {
    let time = 0;
    const cache = createPromptCache({ minimumTokens: 0, now: () => time });
    const blocks = [block('x'.repeat(400), ttl)];
    const key = ttl === '5m' ? 'ephemeral_5m_input_tokens' : 'ephemeral_1h_input_tokens';
    expect(cache.serve(blocks).cache_creation[key]).toBe(100);
    time += minutes * minute - 1;
    expect(cache.serve(blocks).cache_read_input_tokens).toBe(100);
    time += minutes * minute - 1;
    expect(cache.serve(blocks).cache_read_input_tokens).toBe(100);
    time += minutes * minute;
    expect(cache.serve(blocks).cache_creation_input_tokens).toBe(100);
  });

  test('reading a long prefix keeps the shorter ones inside it alive', () => {
    let time = 0;
    const cache = createPromptCache({ minimumTokens: 0, now: () => time });
    const long = [block('system', '5m'), block('talk', '5m')];
    cache.serve(long);
    time += 4 * minute;
    cache.serve(long);
    time += 4 * minute;
    expect(cache.serve([block('system', '5m'), block('other talk')]).cache_read_input_tokens).toBe(2);
  });

  test('with both lives the 1h part and the 5m part are billed apart', () => {
    const cache = createPromptCache({ minimumTokens: 0 });
    const usage = cache.serve([block('a'.repeat(40), '1h'), block('b'.repeat(80), '5m'), block('c'.repeat(4))]);
    expect(usage).toEqual({
      input_tokens: 1,
      cache_creation_input_tokens: 30,
      cache_read_input_tokens: 0,
      cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 10 },
    });
  });
});

describe('reach', () => {
  test('a prefix under the minimum is neither written nor read', () => {
    const cache = createPromptCache();
    const small = [block('x'.repeat(4 * 1023), '5m')];
    cache.serve(small);
    expect(cache.serve(small)).toMatchObject({ input_tokens: 1023, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 });
    const enough = [...small, block('xxxx', '5m')];
    expect(cache.serve(enough).cache_creation_input_tokens).toBe(1024);
    expect(cache.serve(enough).cache_read_input_tokens).toBe(1024);
  });

  test('a breakpoint looks 20 blocks back, itself included, and no further', () => {
    const grow = (added: number) => {
      const cache = createPromptCache({ minimumTokens: 0 });
      cache.serve([block('start', '5m')]);
      const between = Array.from({ length: added - 1 }, (_, index) => block(`${index}`));
      return cache.serve([block('start'), ...between, block('end', '5m')]).cache_read_input_tokens;
    };
    expect(grow(19)).toBe(2);
    expect(grow(20)).toBe(0);
  });

  test('without a breakpoint nothing is written', () => {
    const cache = createPromptCache({ minimumTokens: 0 });
    cache.serve([block('plain')]);
    expect(cache.serve([block('plain', '5m')]).cache_read_input_tokens).toBe(0);
  });
});

test('the provider refuses a fifth breakpoint, and an hour after five minutes', () => {
  expect(refusePrompt(Array.from({ length: 4 }, () => block('x', '5m')))).toBeUndefined();
  expect(refusePrompt(Array.from({ length: 5 }, () => block('x', '5m')))).toMatch(/maximum of 4 .* Found 5/);
  expect(refusePrompt([block('x', '5m'), block('y', '1h')])).toMatch(/must not come after/);
  expect(refusePrompt([block('x', '1h'), block('y', '5m')])).toBeUndefined();
});

test('a bill weighs each tier by its price', () => {
  const usage = {
    input_tokens: 1000,
    cache_creation_input_tokens: 3000,
    cache_read_input_tokens: 10_000,
    cache_creation: { ephemeral_5m_input_tokens: 2000, ephemeral_1h_input_tokens: 1000 },
    output_tokens: 100,
  };
  expect(bill([usage, usage])).toBeCloseTo(2 * (1000 + 1000 + 2500 + 2000 + 500));
});
