/** `headroom mcp` as a speaker of the protocol: versions old and new, what is not known, junk, and a client that goes. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMachine, isAlive, type Machine, until } from './helpers/launches.ts';
import { type Json, startServer, testRun } from './helpers/mcp-client.ts';

let machine: Machine;
beforeEach(() => {
  machine = createMachine();
});
afterEach(() => machine.remove());

const hello = (protocolVersion: string) => ({
  ...{ jsonrpc: '2.0', id: 0, method: 'initialize' },
  params: { protocolVersion, capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
});

describe('the protocol', () => {
  test.each(['2024-10-07', '2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])('of %s is spoken', async (version) => {
    const server = startServer(machine);
    server.ask(hello(version));
    server.ask({ jsonrpc: '2.0', method: 'notifications/initialized' });
    server.ask({ jsonrpc: '2.0', id: 'tools', method: 'tools/list' });
    server.end();
    expect(await server.ended).toBe(0);
    const [welcome, listed] = server.replies() as [Json, { result: { tools: unknown[] } }];
    expect(welcome).toMatchObject({
      id: 0,
      result: { protocolVersion: version, serverInfo: { name: 'headroom' }, capabilities: { tools: {} } },
    });
    expect(listed).toMatchObject({ id: 'tools', result: { tools: [{}, {}, {}] } });
    expect(server.errors()).toBe('');
  });

  test.each(['2031-01-01', 'draft', '1.0'])('of %s, which nobody here knows, becomes the newest one known', async (version) => {
    const server = startServer(machine, ['mcp', 'serve']);
    server.ask(hello(version));
    server.end();
    expect(await server.ended).toBe(0);
    expect(server.replies()).toMatchObject([{ id: 0, result: { protocolVersion: '2025-11-25' } }]);
  });

  test('has an error for what is not known, and goes on', async () => {
    const server = startServer(machine);
    server.ask(hello('2025-06-18'));
    for (const [id, method] of ['resources/list', 'prompts/get', 'server/discover', 'no/such', ''].entries()) {
      server.ask({ jsonrpc: '2.0', id: id + 1, method });
    }
    server.ask({ jsonrpc: '2.0', method: 'notifications/no_such' });
    server.ask({ jsonrpc: '2.0', id: 6, method: 'tools/call', params: { name: 'rm', arguments: {} } });
    server.ask({ jsonrpc: '2.0', id: 7, method: 'tools/call', params: { arguments: 'none' } });
    server.ask({ jsonrpc: '2.0', id: 8, method: 'tools/call' });
    server.ask({ jsonrpc: '2.0', id: 9, method: 'ping' });
    server.end();
    expect(await server.ended).toBe(0);
    const replies = new Map(
      (server.replies() as { id: number; error?: { code: number; message: string } }[]).map((each) => [each.id, each]),
    );
    expect(replies.size).toBe(10);
    for (const id of [1, 2, 3, 4, 5]) expect(replies.get(id)).toMatchObject({ error: { code: -32601 } });
    for (const id of [6, 7, 8]) {
      expect(replies.get(id)?.error?.code).toBeLessThan(-32600);
      expect(replies.get(id)?.error?.message).toMatch(/^[^\n]{1,300}$/);
    }
    expect(replies.get(9)).toMatchObject({ result: {} });
  });

  test('stands junk of every kind', async () => {
    const server = startServer(machine);
    server.write('\n\r\n  \nGET / HTTP/1.1\r\nHost: x\r\n{"jsonrpc":"2.0"\n');
    server.write(Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x0a]));
    for (const value of [
      null,
      7,
      'text',
      [],
      [[]],
      {},
      { jsonrpc: '1.0', id: 1, method: 'ping' },
      { jsonrpc: '2.0', id: {}, method: 'ping' },
    ])
      server.ask(value);
    server.ask({ jsonrpc: '2.0', id: 99, result: {} });
    server.ask([
      { jsonrpc: '2.0', id: 'one', method: 'ping' },
      { jsonrpc: '2.0', id: 'two', method: 'ping' },
    ]);
    // In pieces, through the middle of a character, with Windows' line end, and the last line without any.
    const bytes = Buffer.from('{"jsonrpc":"2.0","id":"日本","method":"ping"}\r\n');
    for (const byte of bytes) server.write(Buffer.from([byte]));
    server.write('{"jsonrpc":"2.0","id":"last","method":"ping"}');
    server.end();
    expect(await server.ended).toBe(0);
    const replies = server.replies();
    const answered = replies.filter(({ result }) => result !== undefined).map(({ id }) => id);
    expect(answered).toEqual(['one', 'two', '日本', 'last']);
    expect(
      replies.filter(({ error }) => error !== undefined).every(({ error }) => [-32700, -32600].includes((error as Json).code as number)),
    ).toBe(true);
    expect(replies.find(({ id }) => id === 1)).toMatchObject({ error: { code: -32600 } });
    expect(server.errors()).toBe('');
  });

  test('ends with its client, whatever it was asked before', async () => {
    const silent = startServer(machine);
    silent.end();
    expect(await silent.ended).toBe(0);
    expect(silent.replies()).toEqual([]);

    const busy = startServer(machine);
    busy.ask(hello('2025-06-18'));
    busy.ask({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'headroom_compress', arguments: { content: testRun } } });
    busy.ask({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'headroom_stats' } });
    busy.ask({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 2 } });
    busy.end();
    expect(await busy.ended).toBe(0);
    expect(busy.replies().map(({ id }) => id)).toContain(1);

    const deaf = startServer(machine);
    deaf.child.stdout?.destroy();
    deaf.ask(hello('2025-06-18'));
    for (let n = 0; n < 5; n++) deaf.ask({ jsonrpc: '2.0', id: n, method: 'tools/list' });
    expect(await deaf.ended).toBe(0);
  });

  test('ends with a client that is killed', async () => {
    const client = join(machine.root, 'client.mjs');
    const server = `spawn(process.execPath, [${JSON.stringify(machine.cli)}, 'mcp'], { stdio: ['pipe', 'pipe', 'inherit'] })`;
    writeFileSync(
      client,
      `import { spawn } from 'node:child_process';\nconst server = ${server};\nserver.stdin.write('{}\\n');\nserver.stdout.once('data', () => console.log(server.pid));\n`,
    );
    const child = spawn(process.execPath, [client], { env: machine.environment(), stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<number>((resolve) => child.stdout.once('data', (chunk: Buffer) => resolve(Number(`${chunk}`))));
    expect(isAlive(pid)).toBe(true);
    child.kill('SIGKILL');
    await until(() => !isAlive(pid));
    expect(isAlive(pid)).toBe(false);
  });

  test('refuses words it does not know, and ends where there is no client', async () => {
    expect(await machine.run(['mcp', 'nonsense'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('Try: headroom mcp --help'),
    });
    const { code, stdout } = await machine.run(['mcp']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  });
});
