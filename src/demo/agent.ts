/**
 * The demo's agent, a process of its own: speaks Messages to the address in the file it is given, runs its tools where it stands and says
 * what each result weighed before and after. It decides nothing: what it does is asked of it.
 */
import { readFileSync } from 'node:fs';
import { messageOf } from '../errors.ts';
import { loadCounter } from '../tokens/count.ts';
import { ask, spellRequest, type ToolUse } from './agent-request.ts';
import { type AgentTool, agentTools, testTool } from './agent-tools.ts';
import { createPromptCache } from './prompt-cache.ts';
import { tourPrompt } from './tour.ts';
import { readPrompt } from './upstream-anthropic-prompt.ts';
import type { AnthropicMessage } from './upstream-anthropic-shapes.ts';

/** What the file says. */
export interface AgentSettings {
  readonly address: string;
  /** Only where the user asked for a test run. */
  readonly testCommand?: string | undefined;
}

try {
  const [, , settingsFile] = process.argv;
  if (settingsFile === undefined) throw new Error('there is no proxy to speak to; start it with: headroom demo');
  const { address, testCommand } = JSON.parse(readFileSync(settingsFile, 'utf8')) as AgentSettings;
  const tools =
    testCommand === undefined ? agentTools : [...agentTools, testTool(testCommand, (line) => process.stdout.write(`  ${line}\n`))];
  await converse(address, process.cwd(), tools);
} catch (thrown) {
  process.stderr.write(`headroom demo: ${messageOf(thrown)}\n`);
  process.exitCode = 1;
}

async function converse(address: string, folder: string, tools: readonly AgentTool[]): Promise<void> {
  const count = await loadCounter();
  const whole = createPromptCache({ count });
  const messages: AnthropicMessage[] = [{ role: 'user', content: tourPrompt }];
  let kept = 0;
  let result: { readonly title: string; readonly tokens: number } | undefined;
  print('what the agent did', 'tokens', 'as sent');
  for (;;) {
    const request = spellRequest(messages, tools);
    const reply = await ask(address, request);
    // By how much the request had become smaller when it was billed.
    const removed = whole.count(readPrompt(request)) - reply.inputTokens;
    if (result) print(result.title, say(result.tokens), say(result.tokens - (removed - kept)));
    kept = removed;
    const calls = reply.content.filter((block): block is ToolUse => block.type === 'tool_use');
    if (calls.length === 0) return;
    const results = await Promise.all(
      calls.map(async (call) => ({ type: 'tool_result', tool_use_id: call.id, content: await run(call, folder, tools) })),
    );
    const tokens = results.reduce((sum, { content }) => sum + count(content), 0);
    result = { title: calls.map(titleOf).join(', '), tokens };
    messages.push({ role: 'assistant', content: reply.content }, { role: 'user', content: results });
  }
}

async function run({ name, input }: ToolUse, folder: string, tools: readonly AgentTool[]): Promise<string> {
  const tool = tools.find((each) => each.name === name);
  return tool ? tool.run(input, folder) : `There is no tool ${name}.`;
}

function titleOf({ name, input }: ToolUse): string {
  const { file_path: path, offset, limit } = input;
  if (name === 'Log') return 'git log';
  if (name === 'Test') return String(input.command);
  if (name === 'Grep') return `search ${String(input.pattern)} in ${String(input.path)}`;
  if (name === 'List') return `list ${String(input.path)}`;
  const part = offset === undefined ? '' : ` ${Number(offset)}-${Number(offset) + Number(limit) - 1}`;
  return `read ${String(path)}${part}`;
}

/** Names of files may hold anything; a terminal is told none of it. */
function print(title: string, before: string, after: string): void {
  const plain = title.replace(/\p{Cc}/gu, '?');
  const short = plain.length > 56 ? `${plain.slice(0, 26)}…${plain.slice(-29)}` : plain;
  process.stdout.write(`  ${short.padEnd(56)} ${before.padStart(7)} ${after.padStart(8)}\n`);
}

function say(tokens: number): string {
  return Math.round(tokens).toLocaleString('en-US');
}
