/** The laws on the wire: bodies in, bodies out, through protocol, pipeline and splice, as Claude Code sends them turn by turn. */
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { createPipeline } from '../src/pipeline/create.ts';
import type { Pipeline } from '../src/pipeline/pipeline.ts';
import { anthropicMessages } from '../src/protocols/anthropic-messages.ts';
import { createMessageReader, type ParsedMessage } from '../src/protocols/parsed-messages.ts';
import { splice } from '../src/protocols/splice.ts';
import { loadCounter, type TokenCounter } from '../src/tokens/count.ts';
import { conversation } from './helpers/conversations.ts';

// Shrinking whole conversations takes minutes; the seed in the report finds the case again.
fc.configureGlobal({ endOnFailure: true });

let count: TokenCounter;
beforeAll(async () => {
  count = await loadCounter();
});

interface Part {
  type: string;
  cache_control?: unknown;
  content?: unknown;
}

/** A body as the agent posts it: the newest block of the newest message carries the cache mark, the last request's mark is gone. */
function bodyOf(messages: readonly ParsedMessage[], indent?: number): Buffer {
  const copies = structuredClone(messages) as { role: string; content: string | Part[] }[];
  const last = copies.at(-1);
  if (last && typeof last.content === 'string') last.content = [{ type: 'text', text: last.content } as Part];
  const newest = Array.isArray(last?.content) ? last.content.at(-1) : undefined;
  if (newest) newest.cache_control = { type: 'ephemeral', ttl: '1h' };
  const body = {
    model: 'claude-opus-4-8',
    messages: copies,
    system: [{ type: 'text', text: 'be kind', cache_control: { type: 'ephemeral' } }],
    max_tokens: 32000,
    stream: true,
  };
  return Buffer.from(JSON.stringify(body, undefined, indent));
}

function send(pipeline: Pipeline, body: Buffer): Buffer {
  const read = anthropicMessages.read(body, 'upstream standard 1');
  if (!read) throw new Error('the body was not understood');
  const { replacements } = pipeline.rewrite(read);
  return splice(
    body,
    [...replacements].map(([at, text]) => ({ start: read.blocks[at]?.start ?? 0, end: read.blocks[at]?.end ?? 0, text })),
  );
}

/** What the provider's cache key is made of: messages without marks, a single text in either spelling alike. */
function cached(body: Buffer): string[] {
  const { messages } = JSON.parse(body.toString()) as { messages: { role: string; content: string | Part[] }[] };
  return messages.map(({ role, content }) => {
    const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : content.map(({ cache_control: _, ...part }) => part);
    return JSON.stringify({ role, parts });
  });
}

test('the newest result is shrunk though it carries the mark, and what was sent is never sent otherwise', () => {
  let shrunk = 0;
  fc.assert(
    fc.property(conversation, fc.constantFrom(undefined, 2), (messages, indent) => {
      const pipeline = createPipeline({ count });
      let before: string[] = [];
      for (let length = 1; length <= messages.length; length += 2) {
        const received = bodyOf(messages.slice(0, length), indent);
        const sent = send(pipeline, received);
        if (sent.length < received.length) shrunk++;
        else expect(sent).toBe(received);
        const now = cached(sent);
        expect(now.slice(0, before.length)).toEqual(before);
        before = now;
      }
    }),
    { numRuns: 40 },
  );
  expect(shrunk).toBeGreaterThan(20);
});

test('only the text of tool results changes', () => {
  fc.assert(
    fc.property(conversation, (messages) => {
      const received = bodyOf(messages);
      const sent = send(createPipeline({ count }), received);
      const withoutResults = (body: Buffer): unknown =>
        JSON.parse(body.toString(), function (this: Part, key: string, value: unknown) {
          return key === 'content' && this.type === 'tool_result'
            ? typeof value === 'string'
              ? 'text'
              : (value as unknown[]).length
            : value;
        });
      expect(withoutResults(sent)).toEqual(withoutResults(received));
      expect(sent.length).toBeLessThanOrEqual(received.length);
    }),
    { numRuns: 60 },
  );
});

test('the wire and the parsed messages of a replay come to the same texts', () => {
  fc.assert(
    fc.property(conversation, (messages) => {
      const reader = createMessageReader('scope');
      const blocks = messages.flatMap((message) => reader.next(message));
      const parsed = [...createPipeline({ count }).rewrite({ model: undefined, blocks, allowsRepeats: true }).replacements.values()];
      const read = anthropicMessages.read(bodyOf(messages), 'scope');
      expect([
        ...createPipeline({ count })
          .rewrite(read ?? { model: undefined, blocks: [], allowsRepeats: true })
          .replacements.values(),
      ]).toEqual(parsed);
    }),
    { numRuns: 40 },
  );
});
