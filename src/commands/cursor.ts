/** `headroom cursor`: our hook and our tools in the settings of Cursor's editor, which no launch can be put around. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { Failure } from '../errors.ts';
import { launchVariable } from '../launch/nesting.ts';

const examples = `
The editor's model cannot be proxied: what MCP tools return there is made
smaller, without loss; nothing else.

Examples:
  headroom cursor install --dry-run
  headroom cursor uninstall`;

interface Flags {
  readonly dryRun?: boolean;
}

export function createCursorCommand(): Command {
  const command = new Command('cursor')
    .description("a hook and tools in the settings of Cursor's editor")
    .helpOption('-h, --help', 'print this page')
    .helpCommand(false)
    .addHelpText('after', examples)
    .action(() => command.help());
  const add = (name: string, description: string) => {
    const child = new Command(name).description(description).helpOption('-h, --help', 'print this page');
    child.addHelpText('after', `\nExamples:\n  headroom cursor ${name} --dry-run\n  headroom cursor ${name}`);
    command.addCommand(child);
    return child.option('--dry-run', 'show what would be changed, and change nothing');
  };
  add('install', 'put them in').action((flags: Flags) => install(flags));
  add('uninstall', 'take them out again').action((flags: Flags) => uninstall(flags));
  command.addCommand(new Command('hook').description('what Cursor starts').action(hook), { hidden: true });
  for (const child of command.commands) child.exitOverride().configureOutput({ outputError: () => {} });
  return command;
}

function hooksFile(): string {
  return join(homedir(), '.cursor', 'hooks.json');
}

async function install({ dryRun = false }: Flags): Promise<void> {
  if (process.platform === 'win32') {
    throw new Failure('not-on-windows', 'The hook is not to be had on Windows yet', 'Its tools are: headroom mcp install cursor');
  }
  const [{ install: installTools }, { planHookPut }, { carryOut }, { ownStart }] = await Promise.all([
    ...([
      import('./mcp-install.ts'),
      import('../mcp/cursor-hooks.ts'),
      import('../mcp/config-file.ts'),
      import('./mcp-target.ts'),
    ] as const),
  ]);
  const { command, args } = ownStart();
  // Two slashes in a row would be read as a comment.
  const words = [command, args[0] ?? ''].map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`.replace(/\/{2,}/g, '/'));
  const change = planHookPut(hooksFile(), `${words.join(' ')} cursor hook`);
  if (change && !dryRun) carryOut(change);
  say(change === undefined ? 'is there already' : `${dryRun ? 'would be added to' : 'added to'} ${hooksFile()}`);
  await installTools(['cursor'], { dryRun });
}

async function uninstall({ dryRun = false }: Flags): Promise<void> {
  const { uninstall: uninstallTools } = await import('./mcp-install.ts');
  if (!(await takeOutHook(dryRun))) say('was not there');
  await uninstallTools(['cursor'], { dryRun });
}

/** Whether the file of hooks holds one of ours, or did before somebody broke it. */
export function mentionsHook(): boolean {
  try {
    return readFileSync(hooksFile(), 'latin1').includes(' cursor hook');
  } catch {
    return false;
  }
}

/** Whether it was there. */
export async function takeOutHook(dryRun: boolean): Promise<boolean> {
  const [{ planHookCut }, { carryOut }] = await Promise.all([import('../mcp/cursor-hooks.ts'), import('../mcp/config-file.ts')]);
  const change = planHookCut(hooksFile());
  if (change === undefined) return false;
  if (!dryRun) carryOut(change);
  say(`${dryRun ? 'would be removed from' : 'removed from'} ${hooksFile()}`);
  return true;
}

function say(text: string): void {
  process.stdout.write(`${'hook'.padEnd(9)} ${text}\n`);
}

/** Whatever goes wrong, the output stays as it is. A launch of ours has a hook of its own. */
async function hook(): Promise<void> {
  let answer = '{}';
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk);
    if (!process.env[launchVariable])
      answer = await (await import('../launch/cursor-alone.ts')).answerAlone(Buffer.concat(chunks).toString('utf8'));
  } catch {
    answer = '{}';
  }
  process.stdout.write(`${answer}\n`);
}
