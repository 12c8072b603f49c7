/** `/stats` and `/metrics`: what passed through, by the names of the Python original, and in a form that Prometheus reads. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ExchangeRecord } from '../src/proxy/records.ts';
import { answer, ask } from './helpers/big-result.ts';
import { type LoopbackApi, startApi } from './helpers/loopback-api.ts';

let api: LoopbackApi;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.close());

const block = { key: 'k', tool: 'Bash', carried: false, form: 'excerpt', reason: 'excerpts', kind: 'logs' } as const;
const turn: ExchangeRecord = {
  ...{ time: Date.now() - 250, protocol: 'anthropic-messages', kind: 'turn', model: 'claude-opus-5-5', method: 'POST' },
  ...{ path: '/v1/messages', status: 200, outcome: 'answered', bytesReceived: 9000, bytesSent: 4000, untouched: undefined, retried: false },
  blocks: [
    { ...block, levers: { excerpts: 900 }, tokensBefore: 1000, tokensAfter: 100 },
    { ...block, levers: { repeats: 50 }, form: 'invertible', carried: true, tokensBefore: 100, tokensAfter: 50 },
    { ...block, levers: {}, form: undefined, reason: 'small', tokensBefore: 30, tokensAfter: 30 },
  ],
  usage: { model: undefined, fresh: 10, cacheWrite5m: 200, cacheWrite1h: 40, cacheRead: 3000, output: 70 },
  addedMs: 4.5,
};

const stats = async () => (await (await fetch(`${api.url}/stats`)).json()) as Record<string, unknown>;
const metrics = async () => (await fetch(`${api.url}/metrics`)).text();

test('of nothing are there and 0', async () => {
  expect(await stats()).toMatchObject({
    requests: { total: 0, cached: 0, rate_limited: 0, failed: 0, by_provider: {}, by_model: {} },
    tokens: { input: 0, output: 0, saved: 0, total_before_compression: 0, savings_percent: 0 },
    ...{ latency: { average_ms: 0, min_ms: 0, max_ms: 0 }, overhead: { average_ms: 0, min_ms: 0, max_ms: 0 } },
    ...{ compression: { ccr_entries: 0, ccr_retrievals: 0 }, feedback_loop: { total_compressions: 0 }, recent_requests: [] },
  });
  expect(await metrics()).toContain('\nheadroom_requests_total 0\n');
});

test('add up turns, compressions and retrievals', async () => {
  api.api.record(turn);
  api.api.record({ ...turn, protocol: 'openai-chat', model: 'gpt-5.2', status: 529, usage: undefined, blocks: [] });
  // What only observes, asks for a count, or was refused at the door, saved nothing.
  api.api.record({ ...turn, bytesSent: turn.bytesReceived, usage: undefined, outcome: 'upstream-failed', status: undefined });
  api.api.record({ ...turn, kind: 'count' });
  api.api.record({ ...turn, outcome: 'refused' });
  const body = JSON.stringify({ model: 'm', messages: [ask('a'), answer('a')] });
  const made = (await (await fetch(`${api.url}/v1/compress`, { method: 'POST', body })).json()) as Record<string, number> & {
    ccr_hashes: string[];
  };
  await fetch(`${api.url}/v1/retrieve/${made.ccr_hashes[0]}`);

  const saved = 950 + made.tokens_saved!;
  const input = 3250 + made.tokens_after!;
  const found = await stats();
  expect(found).toMatchObject({
    requests: {
      ...{ total: 4, failed: 2, by_provider: { anthropic: 2, openai: 1, compress: 1 } },
      by_model: { 'claude-opus-5-5': 2, 'gpt-5.2': 1, m: 1 },
    },
    tokens: { input, output: 70, saved, total_before_compression: input + saved },
    prefix_cache: { cache_read_tokens: 3000, cache_write_tokens: 240, uncached_input_tokens: 10 },
    compression: { ccr_entries: 2, ccr_retrievals: 1 },
    feedback_loop: { total_compressions: 2, total_retrievals: 1, global_retrieval_rate: 0.5 },
  });
  const { recent_requests: recent } = found as { recent_requests: { model: string; tokens_saved: number }[] };
  expect(recent.map(({ model, tokens_saved }) => [model, tokens_saved])).toEqual([
    ...[
      ['m', made.tokens_saved],
      ['claude-opus-5-5', 0],
      ['gpt-5.2', 0],
      ['claude-opus-5-5', 950],
    ],
  ]);

  const text = await metrics();
  for (const line of [
    'headroom_requests_total 4',
    'headroom_requests_by_provider{provider="anthropic"} 2',
    'headroom_requests_failed_total{provider="openai"} 1',
    `headroom_tokens_saved_total ${saved}`,
    'headroom_cache_read_tokens_total 3000',
    'headroom_latency_ms_count 4',
  ])
    expect(text).toContain(`\n${line}\n`);
});

test('of names that requests choose stay few, and readable', async () => {
  const name = 'a "model"\\ of\nmine';
  api.api.record({ ...turn, usage: undefined, model: name });
  for (let n = 0; n < 500; n++) api.api.record({ ...turn, usage: undefined, model: `${n}`.padEnd(300, 'x') });
  const text = await metrics();
  expect(text).toContain('headroom_requests_by_model{model="a \\"model\\"\\\\ of\\nmine"} 1\n');
  expect(text).toContain('headroom_requests_by_model{model="others"} 301\n');
  expect(text.length).toBeLessThan(50_000);
  expect(((await stats()).recent_requests as unknown[]).length).toBe(50);
});

test('follow the text format: each name said once, with its help and type, and each line a name, labels and a number', async () => {
  api.api.record(turn);
  const reply = await fetch(`${api.url}/metrics`);
  expect(reply.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const lines = (await reply.text()).split('\n').filter(Boolean);
  const typed = lines.flatMap((line) => /^# TYPE (\S+) (?:counter|gauge)$/.exec(line)?.[1] ?? []);
  expect(new Set(typed).size).toBe(typed.length);
  expect(lines.flatMap((line) => /^# HELP (\S+) \S/.exec(line)?.[1] ?? [])).toEqual(typed);
  const samples = lines.filter((line) => !line.startsWith('#'));
  expect(samples.length).toBeGreaterThan(15);
  for (const sample of samples) {
    const [, name] = /^(headroom_[a-z_]+)(?:\{[a-z]+="(?:[^"\\\n]|\\["\\n])*"\})? \d+(?:\.\d+)?$/.exec(sample) ?? [];
    expect({ sample, isTyped: typed.includes(name ?? '') }).toEqual({ sample, isTyped: true });
  }
});
