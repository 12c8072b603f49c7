/** `headroom mcp` on a test's machine, driven by the SDK's own client or by raw lines. */
import { type ChildProcess, spawn } from 'node:child_process';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { Machine } from './launches.ts';

export type Json = Record<string, unknown>;

/** A run of tests of which one failed: big enough for an excerpt. */
export const testRun = [
  '============================= test session starts ==============================',
  'platform linux -- Python 3.12.1, pytest-8.0.0, pluggy-1.4.0 -- /usr/bin/python3',
  'collected 400 items',
  '',
  ...Array.from({ length: 400 }, (_, n) => {
    const end = n === 250 ? 'FAILED' : 'PASSED';
    return `tests/test_part_${Math.floor(n / 20)}.py::test_that_case_number_${n}_holds ${end}${' '.repeat(10)}[${String(Math.floor((n + 1) / 4)).padStart(3)}%]`;
  }),
  '',
  '=================================== FAILURES ===================================',
  '__________________________ test_that_case_number_250_holds __________________________',
  '',
  '    def test_that_case_number_250_holds():',
  '>       assert total([1, 2]) == 4',
  'E       assert 3 == 4',
  'E        +  where 3 = total([1, 2])',
  '',
  'tests/test_part_12.py:31: AssertionError',
  '=========================== short test summary info ============================',
  'FAILED tests/test_part_12.py::test_that_case_number_250_holds - assert 3 == 4',
  '======================== 1 failed, 399 passed in 2.31s =========================',
  '',
].join('\n');

export async function withClient<T>(
  machine: Machine,
  use: (client: Client, call: (name: string, words?: Json) => Promise<Answer>) => Promise<T>,
  options: readonly string[] = [],
): Promise<T> {
  const client = new Client({ name: 'test', version: '1' });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [machine.cli, 'mcp', ...options],
    env: machine.environment(),
    cwd: machine.project,
  });
  await client.connect(transport);
  try {
    return await use(client, async (name, words = {}) => {
      const { content, isError } = await client.callTool({ name, arguments: words });
      const [{ text = '' } = {}] = content as { text?: string }[];
      return { isError: isError === true, text, json: isError ? {} : (JSON.parse(text) as Json) };
    });
  } finally {
    await client.close();
  }
}

interface Answer {
  readonly isError: boolean;
  readonly text: string;
  readonly json: Json;
}

/** A server and the lines it writes. */
export function startServer(machine: Machine, words: readonly string[] = ['mcp']) {
  const child = spawn(process.execPath, [machine.cli, ...words], { cwd: machine.project, env: machine.environment(), stdio: 'pipe' });
  let out = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const lines = () => out.split('\n').filter(Boolean);
  return {
    child: child as ChildProcess,
    ended,
    errors: () => errors,
    replies: () => lines().map((line) => JSON.parse(line) as Json),
    write: (text: string | Buffer) => child.stdin.write(text),
    ask: (message: unknown) => child.stdin.write(`${JSON.stringify(message)}\n`),
    end: () => child.stdin.end(),
  };
}
