/** The library: what it takes, what it leaves alone, and what it says no to. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHeadroom, type Headroom } from '../src/index.ts';
import { answer, ask, log } from './helpers/big-result.ts';
import { conversation } from './helpers/conversations.ts';

// Shrinking whole conversations takes minutes; the seed in the report finds the case again.
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'headroom-library-')));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('compress', () => {
  let headroom: Headroom;
  beforeAll(() => {
    headroom = createHeadroom({ folder });
  });

  test('of what it has made changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(conversation, async (talk) => {
        const once = await headroom.compress(talk);
        const twice = await headroom.compress(once.messages);
        expect(twice).toMatchObject({ messages: once.messages, compressed: false, tokensBefore: once.tokensAfter, tokensSaved: 0 });
      }),
      { numRuns: 30 },
    );
  });

  test('several times at once comes to the same', async () => {
    const talks = fc.sample(conversation, { numRuns: 6, seed: 7 });
    const alone = [];
    for (const talk of talks) alone.push(await createHeadroom({ folder }).compress(talk));
    const fresh = createHeadroom({ folder });
    const twice = [...talks, ...talks].map((talk) => fresh.compress(talk));
    expect(await Promise.all(twice)).toEqual([...alone, ...alone]);
  });

  test('everything else has its turn while a long conversation is worked on', async () => {
    const talk = Array.from({ length: 30 }, (_, at) => [ask(`c${at}`), answer(`c${at}`, `${at} ${log}`)]).flat();
    let turns = 0;
    let isOver = false;
    // What has to be loaded is there.
    await headroom.compress(talk.slice(0, 2));
    const compressing = createHeadroom({ folder })
      .compress(talk)
      .finally(() => {
        isOver = true;
      });
    while (!isOver) {
      await new Promise(setImmediate);
      turns++;
    }
    expect((await compressing).compressed).toBe(true);
    expect(turns).toBeGreaterThan(10);
  });

  test('makes a text of JSON that the AI SDK holds as data, an error of an error, and leaves the rest of the part', async () => {
    const rows = Array.from({ length: 60 }, (_, id) => ({
      id,
      name: `item ${id}`,
      state: 'ready',
      owner: { team: 'shop', region: 'north' },
    }));
    const part = (id: string, output: unknown) => ({
      type: 'tool-result',
      toolCallId: id,
      toolName: 'list',
      output,
      providerOptions: { a: 1 },
    });
    const call = (id: string) => ({ type: 'tool-call', toolCallId: id, toolName: 'list', input: {} });
    const image = { type: 'content', value: [{ type: 'media', data: 'AAAA', mediaType: 'image/png' }] };
    const messages = [
      { role: 'assistant', content: [call('a'), call('b'), call('c')] },
      {
        role: 'tool',
        content: [part('a', { type: 'json', value: rows }), part('b', image), part('c', { type: 'json', value: { ok: true } })],
      },
      { role: 'assistant', content: [{ ...part('w', { type: 'json', value: rows }), toolName: 'web_search' }] },
      { role: 'assistant', content: [call('d')] },
      { role: 'tool', content: [part('d', { type: 'error-json', value: rows.map((row) => ({ ...row, id: -row.id })) })] },
    ];
    const result = await headroom.compress(messages, { profile: 'lossless' });
    const [, tool, own, , error] = result.messages as typeof messages;
    const text = expect.stringMatching(/^JSON \(compact\) as tab-separated tables/);
    expect(tool!.content[0]).toEqual(part('a', { type: 'text', value: text }));
    expect(tool!.content[1]).toBe(messages[1]!.content[1]);
    expect(tool!.content[2]).toBe(messages[1]!.content[2]);
    expect(own).toBe(messages[2]);
    expect(error!.content[0]).toEqual(part('d', { type: 'error-text', value: text }));
  });

  test('reads a message of any spelling in one list, or the named one alone', async () => {
    const openai = [
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'o', type: 'function', function: { name: 'sh', arguments: '{"command":"docker logs a"}' } }],
      },
      { role: 'tool', tool_call_id: 'o', content: log.replaceAll('items', 'rows') },
    ];
    const messages = [ask('a'), answer('a'), ...openai];
    const changed = async (format?: 'anthropic' | 'openai' | 'vercel') => {
      const { messages: now } = await headroom.compress<unknown>(messages, { format });
      return now.flatMap((message, at) => (message === messages[at] ? [] : [at]));
    };
    expect(await changed()).toEqual([1, 3]);
    expect(await changed('anthropic')).toEqual([1]);
    expect(await changed('openai')).toEqual([3]);
    expect(await changed('vercel')).toEqual([]);
  });

  test('makes no notes of repeats where the text above may be gone', async () => {
    const file = Array.from({ length: 60 }, (_, n) => `const value${n} = compute(${n * 7}, 'name ${n}');`).join('\n');
    const messages = [ask('a', 'cat a.ts'), answer('a', file), ask('b', 'cat a.ts'), answer('b', file)];
    expect((await headroom.compress(messages)).transformsApplied).toEqual(['repeats']);
    expect((await headroom.compress(messages, { repeats: false })).compressed).toBe(false);
  });

  test('lets anything through that is no message, and shrinks what stands around it', async () => {
    const strange = fc.oneof(
      fc.anything({ withBigInt: true, withMap: true, withSparseArray: true, withNullPrototype: true }),
      fc.record({ role: fc.anything(), content: fc.anything({ withBigInt: true }), tool_calls: fc.anything() }, { requiredKeys: [] }),
      fc.record({
        role: fc.constantFrom('user', 'assistant', 'tool', 'function', 'system'),
        tool_call_id: fc.constantFrom('a', 7, null),
        content: fc.array(
          fc.record(
            {
              type: fc.constantFrom('text', 'tool_use', 'tool_result', 'tool-call', 'tool-result', 'image'),
              ...{
                text: fc.anything(),
                id: fc.anything(),
                name: fc.anything(),
                input: fc.anything({ withBigInt: true }),
                content: fc.anything(),
              },
              ...{
                tool_use_id: fc.anything(),
                toolCallId: fc.anything(),
                toolName: fc.anything(),
                output: fc.anything(),
                result: fc.anything(),
              },
            },
            { requiredKeys: ['type'] },
          ),
        ),
      }),
    );
    const alone = await headroom.compress<unknown>([ask('a'), answer('a')]);
    await fc.assert(
      fc.asyncProperty(fc.array(strange, { maxLength: 4 }), fc.array(strange, { maxLength: 4 }), async (above, below) => {
        const result = await headroom.compress<unknown>([...above, ask('a'), answer('a'), ...below]);
        expect(result.messages[above.length + 1]).toEqual(alone.messages[1]);
        for (const [at, message] of [...above, null, null, ...below].entries())
          if (at < above.length || at > above.length + 1) expect(Object.is(result.messages[at], message)).toBe(true);
      }),
      { numRuns: 200 },
    );
    const circle: Record<string, unknown> = { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'x', input: {} }] };
    circle.self = circle;
    (circle.content as { input: unknown }[])[0]!.input = circle;
    const throwing = Object.defineProperty({ role: 'user' }, 'content', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    const result = await headroom.compress<unknown>([circle, throwing, ask('a'), answer('a')]);
    expect(result.messages[0]).toBe(circle);
    expect(result.messages[1]).toBe(throwing);
    expect(result.messages[3]).toEqual(alone.messages[1]);
  });

  test.each<[string, () => Promise<unknown> | unknown, RegExp]>([
    ['no array', () => headroom.compress('text' as never), /`messages` is no array/],
    ['no messages', () => headroom.compress(undefined as never), /`messages` is no array/],
    [
      'a profile that is none',
      () => headroom.compress([], { profile: 'tiny' as never }),
      /no profile "tiny"; profiles: lossless, standard/,
    ],
    [
      'a format that is none',
      () => headroom.compress([], { format: 'cohere' as never }),
      /no format "cohere"; formats: anthropic, openai, responses, vercel, gemini/,
    ],
    ['a budget that is no number', () => headroom.compress([], { tokenBudget: '9' as never }), /`tokenBudget` is no number/],
    [
      'a recovery that is none',
      async () => createHeadroom({ recovery: 'magic' as never }),
      /no recovery "magic"; recoveries: command, path, tool, {url}/,
    ],
    [
      'a recovery by an address that is none',
      async () => createHeadroom({ recovery: { url: 'ftp://x/y' } }),
      /"ftp:\/\/x\/y" is no address/,
    ],
    [
      'a recovery by an address with a query',
      async () => createHeadroom({ recovery: { url: 'https://x/?a' } }),
      /is no address that notes/,
    ],
    ['a folder that fits no line', async () => createHeadroom({ folder: 'a\nb' }), /control character/],
  ])('says no to %s', async (_, attempt, message) => {
    await expect(attempt()).rejects.toThrow(TypeError);
    await expect(attempt()).rejects.toThrow(message);
  });

  test('of nothing is nothing', async () => {
    const nothing = { messages: [], tokensBefore: 0, tokensAfter: 0, tokensSaved: 0, compressionRatio: 1 };
    expect(await headroom.compress([])).toEqual({ ...nothing, transformsApplied: [], ccrHashes: [], compressed: false });
  });
});
