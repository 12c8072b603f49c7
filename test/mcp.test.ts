/** The tools of `headroom mcp` as an agent meets them: a real process, driven by the SDK's own client. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { commandOfKind } from '../src/mcp/compress-kinds.ts';
import { openOriginals } from '../src/store/originals.ts';
import { createMachine, type Machine } from './helpers/launches.ts';
import { type Json, testRun, withClient } from './helpers/mcp-client.ts';

let machine: Machine;
let folder: string;
beforeEach(() => {
  machine = createMachine();
  folder = join(machine.home, '.cache', 'headroom', 'originals');
});
afterEach(() => machine.remove());

function keep(text: string): string {
  const kept = openOriginals(folder).keep(text);
  if (!kept.isKept) throw new Error(kept.reason);
  return kept.name;
}

describe('the tools', () => {
  test('have the names of the Python original, and say how long a result may be', async () => {
    const { tools } = await withClient(machine, (client) => client.listTools());
    expect(
      tools.map(({ name, inputSchema }) => ({ name, required: inputSchema.required, words: Object.keys(inputSchema.properties ?? {}) })),
    ).toEqual([
      { name: 'headroom_compress', required: ['content'], words: ['content', 'kind'] },
      { name: 'headroom_retrieve', required: ['hash'], words: ['hash', 'query', 'lines'] },
      { name: 'headroom_stats', required: undefined, words: [] },
    ]);
    expect(tools.map((tool) => tool._meta?.['anthropic/maxResultSizeChars'])).toEqual([500_000, 500_000, undefined]);
  });

  test('compress, and give back every byte of what was not shown', async () => {
    await withClient(machine, async (_client, call) => {
      const { json } = await call('headroom_compress', { content: testRun, kind: 'pytest -v' });
      expect(Object.keys(json)).toEqual([
        ...['compressed', 'hash', 'original_tokens', 'compressed_tokens', 'tokens_saved', 'savings_percent', 'transforms', 'note'],
      ]);
      const {
        compressed,
        hash,
        original_tokens: before,
        compressed_tokens: after,
      } = json as { compressed: string; hash: string; original_tokens: number; compressed_tokens: number };
      expect(hash).toBe(createHash('sha256').update(testRun).digest('hex').slice(0, 16));
      expect(compressed).toContain(`full text: headroom_retrieve ${hash}]`);
      expect(compressed).toContain('assert 3 == 4');
      expect(compressed).toContain('1 failed, 399 passed');
      expect(after).toBeLessThan(before / 4);
      expect(json).toMatchObject({ tokens_saved: before - after, note: expect.stringContaining(hash) });
      expect(readFileSync(join(folder, hash), 'utf8')).toBe(testRun);

      const whole = await call('headroom_retrieve', { hash });
      expect(whole.json).toEqual({
        ...{ hash, source: 'local', original_content: testRun, original_item_count: testRun.split('\n').length - 1, retrieval_count: 1 },
      });
      const again = await call('headroom_retrieve', { hash: String(hash).slice(0, 5), query: 'assert 4', lines: '400-' });
      expect(again.json).toMatchObject({
        ...{ lines: '400-417', query: 'assert 4', count: 3, retrieval_count: 2 },
        results: expect.arrayContaining(['411:E       assert 3 == 4']),
      });
      expect((await call('headroom_stats')).json).toMatchObject({
        ...{ compressions: 1, retrievals: 2, total_input_tokens: before, total_output_tokens: after, total_tokens_saved: before - after },
        recent_events: [{ type: 'compress' }, { type: 'retrieve', hash }, { type: 'retrieve', hash }],
        proxy: { running: 0, launches: 0, requests_total: 0, tokens_saved_total: 0, cost_saved_usd: 0 },
      });
    });
  });

  test('leave a text alone where nothing is gained, and keep it all the same', async () => {
    const content = 'Nothing to gain.\nThree words\there.\r\n';
    await withClient(machine, async (_client, call) => {
      const { json } = await call('headroom_compress', { content });
      expect(json).toMatchObject({
        compressed: content,
        tokens_saved: 0,
        savings_percent: 0,
        transforms: [],
        note: expect.stringContaining('small'),
      });
      expect((await call('headroom_retrieve', { hash: json.hash })).json).toMatchObject({ original_content: content });
    });
  });

  test('leave nothing out of a text that cannot be kept', async () => {
    writeFileSync(join(machine.home, '.cache'), 'in the way');
    await withClient(machine, async (_client, call) => {
      const { json } = await call('headroom_compress', { content: testRun, kind: 'pytest -v' });
      expect(json).toMatchObject({ note: expect.stringContaining('not stored: the folder cannot be made') });
      expect(json).not.toHaveProperty('hash');
      expect(json.compressed).toContain('test_that_case_number_7_holds');
      expect(json.compressed).not.toContain('not shown');
    });
  });

  test('give back lines with their own endings, and long originals whole', async () => {
    const text = Array.from({ length: 30_000 }, (_, n) => `line ${n + 1} "quoted" \\ tab\t é 日本${n % 3 === 0 ? '\r' : ''}\n`).join('');
    const hash = keep(text);
    await withClient(machine, async (_client, call) => {
      expect((await call('headroom_retrieve', { hash })).json.original_content).toBe(text);
      const part = text
        .split('\n')
        .slice(3, 6)
        .map((line) => `${line}\n`)
        .join('');
      expect((await call('headroom_retrieve', { hash, lines: '4-6' })).json).toMatchObject({ lines: '4-6', original_content: part });
      expect((await call('headroom_retrieve', { hash, lines: 29_999 })).json).toMatchObject({
        original_content: `${text.split('\n')[29_998]}\n`,
      });
      expect((await call('headroom_retrieve', { hash, query: 'no such words' })).json).toMatchObject({ results: [], count: 0 });
    });
  });

  test('answer a call that makes no sense with an error of one or two lines', async () => {
    const hash = keep('one\ntwo\n');
    writeFileSync(join(folder, 'deadbeefdeadbeef'), 'changed');
    const wrong: [string, Json, string][] = [
      ['headroom_compress', {}, 'content: the text to make smaller is missing'],
      ['headroom_compress', { content: ['a'] }, 'content: a text is wanted, not a list'],
      ['headroom_retrieve', {}, 'hash: say which original'],
      ['headroom_retrieve', { hash: 'ffff' }, 'There is no original `ffff`'],
      ['headroom_retrieve', { hash: 'not a hash' }, '`not a hash` is neither a hash nor a path'],
      ['headroom_retrieve', { hash: '/etc/hostname' }, '`/etc/hostname` is no original of ours'],
      ['headroom_retrieve', { hash: '../../../../etc/passwd' }, 'is no original of ours'],
      ['headroom_retrieve', { hash: 'deadbeefdeadbeef' }, 'was changed or cut short'],
      ['headroom_retrieve', { hash, lines: '9-3' }, '`9-3` is no range of lines'],
      ['headroom_retrieve', { hash, lines: '7-9' }, 'It has only 2 lines'],
      ['headroom_retrieve', { hash: { a: 1 } }, 'hash: a text is wanted, not a value of type object'],
    ];
    await withClient(machine, async (_client, call) => {
      for (const [name, words, expected] of wrong) {
        const { isError, text } = await call(name, words);
        expect({ name, words, isError, text }).toMatchObject({ isError: true, text: expect.stringContaining(expected) });
        expect(text.split('\n').length).toBeLessThanOrEqual(2);
      }
    });
  });
});

test.each([
  ['pytest -q', 'pytest -q'],
  ['diff', 'git diff'],
  ['Logs', 'docker logs service'],
  ['code', 'cat file'],
  ['json', undefined],
  ['  ', undefined],
  [undefined, undefined],
])('the kind %j stands for the command %j', (kind, command) => {
  expect(commandOfKind(kind)).toBe(command);
});
