/** Big results that are worked out elsewhere: whatever comes of it, in whatever order, what goes out is what it would be in place, and others do not wait. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Block, type Conversation, messagesKey } from '../src/block.ts';
import { createHeavyThread, type HeavyThread } from '../src/launch/heavy-thread.ts';
import { createStepByStep } from '../src/library/step-by-step.ts';
import { createPipeline, type PipelineOptions } from '../src/pipeline/create.ts';
import { createTasks, type Elsewhere, type Tasks } from '../src/pipeline/elsewhere.ts';
import type { RewriteOptions } from '../src/pipeline/pipeline.ts';
import { createMessageReader, type ParsedMessage } from '../src/protocols/parsed-messages.ts';
import { loadCounter, type TokenCounter } from '../src/tokens/count.ts';
import { type BigText, bigText, makeBigText } from './helpers/big-texts.ts';
import { type Bundle, bundle } from './helpers/bundle.ts';
import { bodyWith, numberedFile } from './helpers/loopback-bodies.ts';
import { post, send } from './helpers/loopback-client.ts';
import { startTestProxy } from './helpers/loopback-proxy.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { startUpstream } from './helpers/loopback-upstream.ts';

// Every case shrinks megabytes; the seed in the report finds it again.
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });

const kept = closesAfterEach();
const keep = () => ({ path: '/originals/0123456789abcdef' });
let count: TokenCounter;
let tasks: Tasks;
let mortal: Bundle;
let heavy: HeavyThread;
beforeAll(async () => {
  count = await loadCounter();
  tasks = createTasks(count);
  mortal = await bundle('mortal-heavy-worker');
  heavy = createHeavyThread({ file: mortal.file });
});
afterAll(async () => {
  await heavy.close();
  await mortal.close();
});

/** Some big results, small ones between them, the first once more at the end, and what was said. */
const talk = fc
  .tuple(fc.array(bigText, { minLength: 1, maxLength: 2 }), fc.nat(), fc.boolean())
  .map(([texts, asked, repeats]) => [say(`please do it ${asked}`), ...texts.flatMap(turn), ...(repeats ? turn(texts[0]!, 9) : [])]);

describe('the pipeline', () => {
  test('sends with the worker what it sends without, at first sight, once it is forgotten, in forks and at cold moments', async () => {
    await fc.assert(
      fc.asyncProperty(talk, fc.boolean(), async (messages, forgets) => {
        const mostRemembered = forgets ? 1 : undefined;
        const [near, far] = [open({ keep, mostRemembered }), open({ keep, mostRemembered, elsewhere: heavy.elsewhere })];
        const long = [...messages, ...turn({ tool: 'Bash', input: { command: 'ls' }, text: 'a\nb' }, 20), say('and now?')];
        const fork = [...messages, say('or rather?')];
        const plan: [ParsedMessage[], RewriteOptions][] = [
          [messages, { era: 'an-era' }],
          [long, { era: 'an-era' }],
          [fork, { era: 'an-era' }],
          [long, { era: 'later-era', moment: 'cold' }],
          [long, { era: 'later-era' }],
        ];
        for (const [all, options] of plan) expect(await far(all, options)).toEqual(await near(all, options));
      }),
      { numRuns: 6 },
    );
  });

  test('keeps to what is recorded, whose shape it fetches', async () => {
    const messages = [
      say('please'),
      ...turn(makeBigText('log', 1), 0),
      ...turn(makeBigText('search', 2), 1),
      ...turn(makeBigText('log', 1), 2),
    ];
    const blocks = blocksOf(messages);
    const { decisions } = createPipeline({ count }).rewrite(conversationOf(blocks));
    const recorded = new Map(blocks.map(({ key }, at) => [messagesKey(key), decisions[at]]));
    const asked: string[] = [];
    const elsewhere: Elsewhere = async (name, input) => {
      asked.push(name);
      return tasks[name](input) as never;
    };
    const more = [...messages, ...turn(makeBigText('file', 2, 90_000), 3)];
    const options = { recorded: (key: string) => recorded.get(key) };
    const [near, far] = [open({}), open({ elsewhere })];
    expect(await far(more, options)).toEqual(await near(more, options));
    expect(new Set(asked)).toEqual(new Set(['shape', 'forms', 'count']));
  });

  test('comes to the same for conversations at once, in whatever order answers come, if they come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(talk, { minLength: 2, maxLength: 3 }), fc.infiniteStream(fc.nat(9)), async (all, dice) => {
        const held: (() => void)[] = [];
        const elsewhere: Elsewhere = (name, input) =>
          new Promise((resolve) => held.push(() => resolve(dice.next().value < 3 ? undefined : (tasks[name](input) as never))));
        const pipeline = createPipeline({ count, keep, elsewhere });
        const stepByStep = createStepByStep();
        let left = all.length;
        const under = all.map(async (messages) => {
          const rewriting = await stepByStep(pipeline.rewriteInSteps(conversationOf(blocksOf(messages))));
          left--;
          return rewriting;
        });
        while (left > 0) {
          await new Promise(setImmediate);
          held.splice(dice.next().value % Math.max(1, held.length), 1)[0]?.();
        }
        for (const [n, { replacements, decisions, records }] of (await Promise.all(under)).entries())
          expect({ replacements, decisions, records }).toEqual(await open({ keep })(all[n]!));
      }),
      { numRuns: 5 },
    );
  });

  test('leaves a block that is skipped while it is worked out elsewhere', async () => {
    const blocks = blocksOf([say('please'), ...turn(makeBigText('log', 1), 0), ...turn(makeBigText('log', 1), 1)]);
    const [first] = blocks.filter(({ source }) => source === 'result');
    const pipeline = createPipeline({ count, keep, elsewhere: async (name, input) => tasks[name](input) as never });
    const steps = pipeline.rewriteInSteps(conversationOf(blocks));
    for (let step = steps.next(); !step.done; step = steps.next()) {
      if (!step.value) continue;
      await step.value;
      pipeline.skip([first!.key], 'upstream said 400');
    }
    const other = createPipeline({ count, keep });
    other.skip([first!.key], 'upstream said 400');
    const expected = other.rewrite(conversationOf(blocks)).replacements;
    expect(pipeline.rewrite(conversationOf(blocks)).replacements).toEqual(expected);
    expect(expected.has(blocks.indexOf(first!))).toBe(false);
  });

  test('skips what throws there as what throws here', async () => {
    const broken = (text: string) => {
      if (text.length > 70_000) throw new Error('over the top');
      return count(text);
    };
    const there = createTasks(broken);
    const elsewhere: Elsewhere = async (name, input) => {
      try {
        return there[name](input) as never;
      } catch {
        return undefined;
      }
    };
    const messages = [say('please'), ...turn(makeBigText('plain', 1, 80_000), 0)];
    const near = createPipeline({ count: broken, keep }).rewrite(conversationOf(blocksOf(messages)));
    const far = await createStepByStep()(
      createPipeline({ count: broken, keep, elsewhere }).rewriteInSteps(conversationOf(blocksOf(messages))),
    );
    expect(far).toEqual(near);
    expect(far.skips).toMatchObject([{ reason: 'compressor threw: over the top' }]);
  });
});

describe('the proxy', () => {
  test.each(['answers', 'dies', 'is not there'])('sends the same in every protocol where the worker %s', async (fate) => {
    const own = createHeavyThread({ file: fate === 'is not there' ? new URL('file:///nowhere/worker.mjs') : mortal.file });
    await kept(Promise.resolve({ close: own.close }));
    const upstream = await kept(startUpstream());
    const [near, far] = await Promise.all(
      [undefined, own.elsewhere].map((elsewhere) =>
        kept(startTestProxy(upstream.url, { profile: 'standard' }, { createPipeline: () => createPipeline({ count, keep, elsewhere }) })),
      ),
    );
    let smaller = 0;
    for (const [n, kind] of ['log', 'json', 'search', 'html', 'file', 'wide'].entries()) {
      const big = makeBigText(kind, n);
      const text = fate === 'dies' ? `die by exit\n${big.text}` : big.text;
      const [path, body] = n % 2 ? asMessages({ ...big, text }) : asChat({ ...big, text });
      const headers = { 'content-type': 'application/json' };
      const from = upstream.requests.length;
      for (const { address } of [near!, far!])
        expect((await send(`${address}${path}`, { method: 'POST', headers, body })).status).toBe(200);
      const [one, other] = upstream.requests.slice(from).map((request) => request.body);
      expect(one!.equals(other!)).toBe(true);
      if (one!.length < Buffer.byteLength(body)) smaller++;
    }
    expect(smaller).toBeGreaterThan(4);
    for (const [n, { blocks, untouched }] of far!.records.entries()) expect({ blocks, untouched }).toEqual(pick(near!.records[n]!));
  });

  test.each(['recorded', 'remembered'])(
    'answers others while a big result is worked out elsewhere, and of the %s conversation in its order',
    async (way) => {
      const folder = mkdtempSync(join(tmpdir(), 'headroom-elsewhere-'));
      await kept(Promise.resolve({ close: async () => rmSync(folder, { recursive: true }) }));
      const upstream = await kept(startUpstream());
      let release: (() => void) | undefined;
      let asked = 0;
      const elsewhere: Elsewhere = async (name, input) => {
        asked++;
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        return tasks[name](input) as never;
      };
      const settings = way === 'recorded' ? { decisions: { folder } } : {};
      const proxy = await kept(startTestProxy(upstream.url, settings, { createPipeline: () => createPipeline({ count, elsewhere }) }));
      const big = makeBigText('search', 3);
      const ended: string[] = [];
      const note = (name: string) => () => void ended.push(name);
      const first = post(proxy.address, asMessages(big)[1]).then(note('big'));
      await expect.poll(() => asked).toBe(1);
      const second = post(proxy.address, asMessages(big, 'and then?')[1]).then(note('the next of the same'));
      await post(proxy.address, bodyWith([numberedFile('other')])).then(note('other'));
      await post(proxy.address, bodyWith([numberedFile('other'), numberedFile('more')])).then(note('more of it'));
      expect(ended).toEqual(['other', 'more of it']);
      release?.();
      await Promise.all([first, second]);
      expect(ended).toEqual(['other', 'more of it', 'big', 'the next of the same']);
      // What was worked out for one serves the other.
      expect(asked).toBe(1);
      expect(proxy.records.map(({ blocks }) => blocks.map(({ carried }) => carried))).toEqual([[false], [true, false], [false], [true]]);
      const results = upstream.requests.map(({ body }) => body.toString()).filter((body) => body.includes('grep'));
      expect(results[1]!.startsWith(results[0]!.slice(0, results[0]!.lastIndexOf(']}]}')))).toBe(true);
    },
  );
});

function pick({ blocks, untouched }: { blocks: unknown; untouched: unknown }) {
  return { blocks, untouched };
}

/** One pipeline, asked in steps; what matters of what it says. */
function open(options: Partial<PipelineOptions> & { mostRemembered?: number | undefined }) {
  const { mostRemembered, ...rest } = options;
  const pipeline = createPipeline({ count, ...rest, ...(mostRemembered === undefined ? {} : { mostRemembered }) });
  const stepByStep = createStepByStep();
  return async (messages: readonly ParsedMessage[], rewrite?: RewriteOptions) => {
    const work = pipeline.rewriteInSteps(conversationOf(blocksOf(messages)), rewrite);
    const { replacements, decisions, records } = await stepByStep(work);
    return { replacements, decisions, records };
  };
}

function say(content: string): ParsedMessage {
  return { role: 'user', content };
}

function turn({ tool, input, text }: BigText, n: number): ParsedMessage[] {
  return [
    { role: 'assistant', content: [{ type: 'tool_use', id: `t${n}`, name: tool, input }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: `t${n}`, content: text }] },
  ];
}

function blocksOf(messages: readonly ParsedMessage[]): Block[] {
  const reader = createMessageReader('scope');
  return messages.flatMap((message) => reader.next(message));
}

function conversationOf(blocks: readonly Block[]): Conversation {
  return { model: undefined, blocks, allowsRepeats: true };
}

function asMessages(big: BigText, ...more: string[]): [path: string, body: string] {
  const later = more.flatMap((content) => [{ role: 'assistant', content: 'So it is.' }, say(content)]);
  const messages = [say('why did the worker fail?'), ...turn(big, 0), ...later];
  return ['/v1/messages', JSON.stringify({ model: 'claude-test', max_tokens: 9, messages })];
}

function asChat({ tool, input, text }: BigText): [path: string, body: string] {
  const call = { id: 'c', type: 'function', function: { name: tool, arguments: JSON.stringify(input) } };
  const messages = [
    say('why did the worker fail?'),
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: 'c', content: text },
  ];
  return ['/v1/chat/completions', JSON.stringify({ model: 'gpt-test', messages })];
}
