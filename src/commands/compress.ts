/** `headroom compress`: makes the tool results in a file, or in what stdin holds, smaller, and prints what that comes to. */
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { buffer as readAll } from 'node:stream/consumers';
import { Command } from 'commander';
import { chooseValue, readProfile } from '../config.ts';
import { Failure, messageOf } from '../errors.ts';
import { type CompressInput, readCompressInput } from './compress-input.ts';
import { printBytes } from './print-bytes.ts';
import { loadSettings } from './settings.ts';

const examples = `
Examples:
  headroom compress messages.json    messages of Anthropic, OpenAI, AI SDK
  headroom compress --json request.json       a whole request; figures with it
  kubectl get pods | headroom compress --command "kubectl get pods"`;

interface CompressFlags {
  readonly command?: string;
  readonly tool?: string;
  readonly profile?: string;
  readonly json?: boolean;
}

export function createCompressCommand(): Command {
  return new Command('compress')
    .description('make messages, a request or a text smaller')
    .usage('[options] [file]')
    .argument('[file]', 'stdin unless given')
    .helpOption('-h, --help', 'print this page')
    .option('--tool <name>', 'it is what this tool returned')
    .option('--command <command>', 'it is what this command printed')
    .option('--profile <name>', 'lossless or standard (the default)')
    .option('--json', 'print the result with its figures')
    .addHelpText('after', examples)
    .action(compressFile);
}

async function compressFile(file: string | undefined, flags: CompressFlags): Promise<void> {
  const profile = readProfile(chooseValue('profile', flags, process.env, await loadSettings()));
  const bytes = await read(file);
  // A mark at the beginning is no part of the text, and what is not UTF-8 has no text.
  const text = isUtf8(bytes) ? bytes.toString().replace(/^\uFEFF/, '') : '';
  const input = readCompressInput(text, flags.tool !== undefined || flags.command !== undefined);
  const { compress } = await import('../index.ts');
  if (input.kind === 'text') {
    const { messages, ...result } = await compress(asConversation(text, flags), { profile });
    const smaller = messages.at(-1)?.content[0]?.content ?? '';
    if (flags.json) await printJson({ text: smaller, ...result });
    else await printBytes(result.compressed ? smaller : bytes);
  } else {
    const [model, repeats] = input.kind === 'request' ? [input.model, input.keepsResults] : [];
    const result = await compress(input.messages, { profile, model, repeats });
    if (flags.json) await printJson(result);
    else await printBytes(result.compressed ? await rewrite(text, input, result.messages) : bytes);
  }
}

async function printJson(value: unknown): Promise<void> {
  await printBytes(`${JSON.stringify(value, undefined, 2)}\n`);
}

async function read(file: string | undefined): Promise<Buffer> {
  if (file !== undefined && file !== '-') {
    try {
      return readFileSync(file);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') throw new Failure('no-file', `There is no file \`${file}\``);
      throw new Failure('file-unreadable', `Cannot read \`${file}\`: ${messageOf(thrown)}`);
    }
  }
  if (process.stdin.isTTY)
    throw new Failure(
      'no-input',
      'What is to be compressed?',
      'Name a file, or pipe it in: git log | headroom compress --command "git log"',
    );
  return readAll(process.stdin);
}

interface Turn {
  readonly role: string;
  readonly content: readonly { readonly content?: string }[];
}

/** What a tool returned, as the answer to its call; the last turn's only part holds the text. */
function asConversation(text: string, { tool, command }: CompressFlags): readonly Turn[] {
  const call = { type: 'tool_use', id: 'call', name: tool ?? 'Bash', input: command === undefined ? {} : { command } };
  const answer = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call', content: text }] };
  return tool === undefined && command === undefined ? [answer] : [{ role: 'assistant', content: [call as object] }, answer];
}

type Conversation = Exclude<CompressInput, { kind: 'text' }>;

/** Every byte that stands for something else stays as it came. */
async function rewrite(text: string, input: Conversation, messages: readonly unknown[]): Promise<Buffer> {
  const { rewriteJson } = await import('../text/json-rewrite.ts');
  const bytes = Buffer.from(text);
  if (input.kind === 'messages') return rewriteJson(bytes, input.messages, messages);
  return rewriteJson(bytes, input.whole, input.put(messages));
}
