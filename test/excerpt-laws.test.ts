/** The laws of the profile `standard` over random conversations: nothing lost, nothing moved, whatever the disk does. */
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { Block } from '../src/block.ts';
import { createPipeline } from '../src/pipeline/create.ts';
import type { KeepOriginal } from '../src/pipeline/decide.ts';
import type { Skip } from '../src/pipeline/pipeline.ts';
import { createMessageReader, type ParsedMessage } from '../src/protocols/parsed-messages.ts';
import { originalPath } from '../src/store/originals.ts';
import { loadCounter, type TokenCounter } from '../src/tokens/count.ts';
import { conversation } from './helpers/conversations.ts';
import { createLastingCache } from './helpers/provider-cache.ts';

fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });

let count: TokenCounter;
beforeAll(async () => {
  count = await loadCounter();
});

const closing = /\n\[… (\d+) (?:line|row)s? not shown, full text: (.+)\]$/;
const folder = '/home/dev/.cache/headroom/originals';

function blocksOf(messages: readonly ParsedMessage[]): Block[] {
  const reader = createMessageReader('scope');
  return messages.flatMap((message) => reader.next(message));
}

/** Keeps in memory what it is given; refuses where `refuses` says so. */
function createKeep(refuses: (nth: number) => boolean = () => false): { keep: KeepOriginal; kept: Map<string, string> } {
  const kept = new Map<string, string>();
  let nth = 0;
  const keep: KeepOriginal = (text) => {
    if (refuses(nth++)) return { reason: 'the disk is full' };
    const path = originalPath(folder, text);
    kept.set(path, text);
    return { path };
  };
  return { keep, kept };
}

test('before an excerpt leaves, the whole is where its note says, and errors are shown', () => {
  let excerpts = 0;
  fc.assert(
    fc.property(conversation, (messages) => {
      const { keep, kept } = createKeep();
      const blocks = blocksOf(messages);
      const { replacements, records } = createPipeline({ count, keep }).rewrite({ model: undefined, blocks, allowsRepeats: true });
      for (const [at, text] of replacements) {
        const block = blocks[at]!;
        const record = records.find(({ key }) => key === block.key);
        const note = closing.exec(text);
        expect(record?.form === 'excerpt').toBe(note !== null);
        expect(record?.original).toBe(note?.[2]?.slice(-16));
        if (!note) continue;
        excerpts++;
        expect(kept.get(note[2] ?? '')).toBe(block.text);
        expect(Number(note[1])).toBeGreaterThan(2);
        expect(record?.tokensBefore).toBeGreaterThanOrEqual(2000);
        const shown = text + [...replacements.values()].join('\n') + blocks.map((other) => (other === block ? '' : other.text)).join('\n');
        // What a terminal would have overwritten is not shown.
        for (const line of block.text.split('\n'))
          if (line.includes(' ERROR ') && !/[\x1b\b\r]/.test(line)) expect(shown).toContain(line.slice(line.indexOf('web:')));
      }
    }),
    { numRuns: 60 },
  );
  expect(excerpts).toBeGreaterThan(20);
});

test('a full disk, forgetting and a new worker move no byte that was sent; forms that lose nothing go on', () => {
  let skipped = 0;
  fc.assert(
    fc.property(
      conversation,
      fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }),
      fc.nat(14),
      fc.constantFrom(64 * 1024 * 1024, 3000),
      (messages, full, restartAt, mostRemembered) => {
        const { keep } = createKeep((nth) => full[nth % full.length] === true);
        const told: Skip[] = [];
        const writesAgain = createLastingCache();
        let pipeline = createPipeline({ count, keep, mostRemembered });
        let before: string[] = [];
        for (let length = 1; length <= messages.length; length++) {
          // A new worker on the same disk, which has room again.
          if (length === restartAt) pipeline = createPipeline({ count, keep: createKeep().keep, skips: told, mostRemembered });
          const blocks = blocksOf(messages.slice(0, length));
          const { replacements, skips, records } = pipeline.rewrite({ model: undefined, blocks, allowsRepeats: true });
          told.push(...skips);
          for (const skip of skips) {
            skipped++;
            expect(skip).toMatchObject({ only: 'excerpt', reason: 'no excerpt: the disk is full' });
            expect(records.find(({ key }) => key === skip.key)?.form).not.toBe('excerpt');
          }
          const now = blocks.map((block, at) => replacements.get(at) ?? block.text);
          expect(now.slice(0, before.length)).toEqual(before);
          expect(
            writesAgain(
              blocks.map(({ key }) => key),
              now,
            ),
          ).toBe(0);
          before = now;
        }
      },
    ),
    { numRuns: 60 },
  );
  expect(skipped).toBeGreaterThan(0);
});

test('a fresh pipeline says the same, and without a place for originals there are no excerpts', () => {
  fc.assert(
    fc.property(conversation, (messages) => {
      const blocks = blocksOf(messages);
      const conversationOf = { model: undefined, blocks, allowsRepeats: true };
      const whole = createPipeline({ count, keep: createKeep().keep }).rewrite(conversationOf);
      const grown = createPipeline({ count, keep: createKeep().keep, mostRemembered: 4000 });
      for (let length = 1; length < blocks.length; length += 3) grown.rewrite({ ...conversationOf, blocks: blocks.slice(0, length) });
      expect(grown.rewrite(conversationOf).replacements).toEqual(whole.replacements);
      expect(
        createPipeline({ count })
          .rewrite(conversationOf)
          .records.some(({ form }) => form === 'excerpt'),
      ).toBe(false);
    }),
    { numRuns: 40 },
  );
});

test.each([
  ['Read', { file_path: '/home/dev/.cache/headroom/originals/0123456789abcdef' }],
  ['Bash', { command: 'sed -n 1,400p /home/dev/.cache/headroom/originals/0123456789abcdef' }],
  ['Bash', { command: 'npx headroom retrieve 0123456789abcdef --lines 1-400' }],
  ['mcp__headroom__headroom_retrieve', { hash: '0123456789abcdef' }],
  ['mcp__headroom__headroom_compress', { content: 'what came of it is small already' }],
])('what a call fetched from the originals, or had made smaller, goes out whole: %s %j', (tool, input) => {
  const log = Array.from({ length: 400 }, (_, at) => `2026-01-05T10:00:00Z INFO web: GET /api/items/${at} answered 200`).join('\n');
  const messages = (call: ParsedMessage['content']): ParsedMessage[] => [
    { role: 'assistant', content: [call] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: log }] },
  ];
  const send = (call: unknown) => {
    const blocks = blocksOf(messages(call));
    return createPipeline({ count, keep: createKeep().keep }).rewrite({ model: undefined, blocks, allowsRepeats: true });
  };
  expect(send({ type: 'tool_use', id: 'a', name: 'Bash', input: { command: 'docker logs web' } }).records[0]?.form).toBe('excerpt');
  expect(send({ type: 'tool_use', id: 'a', name: tool, input }).records[0]).toMatchObject({ form: undefined, reason: 'an original' });
});
