/** Where each agent keeps its MCP servers, and its own command for them where it has one. Rows of data; nothing is read here. */
import { posix, win32 } from 'node:path';

/** How our server is started. */
export interface ServerStart {
  readonly command: string;
  readonly args: readonly string[];
  /** Only what it could not find out by itself. */
  readonly environment: Readonly<Record<string, string>>;
}

interface AgentPlace {
  readonly platform: NodeJS.Platform;
  readonly homeFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** How a file spells servers. */
export interface Spelling {
  readonly format: 'json' | 'toml';
  /** The keys that lead to the servers. */
  readonly keys: readonly string[];
  readonly entry: (start: ServerStart) => object;
}

export interface McpAgent extends Spelling {
  readonly name: string;
  readonly title: string;
  /** The user's own file; of several the first that is there, else the last. */
  readonly files: (place: AgentPlace) => readonly string[];
  /** Its own program, where that can add and remove a server without asking. */
  readonly own?: { readonly program: string; readonly add: (start: ServerStart) => readonly string[]; readonly remove: readonly string[] };
  /** Its program; one that is on PATH, or a file or folder of its own, says that the agent is used here. */
  readonly program: string;
  /** Files whose folder may belong to others too say nothing by their folder. */
  readonly folder: (place: AgentPlace) => string;
}

export const serverName = 'headroom';

const plain = ({ command, args, environment }: ServerStart) => ({
  command,
  args,
  ...(Object.keys(environment).length > 0 ? { env: environment } : {}),
});
const servers = { format: 'json', keys: ['mcpServers'], entry: plain } as const;
export const spellings = {
  servers,
  vscode: { format: 'json', keys: ['servers'], entry: (start: ServerStart) => ({ type: 'stdio', ...plain(start) }) },
  opencode: {
    format: 'json',
    keys: ['mcp'],
    entry: ({ command, args, environment }: ServerStart) => ({
      ...{ type: 'local', command: [command, ...args], enabled: true },
      ...(Object.keys(environment).length > 0 ? { environment } : {}),
    }),
  },
  codex: { format: 'toml', keys: ['mcp_servers'], entry: plain },
} as const satisfies Record<string, Spelling>;

const assignments = ({ environment }: ServerStart) => Object.entries(environment).map(([name, value]) => `${name}=${value}`);

export const mcpAgents: readonly McpAgent[] = [
  {
    name: 'claude',
    title: 'Claude Code',
    program: 'claude',
    ...servers,
    entry: (start) => ({ type: 'stdio', ...plain(start) }),
    own: {
      program: 'claude',
      add: (start) => [
        ...['mcp', 'add', '--scope', 'user', serverName],
        ...assignments(start).flatMap((each) => ['-e', each]),
        ...['--', start.command, ...start.args],
      ],
      remove: ['mcp', 'remove', '--scope', 'user', serverName],
    },
    files: (place) =>
      [place.environment.CLAUDE_CONFIG_DIR ? claudeFolder(place) : place.homeFolder].map((folder) => join(place, folder, '.claude.json')),
    folder: claudeFolder,
  },
  {
    name: 'codex',
    title: 'Codex',
    program: 'codex',
    ...spellings.codex,
    own: {
      program: 'codex',
      add: (start) => [
        ...['mcp', 'add', serverName],
        ...assignments(start).flatMap((each) => ['--env', each]),
        ...['--', start.command, ...start.args],
      ],
      remove: ['mcp', 'remove', serverName],
    },
    files: (place) => [join(place, codexFolder(place), 'config.toml')],
    folder: codexFolder,
  },
  {
    name: 'cursor',
    title: 'Cursor',
    program: 'cursor',
    ...servers,
    files: (place) => [join(place, place.homeFolder, '.cursor', 'mcp.json')],
    folder: (place) => join(place, place.homeFolder, '.cursor'),
  },
  {
    name: 'gemini',
    title: 'Gemini CLI',
    program: 'gemini',
    ...servers,
    // Its own command writes the whole file anew, and leaves an empty list behind.
    files: (place) => [join(place, place.homeFolder, '.gemini', 'settings.json')],
    folder: (place) => join(place, place.homeFolder, '.gemini'),
  },
  {
    name: 'opencode',
    title: 'opencode',
    program: 'opencode',
    ...spellings.opencode,
    // The later one wins there.
    files: (place) => ['opencode.jsonc', 'config.json', 'opencode.json'].map((name) => join(place, opencodeFolder(place), name)),
    folder: opencodeFolder,
  },
  {
    name: 'copilot',
    title: 'Copilot CLI',
    program: 'copilot',
    ...servers,
    entry: (start) => ({ type: 'local', ...plain(start), tools: ['*'] }),
    files: (place) => [join(place, copilotFolder(place), 'mcp-config.json')],
    folder: copilotFolder,
  },
  {
    name: 'vscode',
    title: 'VS Code',
    program: 'code',
    ...spellings.vscode,
    files: (place) => [join(place, codeFolder(place), 'User', 'mcp.json')],
    folder: codeFolder,
  },
];

function claudeFolder(place: AgentPlace): string {
  return place.environment.CLAUDE_CONFIG_DIR || join(place, place.homeFolder, '.claude');
}

function codexFolder(place: AgentPlace): string {
  return place.environment.CODEX_HOME || join(place, place.homeFolder, '.codex');
}

function copilotFolder(place: AgentPlace): string {
  return place.environment.COPILOT_HOME || join(place, place.homeFolder, '.copilot');
}

function opencodeFolder(place: AgentPlace): string {
  return join(place, place.environment.XDG_CONFIG_HOME || join(place, place.homeFolder, '.config'), 'opencode');
}

function codeFolder(place: AgentPlace): string {
  const { platform, homeFolder, environment } = place;
  if (platform === 'win32') return join(place, environment.APPDATA || join(place, homeFolder, 'AppData', 'Roaming'), 'Code');
  if (platform === 'darwin') return join(place, homeFolder, 'Library', 'Application Support', 'Code');
  return join(place, environment.XDG_CONFIG_HOME || join(place, homeFolder, '.config'), 'Code');
}

function join({ platform }: AgentPlace, ...parts: readonly string[]): string {
  return (platform === 'win32' ? win32 : posix).join(...parts);
}
