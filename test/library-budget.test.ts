/** A budget of tokens: what it makes smaller, what it leaves as it was handed out, and what it says when it was not enough. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHeadroom } from '../src/index.ts';
import { answer, ask, log } from './helpers/big-result.ts';
import { conversation } from './helpers/conversations.ts';
import { ownFolder } from './helpers/own-folder.ts';

// Shrinking whole conversations takes minutes; the seed in the report finds the case again.
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });

const folder = ownFolder();

/** Turns that each show a log of about 1,300 tokens: less than an excerpt is usually made of. */
const turns = (count: number) =>
  Array.from({ length: count }, (_, n) => {
    const lines = log.split('\n').slice(0, 45);
    const text = lines.map((line, at) => line.replace(/items\/\d+/, `rows/${n * 1000 + at * at}`)).join('\n');
    return [ask(`m${n}`, `docker logs web${n}`), answer(`m${n}`, text)];
  }).flat();

test('with room for everything changes nothing, and says that it fits', async () => {
  const messages = [...turns(3), ask('a'), answer('a')];
  const usual = await createHeadroom({ folder }).compress(messages);
  expect(usual.ccrHashes).toHaveLength(1);
  expect(usual).not.toHaveProperty('withinBudget');
  const roomy = await createHeadroom({ folder }).compress(messages, { tokenBudget: 100_000 });
  expect(roomy).toEqual({ ...usual, withinBudget: true });
});

test('shows less of results the less room is left, and of none that an excerpt would not help', async () => {
  const messages = turns(12);
  const headroom = createHeadroom({ folder });
  const usual = await headroom.compress(messages);
  expect(usual.ccrHashes).toEqual([]);
  const tokenBudget = Math.round(usual.tokensAfter * 0.7);
  const result = await headroom.compress(messages, { tokenBudget });
  expect(result.withinBudget).toBe(true);
  const inPart = result.messages.map((message) => JSON.stringify(message).includes('not shown'));
  // The first ones as ever, and from where it gets short all of them.
  const first = inPart.indexOf(true);
  expect(first).toBeGreaterThan(6);
  expect(result.messages.slice(0, first)).toEqual(usual.messages.slice(0, first));
  expect(inPart.filter((_, at) => at >= first && at % 2 === 1)).not.toContain(false);
  const whole = await headroom.retrieve(result.ccrHashes[0]!);
  expect(whole).toBe(messages[first]!.content[0] && (messages[first] as ReturnType<typeof answer>).content[0]!.content);
});

test('says when it could not be kept', async () => {
  const said = { role: 'user', content: 'a word and another '.repeat(2000) };
  const result = await createHeadroom({ folder }).compress([said, ...turns(2)], { tokenBudget: 1000 });
  expect(result.ccrHashes).toHaveLength(2);
  expect(result.messages[0]).toBe(said);
  expect(result).toMatchObject({ compressed: true, withinBudget: false });
  expect(await createHeadroom({ folder }).compress([said], { tokenBudget: 1000 })).toMatchObject({
    compressed: false,
    withinBudget: false,
  });
});

test('leaves nothing out in `lossless`', async () => {
  const messages = turns(4);
  const lossless = createHeadroom({ folder, profile: 'lossless' });
  const usual = await lossless.compress(messages);
  expect(await lossless.compress(messages, { tokenBudget: 500 })).toEqual({ ...usual, withinBudget: false });
});

test('a longer conversation extends what the shorter one became, in this process and in a fresh one', async () => {
  let squeezed = 0;
  await fc.assert(
    fc.asyncProperty(conversation, fc.integer({ min: 200, max: 6000 }), async (talk, tokenBudget) => {
      const logs = turns(Math.floor(talk.length / 4));
      const messages = talk.flatMap((message, at) => (at % 4 === 0 && at > 0 ? [message, ...logs.slice(at / 2 - 2, at / 2)] : [message]));
      const headroom = createHeadroom({ folder });
      let before: readonly unknown[] = [];
      for (let length = 1; length <= messages.length; length += 2) {
        const result = await headroom.compress(messages.slice(0, length), { tokenBudget });
        expect(result.messages.slice(0, before.length)).toEqual(before);
        expect(result.withinBudget).toBe(result.tokensAfter <= tokenBudget);
        before = result.messages;
      }
      const whole = await createHeadroom({ folder }).compress(messages, { tokenBudget });
      expect(whole.messages.slice(0, before.length)).toEqual(before);
      const usual = await headroom.compress(messages);
      if (whole.ccrHashes.length > usual.ccrHashes.length) squeezed++;
    }),
    { numRuns: 20 },
  );
  expect(squeezed).toBeGreaterThan(5);
});
