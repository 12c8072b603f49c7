/** The worker thread that big results are worked out in: it answers what would come out in place, and whatever happens to it is no more than no answer. */
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createHeavyThread, type HeavyThreadOptions } from '../src/launch/heavy-thread.ts';
import { startProxyThread } from '../src/launch/proxy-thread.ts';
import { createTasks, type Tasks } from '../src/pipeline/elsewhere.ts';
import { loadCounter } from '../src/tokens/count.ts';
import { makeBigText } from './helpers/big-texts.ts';
import { type Bundle, bundle } from './helpers/bundle.ts';
import { resultsIn } from './helpers/loopback-bodies.ts';
import { post } from './helpers/loopback-client.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { settingsFor } from './helpers/loopback-settings.ts';
import { startUpstream } from './helpers/loopback-upstream.ts';

const kept = closesAfterEach();
let mortal: Bundle;
let tasks: Tasks;
beforeAll(async () => {
  mortal = await bundle('mortal-heavy-worker');
  tasks = createTasks(await loadCounter());
});
afterAll(() => mortal.close());

const input = (text: string) => ({ text, call: undefined, asked: undefined });
const start = (options: HeavyThreadOptions = {}) => kept(Promise.resolve(createHeavyThread({ file: mortal.file, ...options })));

test('it answers what comes out in place, each who asked, also of texts that are no text', async () => {
  const { elsewhere } = await start();
  const inputs = ['log', 'search', 'file', 'html', 'json', 'plain', 'wide'].map((kind, n) => {
    const { tool, input, text } = makeBigText(kind, n, 5000 + n);
    return { text, call: { tool, input }, asked: n % 2 ? 'why did the worker fail?' : undefined };
  });
  const [forms, shapes, counts] = [
    await Promise.all(inputs.map((each) => elsewhere('forms', each))),
    await Promise.all(inputs.map((each) => elsewhere('shape', each))),
    await Promise.all(inputs.map((each) => elsewhere('count', each))),
  ];
  expect(forms).toEqual(inputs.map(tasks.forms));
  expect(shapes).toEqual(inputs.map(tasks.shape));
  expect(counts).toEqual(inputs.map(tasks.count));
});

test.each(['exit', 'throw', 'reject', 'memory', 'hang'])(
  'who asks when it dies by %s gets no answer, and the next one does',
  async (way) => {
    const { elsewhere } = await start(way === 'hang' ? { mostAnswerMs: 1000 } : {});
    expect(await elsewhere('count', input('warm'))).toBe(1);
    const [lost, next] = await Promise.all([elsewhere('count', input(`die by ${way}`)), elsewhere('count', input('one two three'))]);
    expect([lost, next]).toEqual([undefined, 3]);
  },
);

test('a call that cannot be handed over is no answer, and nothing that throws', async () => {
  const { elsewhere } = await start();
  const call = { tool: 'x', input: () => 'no data' };
  expect(await elsewhere('forms', { text: 'a text', call, asked: undefined })).toBe(undefined);
  expect(await elsewhere('count', input('one two three'))).toBe(3);
});

test('after three deaths in a row it is left alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-heavy-'));
  const file = join(folder, 'worker.mjs');
  const { elsewhere } = await start({ file: pathToFileURL(file) });
  for (let n = 0; n < 3; n++) expect(await elsewhere('count', input('a'))).toBe(undefined);
  writeFileSync(file, `await import(${JSON.stringify(mortal.file.href)});`);
  expect(await elsewhere('count', input('a'))).toBe(undefined);
  const another = await start({ file: pathToFileURL(file) });
  expect(await another.elsewhere('count', input('a'))).toBe(1);
  rmSync(folder, { recursive: true });
});

test('it ends when there is nothing to do, and another begins when there is', async () => {
  const { elsewhere } = await start({ mostIdleMs: 1 });
  const who = () => elsewhere('shape', input('who are you'));
  const first = await who();
  expect(first).toMatch(/^\d+$/);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const second = await who();
  expect(second).toMatch(/^\d+$/);
  expect(second).not.toBe(first);
  const lasting = await start();
  const one = await lasting.elsewhere('shape', input('who are you'));
  expect(await lasting.elsewhere('shape', input('who are you'))).toBe(one);
});

test('once it is closed nobody gets an answer, and nobody waits for one', async () => {
  const { elsewhere, close } = await start();
  await elsewhere('count', input('warm'));
  const under = [elsewhere('count', input('die by hang')), elsewhere('count', input('a'))];
  await Promise.resolve();
  await close();
  expect(await Promise.all([...under, elsewhere('count', input('a'))])).toEqual([undefined, undefined, undefined]);
});

test.each([
  ['waits', '3'],
  ['hurries', ''],
])('a process that %s ends beside it', async (way, said) => {
  const program = await kept(bundle('end-beside-heavy-thread'));
  const { exitCode, stdout } = await execa(process.execPath, [fileURLToPath(program.file), fileURLToPath(mortal.file), way]);
  expect([exitCode, stdout]).toEqual([0, said]);
});

test('the worker as it is shipped asks the one that is shipped beside it, and closes with work under way', async () => {
  const parent = mkdtempSync(join(inject('dist'), '..', 'headroom-heavy-'));
  kept(Promise.resolve({ close: async () => rmSync(parent, { recursive: true }) }));
  await cp(inject('dist'), parent, { recursive: true });
  const asked = join(parent, 'asked');
  renameSync(join(parent, 'heavy-worker.js'), join(parent, 'heavy-worker-itself.js'));
  writeFileSync(
    join(parent, 'heavy-worker.js'),
    `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(asked)}, ''); await import('./heavy-worker-itself.js');`,
  );
  const upstream = await kept(startUpstream());
  const watch = { onRecord: () => {} };
  const thread = await kept(startProxyThread(settingsFor(upstream.url), watch, pathToFileURL(join(parent, 'proxy-worker.js'))));
  const { tool, input: given, text } = makeBigText('log', 1);
  const bodyOf = (content: string) => {
    const use = { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: tool, input: given }] };
    const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content }] };
    return JSON.stringify({ model: 'claude-test', max_tokens: 9, messages: [{ role: 'user', content: 'why?' }, use, result] });
  };
  await post(thread.address, bodyOf('a small one'));
  expect(existsSync(asked)).toBe(false);
  await post(thread.address, bodyOf(text));
  expect(existsSync(asked)).toBe(true);
  expect(resultsIn(upstream.requests[1]!.body)).toEqual([tasks.shape({ text, call: { tool, input: given }, asked: undefined })]);
  const broken = post(thread.address, bodyOf(`${text}${text}`)).catch(() => 'broken');
  await thread.close();
  await broken;
  expect(thread.state()).toBe('closed');
});
