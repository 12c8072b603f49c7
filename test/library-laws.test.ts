/** The laws over the library: conversations in every spelling, as they grow, beside what the wire makes of them. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHeadroom } from '../src/index.ts';
import { createKeeper } from '../src/library/keep.ts';
import { createPipeline } from '../src/pipeline/create.ts';
import { protocols } from '../src/protocols/index.ts';
import { splice } from '../src/protocols/splice.ts';
import { loadCounter, type TokenCounter } from '../src/tokens/count.ts';
import { conversation } from './helpers/conversations.ts';
import { messageSpellings, resultTexts, withoutResults } from './helpers/message-spellings.ts';
import { createLastingCache } from './helpers/provider-cache.ts';
import { wireSpellings } from './helpers/wire-spellings.ts';

// Shrinking whole conversations takes minutes; the seed in the report finds the case again.
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });

let folder: string;
let count: TokenCounter;
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'headroom-library-')));
  count = await loadCounter();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const wireOf = { anthropic: 'anthropic-messages', openai: 'openai-chat', responses: 'openai-responses', gemini: 'gemini' } as const;

describe.each(messageSpellings)('messages of $format', ({ format, spell }) => {
  test('a longer conversation extends what the shorter one became, in this process and in a fresh one', async () => {
    let shrunk = 0;
    await fc.assert(
      fc.asyncProperty(conversation, async (talk) => {
        const headroom = createHeadroom({ folder });
        const messages = spell(talk);
        const writesAgain = createLastingCache();
        let before: readonly unknown[] = [];
        for (let length = 1; length <= messages.length; length += 2) {
          const result = await headroom.compress(messages.slice(0, length));
          expect(result.messages.slice(0, before.length)).toEqual(before);
          expect(writesAgain(messages.slice(0, length).map(spellOut), result.messages.map(spellOut))).toBe(0);
          before = result.messages;
          if (result.compressed) shrunk++;
        }
        const whole = await createHeadroom({ folder }).compress(messages);
        expect(whole.messages.slice(0, before.length)).toEqual(before);
      }),
      { numRuns: 30 },
    );
    expect(shrunk).toBeGreaterThan(20);
  });

  test('only the texts of results change, and what is the same is the same object', async () => {
    let excerpts = 0;
    await fc.assert(
      fc.asyncProperty(conversation, async (talk) => {
        const messages = spell(talk);
        const given = structuredClone(messages);
        const result = await createHeadroom({ folder }).compress(messages, { model: 'any' });
        expect(messages).toEqual(given);
        expect(withoutResults(result.messages)).toEqual(withoutResults(messages));
        for (const [at, message] of result.messages.entries()) {
          if (JSON.stringify(message) === JSON.stringify(messages[at])) expect(message).toBe(messages[at]);
        }
        expect(result.compressed).toBe(result.messages.some((message, at) => message !== messages[at]));
        expect(result.tokensSaved).toBe(result.tokensBefore - result.tokensAfter);
        expect(result.tokensSaved > 0).toBe(result.compressed);
        expect(result.transformsApplied.length > 0).toBe(result.compressed);
        const saved = resultTexts(messages).reduce((sum, text) => sum + count(text), 0);
        const left = resultTexts(result.messages).reduce((sum, text) => sum + count(text), 0);
        expect(saved - left).toBe(result.tokensSaved);
        excerpts += result.ccrHashes.length;
        const originals = resultTexts(messages);
        for (const hash of result.ccrHashes) expect(originals).toContain(await createHeadroom({ folder }).retrieve(hash));
      }),
      { numRuns: 30 },
    );
    expect(excerpts).toBeGreaterThan(0);
  });

  test('come to the texts that the wire gives', async () => {
    await fc.assert(
      fc.asyncProperty(conversation, async (talk) => {
        const result = await createHeadroom({ folder }).compress(spell(talk));
        const wire = format === 'vercel' ? 'anthropic' : format;
        const messages = format === 'vercel' ? messageSpellings[0]!.spell(talk) : spell(talk);
        const list = wire === 'responses' ? 'input' : wire === 'gemini' ? 'contents' : 'messages';
        const sent = sendThrough(wireOf[wire], Buffer.from(JSON.stringify({ model: 'm', [list]: messages })));
        const texts = resultTexts((JSON.parse(sent.toString()) as Record<string, unknown[]>)[list]!);
        expect(resultTexts(result.messages)).toEqual(texts);
      }),
      { numRuns: 30 },
    );
  });
});

test('what aider wrote into a message of the user becomes what the wire makes of it', async () => {
  const { protocol, bodyOf } = wireSpellings.find(({ agent }) => agent === 'aider')!;
  let shrunk = 0;
  await fc.assert(
    fc.asyncProperty(conversation, async (talk) => {
      const body = bodyOf(talk);
      const { messages } = JSON.parse(body.toString()) as { messages: unknown[] };
      const sent = JSON.parse(sendThrough(protocol, body).toString()) as { messages: unknown[] };
      const result = await createHeadroom({ folder }).compress(messages);
      expect(result.messages).toEqual(sent.messages);
      if (result.compressed) shrunk++;
    }),
    { numRuns: 30 },
  );
  expect(shrunk).toBeGreaterThan(10);
});

const spellOut = (message: unknown) => JSON.stringify(message);

/** A body as the wire sends it, with the notes of the library. */
function sendThrough(protocol: string, body: Buffer): Buffer {
  const read = protocols.find(({ name }) => name === protocol)!.read(body, 'scope')!;
  const keep = createKeeper({ folder, recovery: 'command', isUsual: false });
  const { replacements } = createPipeline({ count, keep }).rewrite(read);
  return splice(
    body,
    [...replacements].map(([at, text]) => ({ start: read.blocks[at]!.start, end: read.blocks[at]!.end, text })),
  );
}

test('of several outputs in one text each is made smaller in its place', async () => {
  const page = (n: number) => JSON.stringify(Array.from({ length: 60 }, (_, id) => ({ id, name: `item ${id * n}`, state: 'ready' })));
  const head = (n: number) => `Here is the content of https://example.com/${n}:\n\n`;
  const content = `Compare https://example.com/1 and https://example.com/2\n\n${head(1)}${page(1)}\n\n${head(2)}${page(2)}\n\nfin`;
  for (const spelled of [content, [{ type: 'text', text: content }]]) {
    const messages = [{ role: 'user', content: spelled }];
    const body = Buffer.from(JSON.stringify({ model: 'm', messages }));
    const sent = JSON.parse(sendThrough('openai-chat', body).toString()) as { messages: unknown[] };
    const result = await createHeadroom({ folder }).compress(messages);
    expect(result.tokensSaved).toBeGreaterThan(500);
    expect(result.messages).toEqual(sent.messages);
  }
  const cited = [{ role: 'user', content: [{ type: 'text', text: content, citations: [] }] }];
  expect((await createHeadroom({ folder }).compress(cited)).messages[0]).toBe(cited[0]);
});
