/** The adapters for the SDKs of Anthropic and OpenAI, with the real SDKs: what leaves, in this process. Streams and aborts are tested on loopback. */
import fc from 'fast-check';
import { HttpResponse } from 'msw';
import { describe, expect, test } from 'vitest';
import { withHeadroom as withAnthropic } from '../src/adapters/anthropic.ts';
import { withHeadroom as withOpenAI } from '../src/adapters/openai.ts';
import type { AdapterOptions } from '../src/adapters/options.ts';
import { type Compression, createHeadroom, type Headroom } from '../src/index.ts';
import { answer, ask, log } from './helpers/big-result.ts';
import { conversation } from './helpers/conversations.ts';
import { resultTexts, withoutResults } from './helpers/message-spellings.ts';
import { ownFolder } from './helpers/own-folder.ts';
import { recordEach } from './helpers/recording.ts';
import { type SdkClient, sdkCases } from './helpers/sdk-cases.ts';

// Shrinking whole conversations takes minutes; the seed in the report finds the case again.
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });

const folder = ownFolder();
const recording = recordEach();

const messagesIn = (body: string, list: 'messages' | 'input') => (JSON.parse(body) as Record<string, unknown[]>)[list]!;
const talk = [{ role: 'user', content: 'what is wrong?' }, ask('a'), answer('a')];

describe.each(sdkCases)('$name', ({ format, list, spell, open, send, count }) => {
  const wrap = (format === 'anthropic' ? withAnthropic : withOpenAI) as unknown as (
    client: SdkClient,
    options?: AdapterOptions,
  ) => SdkClient;
  const client = (options?: AdapterOptions) => wrap(open(recording.url), { folder, ...options });

  test('sends what the library makes of the messages, and the rest of the body to the byte', async () => {
    let shrunk = 0;
    await fc.assert(
      fc.asyncProperty(conversation, async (each) => {
        const messages = spell(each);
        const given = structuredClone(messages);
        recording.sent.length = 0;
        await send(open(recording.url), messages);
        await send(client(), messages);
        expect(messages).toEqual(given);
        const [bare, wrapped] = recording.sent as [(typeof recording.sent)[0], (typeof recording.sent)[0]];
        expect(wrapped.path).toBe(bare.path);
        expect(JSON.stringify(withoutResults([JSON.parse(wrapped.body)]))).toBe(JSON.stringify(withoutResults([JSON.parse(bare.body)])));
        const expected = await createHeadroom({ folder }).compress(messages, { format });
        expect(messagesIn(wrapped.body, list)).toEqual(expected.messages);
        if (expected.compressed) shrunk++;
        else expect(wrapped.body).toBe(bare.body);
      }),
      { numRuns: 20 },
    );
    expect(shrunk).toBeGreaterThan(10);
  });

  test('extends what it sent before, from this client and from a fresh one', async () => {
    await fc.assert(
      fc.asyncProperty(conversation, async (each) => {
        const messages = spell(each);
        const own = client();
        recording.sent.length = 0;
        for (let length = 2; length <= messages.length; length += 3) await send(own, messages.slice(0, length));
        await send(client({ headroom: createHeadroom({ folder }) }), messages);
        let before: unknown[] = [];
        for (const { body } of recording.sent) {
          const sent = messagesIn(body, list);
          expect(sent.slice(0, before.length)).toEqual(before);
          before = sent;
        }
      }),
      { numRuns: 15 },
    );
  });

  test('counts the tokens of what would be sent', async () => {
    if (!count) return;
    await send(client(), spell(talk));
    await count(client(), spell(talk));
    const [turn, counted] = recording.sent.map(({ body }) => messagesIn(body, list));
    expect(counted).toEqual(turn);
    expect(resultTexts(counted!).at(-1)).toContain('not shown');
  });

  test('throws what it would throw', async () => {
    const errors: unknown[] = [];
    for (const each of [open(recording.url), client()]) {
      recording.next.push(HttpResponse.json({ error: { type: 'invalid_request_error', message: 'no such model' } }, { status: 400 }));
      errors.push(await send(each, spell(talk)).catch((thrown) => thrown));
    }
    const [bare, wrapped] = errors as (Error & { status: number })[];
    expect(wrapped).toMatchObject({ constructor: bare!.constructor, message: bare!.message, status: 400 });
  });

  test('leaves the given client as it is, and goes with what is made of the new one', async () => {
    const bare = open(recording.url);
    const wrapped = wrap(bare, { folder });
    await send(bare, spell(talk));
    await send(wrapped.withOptions({ defaultHeaders: { 'x-mine': '1' } }), spell(talk));
    const [plain, derived] = recording.sent;
    expect(plain!.body).not.toContain('not shown');
    expect(derived!.body).toContain('not shown');
    expect(derived!.headers.get('x-mine')).toBe('1');
    expect(wrapped).toBeInstanceOf(bare.constructor);
  });

  test('asks for the options of a request as often as ever, and sees what they were made', async () => {
    const Client = open(recording.url).constructor as new (options: object) => { prepareOptions(request: { body: object }): Promise<void> };
    let asked = 0;
    class Own extends Client {
      override async prepareOptions(request: { body: object }): Promise<void> {
        asked++;
        await super.prepareOptions(request);
        request.body = { ...request.body, [list]: spell(talk) };
      }
    }
    const own = new Own({ apiKey: 'k', baseURL: recording.url }) as unknown as SdkClient;
    await send(wrap(own, { folder }), spell(talk.slice(0, 1)));
    expect(asked).toBe(1);
    expect(recording.sent[0]!.body).toContain('not shown');
  });

  test('works on a list that grew since it was given last', async () => {
    const messages = [...spell(talk.slice(0, 1))];
    const own = client();
    await send(own, messages);
    messages.push(...spell(talk).slice(messages.length));
    await send(own, messages);
    expect(recording.sent[1]!.body).toContain('not shown');
  });

  test('sends the request as it came where the library fails', async () => {
    const failing: Headroom = { ...createHeadroom({ folder }), compress: () => Promise.reject(new Error('the disk is gone')) };
    await send(open(recording.url), spell(talk));
    await send(client({ headroom: failing }), spell(talk));
    expect(recording.sent[1]!.body).toBe(recording.sent[0]!.body);
  });

  test('goes by its options, and tells what it did', async () => {
    const told: Compression<unknown>[] = [];
    const onCompressed = (compression: Compression<unknown>) => told.push(compression);
    await send(client({ profile: 'lossless', onCompressed }), spell(talk));
    await send(client({ tokenBudget: 100, onCompressed }), spell(talk));
    const [lossless, squeezed] = told;
    expect(lossless).toMatchObject({ compressed: true, ccrHashes: [] });
    expect(squeezed).toMatchObject({ compressed: true, withinBudget: false, ccrHashes: [expect.any(String)] });
    expect(messagesIn(recording.sent[1]!.body, list)).toEqual(squeezed!.messages);
    expect(await createHeadroom({ folder }).retrieve(squeezed!.ccrHashes[0]!)).toContain(log);
  });

  test('says no to options and clients that make no sense, before any request', () => {
    const bare = open(recording.url);
    expect(() => wrap(bare, { profile: 'tiny' as never })).toThrow(/no profile "tiny"/);
    expect(() => wrap(bare, { recovery: 'magic' as never })).toThrow(TypeError);
    expect(() => wrap(bare, { tokenBudget: -1 })).toThrow(/`tokenBudget` is no number/);
    for (const none of [undefined, {}, { messages: {}, chat: {}, withOptions: () => {} }])
      expect(() => wrap(none as never)).toThrow(/withHeadroom: this is no client/);
  });
});
