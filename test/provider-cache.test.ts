/** The cache of a provider that the laws are held to: breakpoints, lives, least length and look back, against another model of the same rules. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPromptCache } from '../src/demo/prompt-cache.ts';
import { createProviderCache, type PromptPart, type ProviderCacheOptions } from './helpers/provider-cache.ts';

/** Four units make a token. */
const sized = (name: string, tokens: number) => name.padEnd(4 * tokens, '.');
const part = (text: string, life?: number, received = text): PromptPart => ({ received, sent: text, life });
const parts = (count: number) => Array.from({ length: count }, (_, at) => part(sized(`part ${at}`, 100)));

function serve(
  options: ProviderCacheOptions,
  ...prompts: readonly (readonly [now: number, parts: readonly PromptPart[], model?: string])[]
) {
  const cache = createProviderCache({ lateness: 0, ...options });
  return prompts.map(([now, each, model = 'claude']) => cache.serve({ model, parts: each }, now)).at(-1)!;
}

describe('it reads', () => {
  const marked = [...parts(4), part(sized('last', 100), 300)];

  test('what a request wrote up to its breakpoint, and writes what came after', () => {
    const grown = [...parts(4), part(sized('last', 100)), part(sized('next', 50), 300)];
    expect(serve({ leastTokens: 1 }, [0, marked], [9, grown])).toEqual({ read: 500, written: 50, fresh: 0, avoidable: 0 });
  });

  test('nothing where no part is marked, and bills what follows the last mark as fresh', () => {
    expect(serve({ leastTokens: 1 }, [0, parts(4)], [9, parts(4)])).toEqual({ read: 0, written: 0, fresh: 400, avoidable: 0 });
    const early = [...parts(3), part(sized('marked', 100), 300), part(sized('after', 70))];
    expect(serve({ leastTokens: 1 }, [0, early])).toEqual({ read: 0, written: 400, fresh: 70, avoidable: 0 });
  });

  test('by the last four breakpoints alone', () => {
    const five = ['a', 'b', 'c', 'd', 'e'].map((name) => part(sized(name, 10), 300));
    const only = (length: number) => [...five.slice(0, length).map(({ sent }) => part(sent)), part(sized('another', 10), 300)];
    expect(serve({ leastTokens: 1, lookback: 2 }, [0, five], [1, only(1)]).read).toBe(0);
    expect(serve({ leastTokens: 1, lookback: 2 }, [0, five], [1, only(2)]).read).toBe(20);
  });

  test('20 places back from a breakpoint, itself included, and no further', () => {
    const grown = (count: number) => [...parts(5), ...parts(count - 1).map(({ sent }) => part(`${sent} new`)), part('end', 300)];
    const first = parts(5).with(4, part(parts(5)[4]!.sent, 300));
    expect(serve({ leastTokens: 1 }, [0, first], [1, grown(19)]).read).toBe(500);
    expect(serve({ leastTokens: 1 }, [0, first], [1, grown(20)]).read).toBe(0);
  });

  test('nothing that is shorter than the least length', () => {
    const short = [part(sized('short', 1023), 300)];
    expect(serve({}, [0, short], [1, short])).toEqual({ read: 0, written: 0, fresh: 1023, avoidable: 0 });
    const enough = [part(sized('enough', 1024), 300)];
    expect(serve({}, [0, enough], [1, enough])).toEqual({ read: 1024, written: 0, fresh: 0, avoidable: 0 });
  });

  test.each([300, 3600])('for %i seconds after the last use, and as much later as it is told', (life) => {
    const each = [...parts(4), part(sized('last', 100), life)];
    expect(serve({ leastTokens: 1 }, [0, each], [life - 1, each], [2 * life - 2, each]).read).toBe(500);
    expect(serve({ leastTokens: 1 }, [0, each], [life, each]).read).toBe(0);
    expect(serve({ leastTokens: 1, lateness: 45 }, [0, each], [life + 44, each]).read).toBe(500);
    expect(serve({ leastTokens: 1, lateness: 45 }, [0, each], [life + 45, each]).read).toBe(0);
  });

  test('for each model what it wrote itself', () => {
    expect(serve({ leastTokens: 1 }, [0, marked, 'claude'], [1, marked, 'gpt']).read).toBe(0);
  });
});

describe('avoidable is', () => {
  const whole = [...parts(4), part(sized('last', 100), 300)];
  /** The third part as a shorter one. */
  const changed = whole.with(2, part('short', undefined, whole[2]!.sent));

  test('what would have been read, had nothing been sent otherwise', () => {
    expect(serve({ leastTokens: 1 }, [0, whole], [9, changed])).toEqual({ read: 0, written: 402, fresh: 0, avoidable: 402 });
    const early = whole.with(1, { ...whole[1]!, life: 300 });
    expect(serve({ leastTokens: 1 }, [0, early], [9, changed.with(1, early[1]!)])).toMatchObject({ read: 200, avoidable: 202 });
  });

  test('nothing for what is sent so from the start, nor for what is gone, nor for what the agent itself changed', () => {
    expect(serve({ leastTokens: 1 }, [0, changed], [9, changed])).toMatchObject({ read: 402, avoidable: 0 });
    expect(serve({ leastTokens: 1 }, [0, whole], [300, changed])).toMatchObject({ written: 402, avoidable: 0 });
    expect(serve({ leastTokens: 1 }, [0, whole], [9, whole.with(2, part('other'))])).toMatchObject({ written: 402, avoidable: 0 });
  });
});

test('reads and writes what the model behind the demo does, whatever is asked in whatever order', () => {
  const text = fc.constantFrom('a', 'bb', 'some words', 'a longer piece of text');
  const prompt = fc.array(fc.record({ text, isMarked: fc.nat(4).map((n) => n === 0) }), { minLength: 1, maxLength: 30 });
  const visit = fc.record({ pause: fc.nat(400), keeps: fc.nat(30), prompt });
  let reads = 0;
  fc.assert(
    fc.property(fc.array(visit, { maxLength: 12 }), fc.nat(30), fc.integer({ min: 1, max: 20 }), (visits, leastTokens, lookback) => {
      let now = 0;
      const provider = createProviderCache({ leastTokens, lookback, lateness: 0 });
      const other = createPromptCache({ minimumTokens: leastTokens, lookback, now: () => now });
      let before: (typeof visits)[number]['prompt'] = [];
      for (const { pause, keeps, prompt } of visits) {
        now += pause * 1000;
        let marks = 0;
        const blocks = [...before.slice(0, keeps).map((each) => ({ ...each, isMarked: false })), ...prompt].slice(0, 60);
        // Every fifth mark is refused with 400.
        const asked = blocks.map((block) => ({ ...block, isMarked: block.isMarked && marks++ < 4 }));
        const served = provider.serve(
          { model: '', parts: asked.map(({ text, isMarked }) => part(text, isMarked ? 300 : undefined)) },
          now / 1000,
        );
        const usage = other.serve(asked.map(({ text, isMarked }) => ({ content: text, text, ttl: isMarked ? '5m' : undefined })));
        expect([served.read, served.written, served.fresh, served.avoidable]).toEqual([
          usage.cache_read_input_tokens,
          usage.cache_creation_input_tokens,
          usage.input_tokens,
          0,
        ]);
        if (served.read > 0) reads++;
        before = asked;
      }
    }),
    { numRuns: 300 },
  );
  expect(reads).toBeGreaterThan(100);
});
