/** The bill: prices by model and tier, what requests cost, and what removed tokens would have cost. */
import { beforeAll, describe, expect, test } from 'vitest';
import { addUpBill, type BilledTurn, costOf, worthOf } from '../src/tokens/bill.ts';
import { loadPrices, type PriceList, type Prices } from '../src/tokens/prices.ts';

let priceOf: PriceList;
beforeAll(async () => {
  priceOf = await loadPrices();
});

const time = Date.UTC(2026, 10, 1);
const none = { fresh: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0, output: 0 };
const at = (model: string, input = 1000, upstream: string | undefined = undefined) => priceOf({ model, input, upstream, time });

describe('prices', () => {
  test.each([
    ['claude-opus-4-7', { fresh: 5, cacheWrite5m: 6.25, cacheWrite1h: 10, cacheRead: 0.5, output: 25 }],
    ['claude-opus-4-5-20251101', { fresh: 5, cacheWrite5m: 6.25, cacheWrite1h: 10, cacheRead: 0.5, output: 25 }],
    // OpenAI takes nothing for writing its cache.
    ['gpt-5.3-codex', { fresh: 1.75, cacheWrite5m: 1.75, cacheWrite1h: 1.75, cacheRead: 0.175, output: 14 }],
  ])('of %s', (model, expected) => {
    expect(at(model)).toEqual(expected);
    expect(at(model, 1000, model.startsWith('claude') ? 'api.anthropic.com' : 'api.openai.com')).toEqual(expected);
    // A gateway of one's own sells what the provider sells.
    expect(at(model, 1000, '127.0.0.1:8080')).toEqual(expected);
  });

  test('above a limit of input, where the model has one', () => {
    expect([at('gpt-5.5', 200_000)?.fresh, at('gpt-5.5', 300_000)?.fresh]).toEqual([5, 10]);
    expect(at('gpt-5.5', 300_000)?.output).toBeGreaterThan(at('gpt-5.5', 200_000)?.output ?? 0);
  });

  test('of unknown models are unknown', () => {
    expect(['nonsense-1', '', 'gpt', 'claude'].map((model) => at(model))).toEqual([undefined, undefined, undefined, undefined]);
  });

  test("are the user's own where they are set, by name or by the longest beginning", async () => {
    const own = (fresh: number): Prices => ({ fresh, cacheWrite5m: fresh, cacheWrite1h: fresh, cacheRead: fresh, output: fresh });
    const list = await loadPrices({ 'gpt-5.3-codex': own(1), 'my-*': own(2), 'my-own-*': own(3) });
    const models = ['gpt-5.3-codex', 'my-model', 'my-own-model', 'our-model'];
    expect(models.map((model) => list({ model, input: 1, upstream: undefined, time })?.fresh)).toEqual([1, 2, 3, undefined]);
  });
});

describe('a bill', () => {
  const prices: Prices = { fresh: 3, cacheWrite5m: 3.75, cacheWrite1h: 6, cacheRead: 0.3, output: 15 };

  test('is each tier at its price', () => {
    const million = { fresh: 1e6, cacheWrite5m: 1e6, cacheWrite1h: 1e6, cacheRead: 1e6, output: 1e6 };
    expect(costOf(million, prices)).toBeCloseTo(28.05, 10);
    expect(costOf(none, prices)).toBe(0);
  });

  test.each([
    ['at the write price where a cache is written', { ...none, cacheWrite5m: 10, cacheRead: 10 }, 3.75, 0.3],
    ['at the price of the life that was asked for', { ...none, cacheWrite1h: 10, cacheRead: 10 }, 6, 0.3],
    ['at the fresh price where none is written', { ...none, fresh: 10, cacheRead: 10 }, 3, 0.3],
    ['at the write price again where the request missed', { ...none, cacheWrite5m: 10 }, 3.75, 3.75],
    ['at the fresh price again where it missed and writes none', { ...none, fresh: 10 }, 3, 3],
  ])('counts a removed token %s', (_, usage, first, carried) => {
    expect(worthOf({ usage, removed: { first: 1e6, carried: 0 } }, prices)).toBeCloseTo(first, 10);
    expect(worthOf({ usage, removed: { first: 0, carried: 1e6 } }, prices)).toBeCloseTo(carried, 10);
  });

  test('leaves out and names what has no price, and shows a loss as a loss', () => {
    const turn = (model: string | undefined, removed: number): BilledTurn => ({
      ...{
        time,
        model,
        upstream: undefined,
        usage: { ...none, fresh: 1e6 },
        removed: { first: removed, carried: 0 },
        bySubscription: false,
      },
    });
    const bill = addUpBill(
      [turn('claude-opus-4-7', -1e6), turn('gpt-6.1-sol', 1e6), turn(undefined, 1e6), turn('gpt-6.1-sol', 0)],
      priceOf,
    );
    expect(bill).toEqual({ billed: 5, saved: -5, turns: 4, unpriced: { 'gpt-6.1-sol': 2, 'an unnamed model': 1 } });
  });
});
