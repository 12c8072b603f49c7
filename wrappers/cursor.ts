/**
 * Cursor's CLI. Its model is asked by Cursor's own servers in a protocol of their own, so no request can be made smaller. What can be is
 * what MCP tools return: a plugin for this one launch (`--plugin-dir`) has a hook that hands it to us.
 *
 * From Cursor's documents (hooks, plugins reference, CLI parameters) and from what others read out of the build of September 2026; the CLI
 * is on no registry, so nothing here was tried against the real one:
 * - A plugin is `.cursor-plugin/plugin.json` (only `name` is needed) and `hooks/hooks.json`; `version` must be 1, an unknown event or `//`
 *   in any string rejects the whole file. `matcher` is a pattern without anchors, tested on `Shell`, `Read`, ... or `MCP:tool`.
 * - `postToolUse` of an MCP tool may answer with `updated_mcp_tool_output`, in the shape of an MCP result; an answer it cannot read is dropped
 *   and the output stays. It never decides about permission, unlike `preToolUse`, where a faulty answer blocks the tool.
 * - Shell output cannot be replaced. To run commands through a filter of ours (`preToolUse`, `updated_input`) would take them out of the
 *   user's allow-list, and streams and background jobs would not be what they were. They stay as they are.
 * - The plugin needs a trusted workspace. With `-p` that takes `--trust`, which only the user may give: Cursor asks for it itself.
 */
import { posix } from 'node:path';
import type { FoundProgram, ListedWrapper, Plan, PrivateFile, Situation } from '../src/launch/wrapper.ts';
import { classifyLaunch } from './cursor-arguments.ts';
import { networkOf } from './environment.ts';
import { pathsOf } from './paths.ts';

export const cursor: ListedWrapper = {
  name: 'cursor',
  title: 'Cursor',
  command: 'agent',
  otherCommands: ['cursor-agent'],
  recognises,
  lookalike: {
    command: 'cursor',
    message:
      "Only Cursor's editor is installed (`cursor`), and no launch of it can be wrapped: its servers ask the model, and it is one process for all windows",
    hint: 'Its command line can be: get it from https://cursor.com/cli, then `headroom wrap cursor` shrinks what MCP tools return there.',
  },
  install: 'https://cursor.com/cli',
  coverage: {
    proxied: "nothing: Cursor's own servers ask the model",
    smaller: 'what MCP tools return, where it is text alone, and without repeats; shell commands and built-in tools run as always',
    receipt: 'MCP output only, by our own estimate',
    lost: 'nothing',
  },
  otherPlaces: (homeFolder) => ['.local/bin/agent', '.local/bin/cursor-agent'].map((path) => posix.join(homeFolder, path)),
  // It asks before it reads outside of the project.
  opensFiles: false,
  readsFiles: () => [],
  plan,
  demo: "Cursor's own servers ask the model, and no address can be set at which a script would stand in for it",
};

const addressName = 'tool-output-address';
const scriptName = 'run-hook.cmd';
const pluginFolder = 'cursor-plugin';

function plan(situation: Situation): Plan {
  const launch = classifyLaunch(situation.args);
  const common = {
    command: cursor.command,
    environment: {},
    // Nothing is sent there: no agent is told of the proxy.
    upstream: 'https://api2.cursor.sh',
    network: networkOf(situation.environment),
    covers: 'tool-output',
  } as const;
  if (launch.kind !== 'conversation') {
    const notes = launch.kind === 'elsewhere' ? [`nothing is shrunk in this launch: ${launch.reason}`] : [];
    return { ...common, args: situation.args, files: [], notes, callsModel: false, runsBare: true };
  }
  return {
    ...common,
    args: ['--plugin-dir', pathsOf(situation).join(situation.privateFolder, pluginFolder), ...situation.args],
    files: privateFiles(situation),
    notes: [
      "Cursor's requests to the model cannot be proxied: what MCP tools return is shrunk, shell commands and built-in tools run as always, and the receipt covers MCP output only",
    ],
    callsModel: true,
    runsBare: false,
  };
}

/** Windows also gives its programs to `agent`; others use that name too. Cursor's stands in a folder `cursor-agent`, or is a script about it. */
function recognises({ path, start }: FoundProgram): boolean {
  if (/[\\/]cursor-agent(?:[\\/.]|$)/i.test(path)) return true;
  const isScript = start.startsWith('#!') || /\.(?:cmd|bat|ps1)$/i.test(path);
  return isScript && /\bcursor-agent\b|\bCURSOR_INVOKED_AS\b/.test(start);
}

function privateFiles(situation: Situation): readonly PrivateFile[] {
  const { platform, toolOutputAddress = '', privateFolder, programs = { node: '', folder: '' } } = situation;
  const { join } = pathsOf(situation);
  const words = [programs.node, join(programs.folder, 'cursor-hook.js'), join(privateFolder, addressName)];
  const isWindows = platform === 'win32';
  // By cmd.exe and a script, whatever shell Cursor has there: a quoted program is a command to one and a text to the other.
  const command = isWindows ? `cmd.exe /d /c call "${join(privateFolder, scriptName)}"` : words.map(quote).join(' ');
  const hooks = { version: 1, hooks: { postToolUse: [{ command: onePerPlace(command, isWindows), matcher: '^MCP:', timeout: 20 }] } };
  const manifest = { name: 'headroom', description: 'Makes what MCP tools return smaller, for one launch', hooks: './hooks/hooks.json' };
  return [
    { name: addressName, text: `${toolOutputAddress}\n` },
    { name: `${pluginFolder}/.cursor-plugin/plugin.json`, text: spell(manifest) },
    { name: `${pluginFolder}/hooks/hooks.json`, text: spell(hooks) },
    ...(isWindows ? [{ name: scriptName, text: `@${words.map(quoteForScript).join(' ')}\r\n` }] : []),
  ];
}

/** Two slashes in a row would be read as the beginning of a comment; to a path they are one. */
function onePerPlace(command: string, isWindows: boolean): string {
  return isWindows ? command : command.replace(/\/{2,}/g, '/');
}

function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function quoteForScript(word: string): string {
  return `"${word.replaceAll('%', '%%')}"`;
}

function spell(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
