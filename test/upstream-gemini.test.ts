/** The Gemini face of the scripted upstream, and how scripted calls are spelled for the tools of each agent. */
import { expect, test } from 'vitest';
import { resolveCall } from '../src/demo/resolve-call.ts';
import { startUpstream } from '../src/demo/upstream.ts';
import type { ScriptedCall } from '../src/demo/upstream-script.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';

const kept = closesAfterEach();
const tools = [
  { functionDeclarations: [{ name: 'run_shell_command', parametersJsonSchema: { properties: { command: {}, description: {} } } }] },
];
const script = {
  steps: [
    { text: 'First look around.', calls: [{ shell: 'ls' }] },
    { text: 'All done.', failures: [503] },
  ],
};
const asking = { role: 'user', parts: [{ text: '<session_context>\nToday\n</session_context>' }, { text: 'Please work' }] };
const context = { role: 'user', parts: [{ text: '<session_context>\nToday\n</session_context>' }] };
const called = { role: 'model', parts: [{ text: 'First' }, { functionCall: { name: 'run_shell_command', args: {} } }] };
const answered = { role: 'user', parts: [{ functionResponse: { name: 'run_shell_command', response: { output: 'a.txt' } } }] };

async function post(path: string, body: unknown, contents: readonly unknown[] = []): Promise<{ status: number; text: string }> {
  const upstream = await kept(startUpstream({ script }));
  const reply = await fetch(upstream.url + path, { method: 'POST', body: JSON.stringify(body ?? { contents, tools }) });
  return { status: reply.status, text: await reply.text() };
}

const stream = '/v1beta/models/gemini-x:streamGenerateContent';

test('a turn comes as events, as one array and as one body, with its usage', async () => {
  const events = (await post(`${stream}?alt=sse`, undefined, [context, asking])).text;
  const parsed = events
    .split('\r\n\r\n')
    .filter(Boolean)
    .map((event) => JSON.parse(event.replace(/^data: /, '')) as { candidates: { content: { parts: object[] }; finishReason?: string }[] });
  const parts = parsed.flatMap(({ candidates }) => candidates[0]?.content.parts ?? []);
  expect(parts.at(-1)).toEqual({
    functionCall: { name: 'run_shell_command', args: { command: 'ls', description: 'Run a scripted command' } },
  });
  expect(parsed.map(({ candidates }) => candidates[0]?.finishReason).filter(Boolean)).toEqual(['STOP']);
  expect(parsed.at(-1)).toMatchObject({ usageMetadata: { promptTokenCount: expect.any(Number) }, modelVersion: 'gemini-x' });
  expect(JSON.parse((await post(stream, undefined, [asking])).text)).toEqual(expect.arrayContaining([expect.any(Object)]));
  const whole = await post('/v1beta/models/gemini-x:generateContent', undefined, [asking]);
  expect(JSON.parse(whole.text)).toMatchObject({ candidates: [{ finishReason: 'STOP' }] });
});

test('Code Assist wraps both ways, and tokens are counted', async () => {
  const body = { model: 'gemini-y', request: { contents: [asking], tools } };
  const { text } = await post('/v1internal:generateContent', body);
  expect(JSON.parse(text)).toMatchObject({ response: { candidates: [{}], modelVersion: 'gemini-y' } });
  expect(JSON.parse((await post('/v1beta/models/x:countTokens', undefined, [asking])).text)).toEqual({ totalTokens: expect.any(Number) });
});

test('the conversation alone says which step comes; failures come first', async () => {
  const upstream = await kept(startUpstream({ script }));
  const ask = () => fetch(upstream.url + stream, { method: 'POST', body: JSON.stringify({ contents: [asking, called, answered], tools }) });
  const statuses = [(await ask()).status, (await ask()).status];
  expect(statuses).toEqual([503, 200]);
  expect(upstream.requests.map(({ answer }) => answer?.played)).toEqual(['step 1, failing first', 'step 1']);
});

test.each([
  ['no contents', { contents: [] }],
  ['a response without its call', { contents: [asking, answered], tools }],
  ['two calls and one response', { contents: [asking, { ...called, parts: [...called.parts, ...called.parts] }, answered], tools }],
])('%s is refused as the provider does', async (_, body) => {
  const { status, text } = await post(stream, body);
  expect(status).toBe(400);
  expect(JSON.parse(text)).toMatchObject({ error: { code: 400, status: 'INVALID_ARGUMENT' } });
});

const change = { edit: '/a.js', from: 'one', to: 'two' };
test.each<[string, ScriptedCall, string, readonly string[], unknown]>([
  [
    'Gemini CLI',
    change,
    'replace',
    ['file_path', 'instruction', 'old_string', 'new_string'],
    { file_path: '/a.js', instruction: 'Say it better', old_string: 'one', new_string: 'two' },
  ],
  ['opencode', change, 'edit', ['filePath', 'oldString', 'newString'], { filePath: '/a.js', oldString: 'one', newString: 'two' }],
  ['Copilot', change, 'edit', ['path', 'old_str', 'new_str'], { path: '/a.js', old_str: 'one', new_str: 'two' }],
  ['pi', change, 'edit', ['path', 'edits'], { path: '/a.js', edits: [{ oldText: 'one', newText: 'two' }] }],
  ['Continue', change, 'MultiEdit', ['file_path', 'edits'], { file_path: '/a.js', edits: [{ old_string: 'one', new_string: 'two' }] }],
  ['Cline', change, 'apply_patch', ['input'], { input: '*** Begin Patch\n*** Update File: /a.js\n@@\n-one\n+two\n*** End Patch\n' }],
  ['Cline', { read: '/a.js' }, 'read_files', ['files'], { files: [{ path: '/a.js' }] }],
  ['Cline', { grep: 'x', path: '/src' }, 'search_codebase', ['queries'], { queries: ['x'] }],
  ['Cline', { shell: 'ls' }, 'run_commands', ['commands'], { commands: ['ls'] }],
  ['Copilot', { write: '/n', text: 't' }, 'create', ['path', 'file_text'], { path: '/n', file_text: 't' }],
  ['any', { mcp: 'list_orders', server: 'lab', input: { a: 1 } }, 'lab_list_orders', [], { a: 1 }],
])('%s is asked in its own words: %j by %s', (_, call, name, properties, input) => {
  expect(
    resolveCall(call, [
      { name: 'other', properties: ['x'] },
      { name, properties },
    ]),
  ).toEqual({ name, input });
});

test('a tool that is shown on request only is asked for by its usual name', () => {
  expect(resolveCall({ mcp: 'list_orders', server: 'lab', input: {} }, []).name).toBe('mcp__lab__list_orders');
});
