/** The hook by itself, in its own process: whatever the launch's side does, the tool's output stays and Cursor is told nothing that it cannot read. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { makePrivateFolder, type PrivateFolder } from '../src/launch/private-folder.ts';

let root: string;
let folder: PrivateFolder;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'headroom hook '));
  folder = makePrivateFolder(root, process.platform);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const output = {
  content: [
    { type: 'text', text: 'first of two' },
    { type: 'text', text: 'second of two' },
  ],
};
const event = { hook_event_name: 'postToolUse', tool_name: 'MCP:list', tool_input: '{"all":true}', tool_output: JSON.stringify(output) };

/** Runs the hook on a payload; undefined leaves its stdin open. */
async function run(payload: string | undefined, addressFile: string) {
  const child = spawn(process.execPath, [join(inject('dist'), 'cursor-hook.js'), addressFile], {
    // A corporate proxy that Node itself would follow, and that leads nowhere.
    env: { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: 'http://127.0.0.1:9', http_proxy: 'http://127.0.0.1:9' },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  if (payload !== undefined) child.stdin.end(payload);
  const code = await new Promise((resolve) => child.on('close', resolve));
  child.stdin.destroy();
  return { code, stdout, stderr };
}

const neutral = { code: 0, stdout: '{}\n', stderr: '' };
let files = 0;

/** The hook against an endpoint of ours. */
async function runAgainst(serve: (request: IncomingMessage, response: ServerResponse) => void, payload = JSON.stringify(event)) {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString());
      serve(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const name = `address-${files++}`;
  folder.write(name, `http://127.0.0.1:${(server.address() as AddressInfo).port}/${'0'.repeat(32)}/tool-output\n`);
  const ended = await run(payload, join(folder.path, name));
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return { ended, bodies };
}

const reply =
  (body: string, status = 200) =>
  (_: IncomingMessage, response: ServerResponse) =>
    void response.writeHead(status).end(body);

test('says what to show in place of the parts that were shrunk, and tells no more than it must', async () => {
  const { ended, bodies } = await runAgainst(reply('{"texts":[null,"second"]}'));
  const content = [
    { type: 'text', text: 'first of two' },
    { type: 'text', text: 'second' },
  ];
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(ended.stdout)).toEqual({ updated_mcp_tool_output: { content } });
  const sent = { tool: 'list', input: { all: true }, texts: ['first of two', 'second of two'], bytes: event.tool_output.length };
  expect(bodies.map((body) => JSON.parse(body))).toEqual([sent]);
});

test.concurrent.each([
  ['nothing', ''],
  ['no JSON', 'Forbidden'],
  ['a list', '[]'],
  ['null', 'null'],
  ['no texts', '{}'],
  ['too few texts', '{"texts":["x"]}'],
  ['too many texts', '{"texts":["x","y","z"]}'],
  ['a number', '{"texts":[1,null]}'],
  ['an empty text', '{"texts":["",null]}'],
  ['a longer text', `{"texts":[null,"${'x'.repeat(13)}"]}`],
  ['nothing to change', '{"texts":[null,null]}'],
  ['a permission', '{"permission":"allow"}'],
])('%s for an answer changes nothing', async (_, body) => {
  expect((await runAgainst(reply(body))).ended).toEqual(neutral);
});

test.concurrent.each([
  ['a refusal', reply('{"texts":["x",null]}', 403)],
  ['a failure', reply('{"texts":["x",null]}', 500)],
  ['a redirect', (_: IncomingMessage, response: ServerResponse) => void response.writeHead(302, { location: '/' }).end()],
  [
    'a reply that breaks off',
    (_: IncomingMessage, response: ServerResponse) => {
      response.writeHead(200, { 'content-length': 100 }).write('{"texts":["x"');
      setImmediate(() => response.destroy());
    },
  ],
  ['a connection that is closed', (request: IncomingMessage) => void request.socket.destroy()],
  ['silence', () => {}],
  ['a reply without an end', (_: IncomingMessage, response: ServerResponse) => void response.writeHead(200).write('{')],
] as [string, (request: IncomingMessage, response: ServerResponse) => void][])('%s changes nothing', async (_, serve) => {
  expect((await runAgainst(serve)).ended).toEqual(neutral);
});

test.concurrent.each([
  ['no JSON', 'hello'],
  ['nothing', ''],
  ['a list', '[]'],
  ['another event', JSON.stringify({ ...event, hook_event_name: 'preToolUse' })],
  ['a built-in tool', JSON.stringify({ ...event, tool_name: 'Shell' })],
  ['no output', JSON.stringify({ ...event, tool_output: undefined })],
  ['more than 24 MiB', JSON.stringify({ ...event, tool_output: 'x'.repeat(25 * 1024 * 1024) })],
])('%s on stdin is nobody told of', async (_, payload) => {
  const { ended, bodies } = await runAgainst(reply('{"texts":["x",null]}'), payload);
  expect({ ended, bodies }).toEqual({ ended: neutral, bodies: [] });
});

test('what it leaves alone is told with the reason and without the text', async () => {
  const { ended, bodies } = await runAgainst(reply('{"texts":[]}'), JSON.stringify({ ...event, tool_output: '{"structured":"secret"}' }));
  expect(ended).toEqual(neutral);
  expect(JSON.parse(bodies[0] ?? '')).toMatchObject({ texts: [], left: 'unknown shape', bytes: 23 });
  expect(bodies[0]).not.toContain('secret');
});

test.concurrent('a stdin without an end is not waited for', async () => {
  expect(await run(undefined, join(folder.path, 'none'))).toEqual(neutral);
});

test('no file, a wrong address, a port at which nobody listens: nothing changes', async () => {
  folder.write('elsewhere', 'http://example.invalid/x\n');
  folder.write('no-url', 'nonsense');
  folder.write('closed-port', 'http://127.0.0.1:9/x/tool-output\n');
  for (const name of ['none', 'elsewhere', 'no-url', 'closed-port'])
    expect(await run(JSON.stringify(event), join(folder.path, name))).toEqual(neutral);
});

test('who listens at the port of a launch that is gone is told nothing', async () => {
  let asked = 0;
  const server = createServer((_, response) => {
    asked++;
    response.end('{"texts":["x",null]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // Of this process's number, and of another start.
  const gone = join(root, 'launches', folder.id.replace(/^(\d+)-\d+/, '$1-1'));
  mkdirSync(gone);
  writeFileSync(join(gone, 'address'), `http://127.0.0.1:${(server.address() as AddressInfo).port}/${'0'.repeat(32)}/tool-output\n`);
  expect(await run(JSON.stringify(event), join(gone, 'address'))).toEqual(neutral);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(asked).toBe(0);
});
