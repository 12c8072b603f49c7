/** `headroom perf --exact`: what it says before it sends, what it sends, what it makes of the answers, and what it says where there are none. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openTokenService } from '../src/perf/count-tokens.ts';
import { openOriginals } from '../src/store/originals.ts';
import { cacheParts } from '../src/store/place.ts';
import { log } from './helpers/big-result.ts';
import { createMachine, type Ended, type Machine } from './helpers/launches.ts';
import { ledgerLine } from './helpers/ledger-line.ts';
import { type Answer, type LoopbackUpstream, type Seen, startUpstream } from './helpers/loopback-upstream.ts';

const frame = 7;
const textOf = ({ body }: Seen) => (JSON.parse(body.toString()) as { messages: { content: string }[] }).messages[0]?.content ?? '';

/** Counts a token for each three bytes, and some for the message. */
const counting: Answer = (seen) => {
  const text = textOf(seen);
  seen.response.setHeader('content-type', 'application/json');
  seen.response.end(JSON.stringify({ input_tokens: frame + (text === '.' ? 1 : Math.ceil(Buffer.byteLength(text) / 3)) }));
};
const refusing =
  (status: number, message: string): Answer =>
  ({ response }) => {
    response.statusCode = status;
    response.end(JSON.stringify({ type: 'error', error: { type: 'some_error', message } }));
  };

let machine: Machine;
let upstream: LoopbackUpstream;
let answer: Answer;
beforeEach(async () => {
  machine = createMachine();
  answer = counting;
  upstream = await startUpstream((seen) => answer(seen));
});
afterEach(async () => {
  await upstream.close();
  machine.remove();
});

const run = (words: readonly string[] = [], environment: Record<string, string> = {}): Promise<Ended> =>
  machine.run(['perf', '--exact', ...words], { ANTHROPIC_API_KEY: 'planted-key', ANTHROPIC_BASE_URL: upstream.url, ...environment });

function fillCache(): void {
  const { ledger, originals } = cacheParts(join(machine.home, '.cache', 'headroom'));
  mkdirSync(ledger, { recursive: true });
  const bytes = { received: 20_000, sent: 18_000 };
  const lines = [ledgerLine({ model: 'claude-haiku-4-5' }), ledgerLine({ bytes }), ledgerLine({ bytes }), ledgerLine({ model: 'gpt-5' })];
  writeFileSync(join(ledger, 'ledger-000001.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  expect(openOriginals(originals).keep(log)).toMatchObject({ isKept: true });
}

describe('the command', () => {
  test('says what goes to whom, counts texts before and after, and corrects the estimate', async () => {
    fillCache();
    const { code, stdout, stderr } = await run();
    expect(code).toBe(0);
    const said = stderr.trimEnd().split('\n');
    expect(said[0]).toMatch(
      new RegExp(`^headroom: to ${upstream.url}, model claude-opus-5-5: \\d+ texts, each before and after, [\\d.]+ kB$`),
    );
    expect(said.slice(1)).toEqual([
      expect.stringMatching(/^headroom: {3}\d+ of the samples that ship with us$/),
      'headroom:   1 of the originals on this machine: what tools returned in your sessions',
      'headroom: count_tokens is asked and nothing else; it is not billed',
    ]);
    // One for what a message weighs, two for each text.
    const texts = Number(/(\d+) texts/.exec(said[0] ?? '')?.[1]);
    expect(texts).toBeGreaterThan(10);
    expect(upstream.requests).toHaveLength(1 + 2 * texts);
    for (const { method, url, request } of upstream.requests)
      expect([method, url, request.headers['x-api-key']]).toEqual(['POST', '/v1/messages/count_tokens', 'planted-key']);
    const sent = upstream.requests.map(textOf);
    expect(sent).toContain(log);
    expect(sent.some((text) => text.length < log.length / 5 && text.includes('the disk is full'))).toBe(true);

    const rows = stdout.split('\n');
    const [, before = '', after = ''] = /^originals +1 +[\d,]+ +[\d,]+ +-\d+% +([\d,]+) +([\d,]+) /m.exec(stdout) ?? [];
    const excerpt = sent.find((text) => text.includes('the disk is full') && text !== log) ?? '';
    const bytes = (text: string) => Math.ceil(Buffer.byteLength(text) / 3).toLocaleString('en-US');
    expect([before, after]).toEqual([bytes(log), bytes(excerpt)]);
    const factor = /^A removed token of o200k is (\d\.\d\d) of claude-opus-5-5; estimates take 1\.50 at most\.$/m.exec(stdout)?.[1];
    // Two requests, in each of them 500 tokens for the first time and 500 again.
    const corrected = /^In the ledger, claude-opus-5-5: ~2,001 tokens .+; ~([\d,]+) tokens removed, /m.exec(rows.at(-2) ?? '')?.[1];
    expect(Math.abs(Number(corrected?.replace(',', '')) - 2000 * Number(factor))).toBeLessThanOrEqual(10);
  });

  test('takes files and a model by name, and prints JSON', async () => {
    machine.write('project/build.log', log);
    machine.write('project/short.txt', 'too small to be shrunk\n');
    const { code, stdout, stderr } = await run(['build.log', 'short.txt', '--model', 'claude-opus-4-5', '--json']);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('headroom:   1 of the files that you named\n') });
    expect(JSON.parse(stdout)).toMatchObject({
      model: 'claude-opus-4-5',
      texts: 1,
      estimated: 1.18,
      factors: { removed: expect.any(Number) },
    });
    expect(upstream.requests.map(({ body }) => (JSON.parse(body.toString()) as { model: string }).model)).toEqual(
      new Array(3).fill('claude-opus-4-5'),
    );
    expect(upstream.requests.map(textOf)).not.toContain('too small to be shrunk\n');
  });

  test.each([
    ['no key', [], { ANTHROPIC_API_KEY: '' }, 'ANTHROPIC_API_KEY is not set'],
    ['no model', [], {}, 'The ledger holds no request to a Claude model'],
    ['another option', ['--csv'], {}, '--exact goes with --model and --json alone'],
    ['nothing to shrink', ['short.txt', '--model', 'claude-opus-4-5'], {}, 'Nothing of it is shrunk'],
  ])('sends nothing: %s', async (_, words, environment, message) => {
    machine.write('project/short.txt', 'too small to be shrunk\n');
    const { code, stderr, stdout } = await run(words, environment);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
    expect(upstream.requests).toHaveLength(0);
  });

  test.each([
    ['a key that is none', 401, 'invalid x-api-key', 'Is ANTHROPIC_API_KEY a key of this provider?'],
    ['a model that is none', 404, 'model: claude-none', 'Is claude-none a model there?'],
    ['a request that is none', 400, 'too long', 'Estimates need nobody'],
  ])('says what the provider says: %s', async (_, status, message, hint) => {
    machine.write('project/build.log', log);
    answer = refusing(status, message);
    const { code, stderr } = await run(['build.log', '--model', 'claude-none']);
    expect(code).toBe(2);
    expect(stderr).toContain(`answered ${status}: ${message}`);
    expect(stderr).toContain(hint);
    expect(stderr).not.toContain('planted-key');
  });

  test('says so where nobody answers', async () => {
    machine.write('project/build.log', log);
    await upstream.close();
    const { code, stderr } = await run(['build.log', '--model', 'claude-opus-4-5']);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED/) });
  });
});

describe('a provider that is busy', () => {
  const open = (pauses: number[]) =>
    openTokenService({
      upstream: { url: upstream.url, proxyUrl: undefined, caFiles: [] },
      key: 'key',
      model: 'claude-opus-4-5',
      pause: async (milliseconds) => void pauses.push(milliseconds),
    });

  test('is asked again when it says', async () => {
    const pauses: number[] = [];
    answer = (seen) => {
      if (upstream.requests.length > 3) return counting(seen);
      if (upstream.requests.length === 2) seen.response.setHeader('retry-after', '7');
      refusing(upstream.requests.length === 3 ? 529 : 429, 'busy')(seen);
    };
    const service = open(pauses);
    expect(await service.count('a'.repeat(30))).toBe(10);
    expect(await service.count('b'.repeat(60))).toBe(20);
    service.close();
    expect(pauses).toEqual([2000, 7000, 8000]);
    expect(upstream.requests).toHaveLength(3 + 3);
  });

  test('is left in peace after some tries', async () => {
    const pauses: number[] = [];
    answer = refusing(429, 'still busy');
    const service = open(pauses);
    await expect(service.count('text')).rejects.toMatchObject({ code: 'no-count', message: expect.stringContaining('429: still busy') });
    service.close();
    expect(pauses).toHaveLength(3);
  });
});
