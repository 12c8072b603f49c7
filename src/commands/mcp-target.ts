/** Where a server can be put: the agents by name, those that are used here, and any file. Looks, and changes nothing. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { Failure } from '../errors.ts';
import { lookForAgent } from '../launch/find-agent.ts';
import { describeToolServer } from '../launch/tool-server.ts';
import { type McpAgent, mcpAgents, type ServerStart, type Spelling, spellings } from '../mcp/agents.ts';
import { readJson } from '../mcp/edit-json.ts';
import { describeSurroundings } from './wrap.ts';

export interface Target {
  readonly name: string;
  readonly title: string;
  readonly file: string;
  readonly spelling: Spelling;
  /** The agent's own command for servers, and the path of its program. */
  readonly own: (NonNullable<McpAgent['own']> & { readonly path: string }) | undefined;
  /** Whether the agent has a program or a folder here. */
  readonly isHere: boolean;
  /** False for a file that somebody named. */
  readonly isAgent: boolean;
}

/** Those named, in the order they were named; without a name, and with `all`, every agent. */
export function findTargets(names: readonly string[], files: readonly string[], which?: 'all'): readonly Target[] {
  const agents = which !== 'all' && (names.length > 0 || files.length > 0) ? names.map(findMcpAgent) : mcpAgents;
  return [...agents.map(targetOf), ...files.map(fileTarget)];
}

/** By its absolute path: what a name leads to may be another program tomorrow. */
export function ownStart(): ServerStart {
  if (describeSurroundings().ownFile.split(sep).includes('_npx')) {
    throw new Failure('not-installed', 'npx will throw this program away', 'Install it first: npm install -g headroom-wrap');
  }
  return describeToolServer(describeSurroundings());
}

function findMcpAgent(name: string): McpAgent {
  const agent = mcpAgents.find((each) => each.name === name);
  if (agent) return agent;
  const hint = `Agents: ${mcpAgents.map((each) => each.name).join(', ')}. Others: --file PATH.`;
  throw new Failure('unknown-agent', `There is no agent \`${name}\``, hint);
}

function targetOf(agent: McpAgent): Target {
  const { name, title, files, folder } = agent;
  const place = describeSurroundings();
  const candidates = files(place);
  const file = candidates.find((path) => existsSync(path)) ?? candidates.at(-1) ?? '';
  const path = findProgram(agent);
  const own = agent.own && path !== undefined ? { ...agent.own, path } : undefined;
  return {
    name,
    title,
    file,
    spelling: spellingIn(file, agent),
    own,
    isHere: path !== undefined || existsSync(file) || existsSync(folder(place)),
    isAgent: true,
  };
}

/** A file of any agent: how it spells servers is seen by what it holds, else by its name. */
function fileTarget(path: string): Target {
  const file = resolve(path);
  const inFile = Object.values(spellings).find(({ format, keys }) => format === 'json' && holds(file, keys));
  const isOpencode = /(?:^|[\\/])opencode\.jsonc?$/.test(file);
  const byName = /\.toml$/i.test(file) ? spellings.codex : isOpencode ? spellings.opencode : spellings.servers;
  const spelling = spellingIn(file, /\.toml$/i.test(file) ? byName : (inFile ?? byName));
  return { name: path, title: path, file, spelling, own: undefined, isHere: true, isAgent: false };
}

/** A newer opencode has its servers one level below. */
function spellingIn(file: string, spelling: Spelling): Spelling {
  const below = [...spelling.keys, 'servers'];
  return spelling.keys[0] === 'mcp' && holds(file, below) && !holds(file, [...below, 'type']) ? { ...spelling, keys: below } : spelling;
}

function holds(file: string, keys: readonly string[]): boolean {
  try {
    const value = readJson(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''), keys);
    return typeof value === 'object' && value !== null;
  } catch {
    // Whoever changes the file says what is wrong with it.
    return false;
  }
}

function findProgram({ title, program }: McpAgent): string | undefined {
  const sought = { title, command: program, install: '', otherPlaces: (home: string) => [`${home}/.local/bin/${program}`] };
  return lookForAgent(sought, describeSurroundings());
}
