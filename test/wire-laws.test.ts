/** The laws on the wire: bodies in, bodies out, through protocol, pipeline and splice, as agents send them turn by turn. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { createPipeline } from '../src/pipeline/create.ts';
import type { Pipeline, Rewriting } from '../src/pipeline/pipeline.ts';
import { anthropicMessages } from '../src/protocols/anthropic-messages.ts';
import { protocols } from '../src/protocols/index.ts';
import { createMessageReader } from '../src/protocols/parsed-messages.ts';
import type { WireConversation } from '../src/protocols/protocol.ts';
import { splice } from '../src/protocols/splice.ts';
import { loadCounter, type TokenCounter } from '../src/tokens/count.ts';
import { createBesideCache } from './helpers/beside-cache.ts';
import { conversation } from './helpers/conversations.ts';
import { createLastingCache } from './helpers/provider-cache.ts';
import { cachedMessages, wireSpellings } from './helpers/wire-spellings.ts';

// Shrinking whole conversations takes minutes; the seed in the report finds the case again.
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });

let count: TokenCounter;
beforeAll(async () => {
  count = await loadCounter();
});

function send(pipeline: Pipeline, protocol: string, body: Buffer): Buffer {
  const read = readAs(protocol, body);
  return put(body, read, pipeline.rewrite(read));
}

function readAs(protocol: string, body: Buffer): WireConversation {
  const read = protocols.find(({ name }) => name === protocol)?.read(body, 'upstream standard 1');
  if (!read) throw new Error('the body was not understood');
  return read;
}

function put(body: Buffer, { blocks }: WireConversation, { replacements }: Rewriting): Buffer {
  return splice(
    body,
    [...replacements].map(([at, text]) => ({ start: blocks[at]?.start ?? 0, end: blocks[at]?.end ?? 0, text })),
  );
}

describe.each(wireSpellings.map((spelling) => [`${spelling.protocol}, as ${spelling.agent} posts it`, spelling] as const))(
  '%s',
  (_, spelling) => {
    const { protocol, bodyOf, withoutResults } = spelling;

    test('the newest result is shrunk though it carries the mark, and what was sent is never sent otherwise', () => {
      let shrunk = 0;
      fc.assert(
        fc.property(conversation, fc.constantFrom(undefined, 2), (messages, indent) => {
          const pipeline = createPipeline({ count });
          const writesAgain = createLastingCache();
          let before: string[] = [];
          for (let length = 1; length <= messages.length; length += 2) {
            const received = bodyOf(messages.slice(0, length), indent);
            const sent = send(pipeline, protocol, received);
            if (sent.length < received.length) shrunk++;
            else expect(sent).toBe(received);
            const now = cachedMessages(sent);
            expect(now.slice(0, before.length)).toEqual(before);
            expect(writesAgain(cachedMessages(received), now)).toBe(0);
            before = now;
          }
        }),
        { numRuns: 40 },
      );
      expect(shrunk).toBeGreaterThan(20);
    });

    test('beside a cache of the provider, through pauses and restarts: not one avoidable write', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'headroom-laws-'));
      const sums = { avoidable: 0, cold: 0, replaced: 0 };
      const keep = () => ({ path: '/originals/0123456789abcdef' });
      const pause = fc.constantFrom(5, 5, 5, 300, 340, 400, 3700, 100_000, 100_000);
      const steps = fc.array(fc.record({ pause, restarts: fc.boolean() }), { minLength: 60, maxLength: 60 });
      let run = 0;
      try {
        // By chance there may be no cold moment in a dozen of them.
        for (let dozen = 0; dozen < 5 && (dozen === 0 || (sums.cold === 0 && protocol !== 'gemini')); dozen++)
          await fc.assert(
            fc.asyncProperty(conversation, steps, async (messages, each) => {
              const cache = createBesideCache(join(folder, `${run++}`), () => createPipeline({ count, keep }));
              let now = 1_000_000;
              for (let length = 1; length <= messages.length; length += 2) {
                const { pause: seconds = 5, restarts } = each[length >> 1] ?? {};
                if (restarts) cache.restart();
                const received = bodyOf(messages.slice(0, length));
                const read = readAs(protocol, received);
                const partsOf = (rewriting: Rewriting) => {
                  const sent = cachedMessages(put(received, read, rewriting));
                  return cachedMessages(received).map((text, at) => ({ received: text, sent: sent[at]! }));
                };
                now += seconds;
                await cache.send(read, received.length, partsOf, now);
              }
              expect(cache.figures.avoidable).toBe(0);
              for (const name of ['cold', 'replaced'] as const) sums[name] += cache.figures[name];
            }),
            { numRuns: 12 },
          );
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
      expect(sums.replaced).toBeGreaterThan(20);
      // Of what Google keeps nobody can say for how long.
      if (protocol === 'gemini') expect(sums.cold).toBe(0);
      else expect(sums.cold).toBeGreaterThan(0);
    });

    test('only the text of tool results changes', () => {
      fc.assert(
        fc.property(conversation, (messages) => {
          const received = bodyOf(messages);
          const sent = send(createPipeline({ count }), protocol, received);
          expect(withoutResults(sent)).toEqual(withoutResults(received));
          expect(sent.length).toBeLessThanOrEqual(received.length);
        }),
        { numRuns: 60 },
      );
    });
  },
);

test('the wire and the parsed messages of a replay come to the same texts', () => {
  fc.assert(
    fc.property(conversation, (messages) => {
      const reader = createMessageReader('scope');
      const blocks = messages.flatMap((message) => reader.next(message));
      const parsed = [...createPipeline({ count }).rewrite({ model: undefined, blocks, allowsRepeats: true }).replacements.values()];
      const read = anthropicMessages.read(wireSpellings[0]!.bodyOf(messages), 'scope');
      expect([
        ...createPipeline({ count })
          .rewrite(read ?? { model: undefined, blocks: [], allowsRepeats: true })
          .replacements.values(),
      ]).toEqual(parsed);
    }),
    { numRuns: 40 },
  );
});
