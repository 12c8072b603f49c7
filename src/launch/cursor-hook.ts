/**
 * The program that Cursor starts after a tool has returned (`postToolUse`): hands what an MCP tool returned to the launch that it belongs
 * to and says what to show in its place. Whatever goes wrong, it says `{}`, which changes nothing, and ends with 0.
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { basename, dirname } from 'node:path';
import { type McpOutput, readMcpOutput, readTexts, replaceTexts } from './cursor-output.ts';
import { isLaunchRunning } from './private-folder.ts';
import type { ToolOutput } from './tool-output.ts';

/** From start to answer; Cursor itself waits for longer. */
const mostMs = 5_000;
/** What is larger is not worth the wait. */
const mostBytes = 24 * 1024 * 1024;

const [, , addressFile = ''] = process.argv;
let isAnswered = false;
process.on('uncaughtException', () => answer('{}'));
process.stdout.on('error', () => process.exit(0));
setTimeout(() => answer('{}'), mostMs).unref();
answer(await shrink().catch(() => '{}'));

/** Once; the process ends when it is written. */
function answer(text: string): void {
  if (isAnswered) return;
  isAnswered = true;
  process.stdout.write(`${text}\n`, () => process.exit(0));
}

async function shrink(): Promise<string> {
  const payload = JSON.parse(await readInput()) as unknown;
  const output = readMcpOutput(payload);
  if (!output) return '{}';
  // The port of a launch that is gone may be somebody else's by now. Its folder, which holds the file, tells.
  if (!(await isLaunchRunning(basename(dirname(addressFile)), process.platform))) return '{}';
  const reply = await post(readFileSync(addressFile, 'utf8').trim(), toPost(output));
  const texts = readTexts(reply, output);
  const replaced = texts && replaceTexts(output, texts);
  return replaced ? JSON.stringify({ updated_mcp_tool_output: replaced }) : '{}';
}

function toPost({ tool, input, texts, bytes, left }: McpOutput): string {
  return JSON.stringify({ tool, input, texts, bytes, ...(left === undefined ? {} : { left }) } satisfies ToolOutput);
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Read to its end even where it is too large: whoever writes it must not be left with a broken pipe.
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= mostBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The body of a 200; rejects at everything else. */
function post(address: string, body: string): Promise<string> {
  const { hostname, port, pathname } = new URL(address);
  if (hostname !== '127.0.0.1') throw new Error('not our address');
  // An agent of its own: Node's may be told by the environment to use a corporate proxy.
  const options = { hostname, port, path: pathname, method: 'POST', agent: new Agent(), headers: { 'content-type': 'application/json' } };
  return new Promise((resolve, reject) => {
    const sent = request(options, async (reply) => {
      try {
        const chunks: Buffer[] = [];
        let size = 0;
        for await (const chunk of reply as AsyncIterable<Buffer>) {
          size += chunk.length;
          if (size > 2 * mostBytes) throw new Error('too long');
          chunks.push(chunk);
        }
        if (reply.statusCode !== 200) throw new Error(`status ${reply.statusCode}`);
        resolve(Buffer.concat(chunks).toString('utf8'));
      } catch (thrown) {
        sent.destroy();
        reject(thrown);
      }
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
