/** `headroom compress`: makes the tool results in a file, or in what stdin holds, smaller, and prints what that comes to. */
import { readFileSync } from 'node:fs';
import { text as readAll } from 'node:stream/consumers';
import { Command } from 'commander';
import { chooseValue, readProfile } from '../config.ts';
import { Failure, messageOf } from '../errors.ts';
import type { Compression } from '../index.ts';
import { type CompressInput, readCompressInput } from './compress-input.ts';
import { printBytes } from './print-bytes.ts';
import { loadSettings } from './settings.ts';

const examples = `
Examples:
  headroom compress messages.json             a list of messages: Anthropic, OpenAI Chat, AI SDK
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
  const given = (await read(file)).replace(/^\uFEFF/, '');
  const input = readCompressInput(given, flags.tool !== undefined || flags.command !== undefined);
  const { compress } = await import('../index.ts');
  if (input.kind === 'text') {
    const { messages, ...figures } = await compress(asConversation(given, flags), { profile });
    const text = messages.at(-1)?.content[0]?.content ?? '';
    await printBytes(flags.json ? `${JSON.stringify({ text, ...figures }, undefined, 2)}\n` : text);
  } else {
    const result = await compress(input.messages, { profile, model: input.model });
    if (flags.json) await printBytes(`${JSON.stringify(result, undefined, 2)}\n`);
    else await printBytes(await write(given, input, result));
  }
}

async function read(file: string | undefined): Promise<string> {
  if (file !== undefined && file !== '-') {
    try {
      return readFileSync(file, 'utf8');
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

/** Every byte that stands for something else stays as it came. */
async function write(
  given: string,
  { kind, whole }: Exclude<CompressInput, { kind: 'text' }>,
  { messages, compressed }: Compression<unknown>,
) {
  if (!compressed) return given;
  const { rewriteJson } = await import('../text/json-rewrite.ts');
  const after = kind === 'messages' ? messages : { ...(whole as object), messages };
  return rewriteJson(Buffer.from(given), whole, after);
}
