/** Heavy work in steps: what it comes to is the same in one go and in steps, whatever comes between them, and everything else goes on meanwhile. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Block } from '../src/block.ts';
import { createStepByStep } from '../src/library/step-by-step.ts';
import { createPipeline } from '../src/pipeline/create.ts';
import type { Pipeline } from '../src/pipeline/pipeline.ts';
import { asStep, type Steps } from '../src/pipeline/steps.ts';
import { createMessageReader, type ParsedMessage } from '../src/protocols/parsed-messages.ts';
import { loadCounter, type TokenCounter } from '../src/tokens/count.ts';
import { answer, ask, log } from './helpers/big-result.ts';
import { conversation } from './helpers/conversations.ts';
import { post } from './helpers/loopback-client.ts';
import { startTestProxy } from './helpers/loopback-proxy.ts';
import { answerMessage, startUpstream } from './helpers/loopback-upstream.ts';

// Shrinking whole conversations takes minutes; the seed in the report finds the case again.
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });

let count: TokenCounter;
beforeAll(async () => {
  count = await loadCounter();
});

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe('work goes step by step', () => {
  test('in the order in which it came, and between two steps everything else goes on', async () => {
    const seen: string[] = [];
    const stepByStep = createStepByStep();
    const work = ['one', 'two'].map((name) => stepByStep(talk(name, seen)));
    setImmediate(() => setImmediate(() => seen.push('a turn')));
    expect(await Promise.all(work)).toEqual(['one', 'two']);
    expect(seen).toEqual(['one begins', 'a turn', 'one ends', 'two begins', 'two ends']);
  });

  test('whoever comes alone waits for nobody', async () => {
    let turns = 0;
    const stepByStep = createStepByStep();
    setImmediate(() => {
      turns++;
    });
    await stepByStep(asStep(work));
    expect(turns).toBe(0);
  });

  test('one that fails fails alone', async () => {
    const stepByStep = createStepByStep();
    const broken = stepByStep(asStep(fail));
    const whole = stepByStep(asStep(() => 'it'));
    await expect(broken).rejects.toThrow('not yet');
    await expect(whole).resolves.toBe('it');
  });
});

describe('the pipeline in steps', () => {
  test('comes to the same as in one go, whatever else is asked of it in between', () => {
    fc.assert(
      fc.property(fc.array(conversation, { minLength: 2, maxLength: 3 }), fc.infiniteStream(fc.nat(9)), (all, dice) => {
        const pipeline = createPipeline({ count, mostPerStep: 1 });
        const under = all.map((messages) => {
          const blocks = blocksOf(messages);
          return { blocks, steps: pipeline.rewriteInSteps(asConversation(blocks)) };
        });
        while (under.length > 0) {
          const at = dice.next().value % under.length;
          const { blocks, steps } = under[at]!;
          const { done, value } = steps.next();
          // Others ask for a part of it meanwhile, or for all.
          pipeline.rewrite(asConversation(blocks.slice(0, dice.next().value)));
          if (!done) continue;
          under.splice(at, 1);
          const alone = createPipeline({ count }).rewrite(asConversation(blocks));
          expect(value.replacements).toEqual(alone.replacements);
          expect(value.decisions).toEqual(alone.decisions);
          expect(pipeline.rewrite(asConversation(blocks)).replacements).toEqual(alone.replacements);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('a block that is skipped meanwhile goes out as it came, then and later', () => {
    fc.assert(
      fc.property(conversation, fc.nat(20), fc.nat(), (messages, after, which) => {
        const pipeline = createPipeline({ count, mostPerStep: 1 });
        const blocks = blocksOf(messages);
        const results = blocks.filter(({ source }) => source === 'result');
        fc.pre(results.length > 0);
        const skipped = results[which % results.length]!;
        const steps = pipeline.rewriteInSteps(asConversation(blocks));
        for (let n = 0; n < after; n++) {
          const { done } = steps.next();
          if (done) return;
        }
        pipeline.skip([skipped.key], 'upstream said 400');
        const rewriting = through(steps);
        // As if a shorter request had come before the skip.
        const possible = blocks.map((_, length) => {
          const other = createPipeline({ count });
          other.rewrite(asConversation(blocks.slice(0, length)));
          other.skip([skipped.key], 'upstream said 400');
          return other.rewrite(asConversation(blocks)).replacements;
        });
        expect(possible).toContainEqual(rewriting.replacements);
        expect(rewriting.replacements.has(blocks.indexOf(skipped))).toBe(false);
        expect(pipeline.rewrite(asConversation(blocks)).replacements).toEqual(rewriting.replacements);
      }),
      { numRuns: 10 },
    );
  });

  test.each([
    ['kept', { path: '/originals/0123456789abcdef' }],
    ['not kept', { reason: 'the disk is full' }],
  ])('so does one that is skipped in the middle of its own steps, its original %s', (_, kept) => {
    const blocks = blocksOf([{ role: 'user', content: 'why?' }, ask('t1'), answer('t1'), ask('t2'), answer('t2', `2\n${log}`)]);
    const open = () => createPipeline({ count, mostPerStep: 1, keep: () => kept });
    for (const { key } of blocks.filter(({ source }) => source === 'result')) {
      const all = yieldsOf(open(), blocks);
      for (let after = 1; after <= all; after++) {
        const pipeline = open();
        const steps = pipeline.rewriteInSteps(asConversation(blocks));
        for (let n = 0; n < after; n++) steps.next();
        pipeline.skip([key], 'upstream said 400');
        const at = blocks.findIndex((block) => block.key === key);
        expect(through(steps).replacements.has(at), `after ${after} of ${all}`).toBe(false);
        expect(pipeline.rewrite(asConversation(blocks)).replacements.has(at)).toBe(false);
        expect(pipeline.rewrite(asConversation(blocks.slice(0, at + 1))).replacements.has(at)).toBe(false);
      }
    }
  });

  test('what could not be kept is told of, though it came up in a step before a new beginning', () => {
    const pipeline = createPipeline({ count, mostPerStep: 1, keep: () => ({ reason: 'the disk is full' }) });
    const blocks = blocksOf([
      { role: 'user', content: 'why?' },
      ...[1, 2, 3].flatMap((n) => [ask(`t${n}`), answer(`t${n}`, `${n}\n${log}`)]),
    ]);
    const [first, , last] = blocks.filter(({ source }) => source === 'result');
    const steps = pipeline.rewriteInSteps(asConversation(blocks));
    while (pipeline.rewrite(asConversation(blocks.slice(0, -1))).skips.length === 0) if (steps.next().done) throw new Error('too late');
    pipeline.skip([first!.key], 'upstream said 400');
    expect(through(steps).skips.map(({ key }) => key)).toContain(last!.key);
  });

  test('a big result takes several steps, and so do many small ones; what is known takes none', () => {
    const pipeline = createPipeline({ count, keep: () => ({ path: '/originals/0123456789abcdef' }) });
    const big = blocksOf([{ role: 'user', content: 'why?' }, ask('t1'), answer('t1', log)]);
    const small = blocksOf([1, 2, 3, 4, 5, 6, 7, 8].flatMap((n) => [ask(`s${n}`), answer(`s${n}`, `${n}\n${log.slice(0, 8000)}`)]));
    expect(yieldsOf(pipeline, big)).toBeGreaterThan(3);
    expect(yieldsOf(pipeline, small)).toBeGreaterThan(2);
    expect(yieldsOf(pipeline, small)).toBe(0);
  });
});

test('while a long conversation is worked on, the proxy answers others', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-steps-'));
  closing.push(() => rmSync(folder, { recursive: true }));
  const upstream = await startUpstream(answerMessage);
  closing.push(upstream.close);
  const pipeline = createPipeline({ count });
  let turnsBetween = 0;
  let isUnderWay = false;
  const watched: Pipeline = {
    ...pipeline,
    *rewriteInSteps(conversation, options) {
      isUnderWay = true;
      const countTurn = () => {
        turnsBetween++;
        if (isUnderWay) setImmediate(countTurn);
      };
      setImmediate(countTurn);
      try {
        return yield* pipeline.rewriteInSteps(conversation, options);
      } finally {
        isUnderWay = false;
      }
    },
  };
  const proxy = await startTestProxy(upstream.url, { decisions: { folder } }, { createPipeline: () => watched });
  closing.push(proxy.close);
  const messages = Array.from({ length: 12 }, (_, n) => [ask(`t${n}`), answer(`t${n}`, `${n}\n${log}`)]).flat();
  const body = JSON.stringify({ model: 'claude-opus-4-5', max_tokens: 10, messages: [{ role: 'user', content: 'why?' }, ...messages] });
  expect((await post(proxy.address, body)).status).toBe(200);
  expect(turnsBetween).toBeGreaterThan(2);
  expect((await proxy.record(0)).blocks.filter(({ form }) => form !== undefined).length).toBeGreaterThan(6);
});

function* talk(name: string, seen: string[]): Steps<string> {
  seen.push(`${name} begins`);
  work();
  yield;
  seen.push(`${name} ends`);
  return name;
}

function fail(): never {
  throw new Error('not yet');
}

/** Longer than what one turn is for. */
function work(): void {
  for (const until = performance.now() + 6; performance.now() < until; );
}

function blocksOf(messages: readonly ParsedMessage[]): Block[] {
  const reader = createMessageReader('scope');
  return messages.flatMap((message) => reader.next(message));
}

function asConversation(blocks: readonly Block[]) {
  return { model: undefined, blocks, allowsRepeats: true };
}

function through<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

function yieldsOf(pipeline: Pipeline, blocks: readonly Block[]): number {
  let yields = 0;
  for (const steps = pipeline.rewriteInSteps(asConversation(blocks)); !steps.next().done; ) yields++;
  return yields;
}
