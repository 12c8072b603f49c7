/** `headroom mcp`: our tools for agents that speak MCP, on standard input and output. */
import { Command, Option } from 'commander';
import { Failure } from '../errors.ts';
import { originalsFolders } from '../store/list-originals.ts';
import { openOriginals } from '../store/originals.ts';
import { cacheParts } from '../store/place.ts';
import { gather } from './add-options.ts';
import type { InstallFlags } from './mcp-install.ts';
import { ownPlaces } from './own-places.ts';

const examples = `
Tools:
  headroom_compress {content, kind?}         a smaller text, and its hash
  headroom_retrieve {hash, query?, lines?}   the exact original, or lines of it
  headroom_stats {}                          what was saved

Examples:
  headroom mcp install --dry-run
  headroom mcp install claude cursor
  headroom mcp status`;

export function createMcpCommand(): Command {
  const command = new Command('mcp')
    .description('give agents that speak MCP tools to compress and to retrieve')
    .helpOption('-h, --help', 'print this page')
    .helpCommand(false)
    .addOption(new Option('--originals <folder>', 'where compress keeps what it makes smaller').hideHelp())
    .addHelpText('after', examples)
    .action(serve);
  const add = (name: string, description: string, ...lines: readonly string[]) => {
    const child = new Command(name).description(description).helpOption('-h, --help', 'print this page');
    child.addHelpText('after', `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`);
    command.addCommand(child);
    return child;
  };
  add('serve', 'the same as without a word: agents start it', 'headroom mcp serve').action(serve);
  add(
    'install',
    'put it into settings of agents: those named, else all found',
    'headroom mcp install claude',
    'headroom mcp install --file .mcp.json',
  )
    .argument('[agents...]')
    .option('--file <path>', 'any file that holds MCP servers, and another one', gather)
    .option('--dry-run', 'show what would be changed, and change nothing')
    .option('--force', 'in the place of another server of this name')
    .action(async (names: readonly string[], flags: InstallFlags) => (await import('./mcp-install.ts')).install(names, flags));
  add('uninstall', 'take it out again', 'headroom mcp uninstall', 'headroom mcp uninstall --file .mcp.json')
    .argument('[agents...]')
    .option('--file <path>', 'any file that it was put into', gather)
    .option('--dry-run', 'show what would be changed, and change nothing')
    .action(async (names: readonly string[], flags: InstallFlags) => (await import('./mcp-install.ts')).uninstall(names, flags));
  add('status', 'which agents have it', 'headroom mcp status --json')
    .option('--json', 'print JSON')
    .action(async (flags: { readonly json?: boolean }) => (await import('./mcp-install.ts')).status(flags));
  for (const child of command.commands) child.exitOverride().configureOutput({ outputError: () => {} });
  return command;
}

async function serve({ originals: own }: { readonly originals?: string } = {}): Promise<void> {
  if (process.stdin.isTTY) {
    const hint = 'To give its tools to an agent: headroom mcp install';
    throw new Failure('no-client', 'This speaks MCP on standard input and output: an agent starts it', hint);
  }
  const { cacheFolder } = ownPlaces();
  const originals = openOriginals(own ?? cacheParts(cacheFolder).originals);
  const [{ serveMcp }, { createSession }] = await Promise.all([import('../mcp/server.ts'), import('../mcp/session.ts')]);
  const toolbox = {
    keep: originals.keep,
    places: () => ({ folders: [...(own === undefined ? [] : [own]), ...originalsFolders(cacheFolder)], workingFolder: process.cwd() }),
    totals: readTotals,
    session: createSession(),
  };
  await serveMcp(toolbox, { input: process.stdin, output: process.stdout });
}

/** What passed through proxies on this machine, by the names of the Python original. */
export async function readTotals(): Promise<Readonly<Record<string, unknown>>> {
  const { readStats } = await import('./stats.ts');
  const { running, launches, since, all } = await readStats();
  const { requests, removed, saved } = all;
  return { running: running.length, launches, since, requests_total: requests, tokens_saved_total: removed, cost_saved_usd: saved };
}
