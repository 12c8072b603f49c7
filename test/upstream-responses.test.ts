/** The scripted upstream's Responses face, asked over HTTP as Codex asks it. */
import { afterEach, expect, test } from 'vitest';
import { startUpstream, type Upstream } from '../src/demo/upstream.ts';
import type { Step } from '../src/demo/upstream-script.ts';
import { openaiResponses } from '../src/protocols/openai-responses.ts';

let upstream: Upstream | undefined;
afterEach(() => upstream?.close());

const shell = { type: 'function', name: 'exec_command', parameters: { properties: { cmd: {} } } };
const patcher = { type: 'custom', name: 'apply_patch' };
const codeMode = { type: 'additional_tools', tools: [{ type: 'namespace', name: 'functions', tools: [{ type: 'custom', name: 'exec' }] }] };
const user = (text: string) => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] });
const around = user('<environment_context>\n</environment_context>');

interface Item {
  readonly type: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly call_id?: string;
  readonly arguments?: string;
  readonly input?: string;
  readonly content?: readonly { readonly text: string }[];
}

async function start(steps: readonly Step[]): Promise<void> {
  upstream = await startUpstream({ script: { steps }, cache: { minimumTokens: 1 } });
}

async function ask(input: readonly unknown[], extra: object = {}) {
  const body = JSON.stringify({ model: 'gpt-x', tools: [shell, patcher], input, ...extra });
  const reply = await fetch(`${upstream?.url}/v1/responses`, { method: 'POST', body });
  const text = await reply.text();
  return { status: reply.status, text, output: (/^\{.*"output":/.test(text) ? JSON.parse(text).output : []) as Item[] };
}

const answered = ({ type, call_id }: Item) => ({ type: `${type}_output`, call_id, output: 'done' });

test('a conversation goes on step by step, several calls a turn, whatever the agent adds about itself', async () => {
  await start([{ text: 'Look.', calls: [{ shell: 'ls' }, { shell: 'pwd' }] }, { calls: [{ read: 'a b.ts' }] }, { text: 'Over.' }]);
  const first = await ask([around, user('Go')]);
  expect(first.output.map(({ type }) => type)).toEqual(['message', 'function_call', 'function_call']);
  expect(first.output[1]).toMatchObject({ name: 'exec_command', arguments: '{"cmd":"ls"}' });
  const next = [around, user('Go'), ...first.output, ...first.output.slice(1).map(answered)];
  const second = await ask(next);
  expect(second.output).toMatchObject([{ type: 'function_call', arguments: `{"cmd":"cat 'a b.ts'"}` }]);
  const third = await ask([...next, ...second.output, ...second.output.map(answered), around]);
  expect(third.output[0]?.content?.[0]?.text).toBe('Over.');
  // A new prompt begins the script anew.
  expect((await ask([...next, user('Again')])).output).toHaveLength(3);
});

test('edits are patches: a tool of their own, a command, or a script that calls it', async () => {
  await start([
    {
      calls: [
        { edit: 'a.ts', from: 'one\ntwo', to: 'three' },
        { write: 'b.ts', text: 'x\n\ny\n' },
      ],
    },
  ]);
  const edit = '*** Begin Patch\n*** Update File: a.ts\n@@\n-one\n-two\n+three\n*** End Patch\n';
  const add = '*** Begin Patch\n*** Add File: b.ts\n+x\n+\n+y\n*** End Patch\n';
  expect((await ask([user('Go')])).output).toMatchObject(
    [edit, add].map((input) => ({ type: 'custom_tool_call', name: 'apply_patch', input })),
  );
  const [command] = (await ask([user('Go')], { tools: [shell] })).output;
  expect(JSON.parse(command?.arguments ?? '')).toEqual({ cmd: `apply_patch <<'END_OF_PATCH'\n${edit}END_OF_PATCH` });
  const [script] = (await ask([codeMode, user('Go')], { tools: [] })).output;
  expect(script).toMatchObject({
    type: 'custom_tool_call',
    name: 'exec',
    input: `text(await tools.apply_patch(${JSON.stringify(edit)}));`,
  });
});

test('in the code mode commands stand in scripts', async () => {
  await start([{ calls: [{ grep: 'x', path: 'src' }] }]);
  const [call] = (await ask([codeMode, user('Go')], { tools: undefined })).output;
  expect(call).toMatchObject({
    type: 'custom_tool_call',
    name: 'exec',
    input: expect.stringContaining(`exec_command({cmd: "grep -rn -e 'x' 'src'"})`),
  });
});

test('an output without its call is refused, and a call without its output', async () => {
  await start([{ text: 'Hello.' }]);
  const call = { type: 'function_call', call_id: 'c', name: 'exec_command', arguments: '{}' };
  expect(await ask([user('Go'), answered(call)])).toMatchObject({ status: 400, text: expect.stringContaining('No tool call found') });
  expect(await ask([user('Go'), call])).toMatchObject({ status: 400, text: expect.stringContaining('No tool output found') });
  expect(await ask([user('Go'), call, { ...answered(call), type: 'custom_tool_call_output' }])).toMatchObject({ status: 400 });
  expect(await ask([user('Go'), call, answered(call)])).toMatchObject({ status: 200 });
});

test('a stream says what the whole reply says, and bills what it does not find in the cache', async () => {
  await start([{ thinking: 'hm', text: 'Hello there, é😀 and all.', calls: [{ shell: 'ls' }] }]);
  const long = user('Go '.repeat(200));
  const whole = await ask([long]);
  const { text } = await ask([long], { stream: true });
  const events = text
    .split('\n\n')
    .filter(Boolean)
    .map((event) => JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? ''));
  expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, at) => at));
  const last = events.at(-1);
  expect(last).toMatchObject({ type: 'response.completed', response: { output: whole.output } });
  const deltas = events.filter(({ type }) => type === 'response.output_text.delta').map(({ delta }) => delta);
  expect(deltas.join('')).toBe('Hello there, é😀 and all.');
  const usages = [whole.text, JSON.stringify(last.response)].map((json) => {
    const reader = openaiResponses.createUsageReader();
    reader.body(json);
    return reader.usage();
  });
  expect(usages[0]).toMatchObject({ cacheRead: 0, fresh: expect.any(Number) });
  expect(usages[1]).toMatchObject({ cacheRead: usages[0]?.fresh, fresh: 0 });
});

test('what must fit a schema is answered beside the conversation, whatever tools it comes with', async () => {
  await start([{ calls: [{ shell: 'ls' }] }]);
  const schema = { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] };
  const { output } = await ask([user('A title, please')], {
    tools: [patcher],
    text: { format: { type: 'json_schema', name: 'x', schema } },
  });
  expect(JSON.parse(output[0]?.content?.[0]?.text ?? '')).toEqual({ title: expect.any(String) });
  expect(upstream?.requests[0]?.answer?.played).toBe('side');
});

test('WebSocket is refused, and scripted failures come first', async () => {
  await start([{ text: 'Hello.', failures: [503] }]);
  expect((await fetch(`${upstream?.url}/backend-api/codex/responses`)).status).toBe(426);
  expect((await ask([user('Go')])).status).toBe(503);
  expect((await ask([user('Go')])).status).toBe(200);
});
