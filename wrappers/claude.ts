/**
 * Claude Code. Its settings files win over its environment, so the proxy's address goes into a private `--settings` file,
 * merged with the user's own, and into the environment as well, for the launches in which that file cannot stand.
 */
import { posix } from 'node:path';
import type { ListedWrapper, Plan, PrivateFile, Situation } from '../src/launch/wrapper.ts';
import { classifyLaunch, findOption, findSettingsArgument, type LaunchKind } from './claude-arguments.ts';
import { demo } from './claude-demo.ts';
import { findDenial } from './claude-denials.ts';
import { addRule, anchorRules, readRule } from './claude-rules.ts';
import { type ClaudeSettings, readClaudeSettings, settingsPaths } from './claude-settings.ts';
import { anyProxy, type Environment, extendNoProxy, isSwitchedOn, networkOf, sparesLoopback } from './environment.ts';
import { pathsOf } from './paths.ts';

export const claude: ListedWrapper = {
  name: 'claude',
  title: 'Claude Code',
  command: 'claude',
  install: 'npm install -g @anthropic-ai/claude-code',
  coverage: {
    proxied: 'all of it; where Bedrock, Vertex or Foundry is switched on it runs without the proxy, and says so',
    smaller: 'tool results',
    receipt: 'every request',
    lost: 'Remote Control, which it switches off behind any base URL; its tool search stays on',
  },
  otherPlaces: (homeFolder) => ['.local/bin/claude', '.claude/local/claude'].map((path) => posix.join(homeFolder, path)),
  opensFiles: true,
  deniesReading: findDenial,
  takesTools: true,
  readsFiles: (place) => (isBareKind(classifyLaunch(place.args)) ? [] : settingsPaths(place)),
  plan,
  demo,
};

const anthropic = 'https://api.anthropic.com';
const fileName = 'claude-settings.json';
const toolsFileName = 'claude-mcp.json';
/** Every tool of the server of that name. */
const toolsRule = 'mcp__headroom';

function plan(situation: Situation): Plan {
  const launch = classifyLaunch(situation.args);
  if (launch.kind === 'no-model' && launch.isCertain) return { ...bare(situation, []), callsModel: false };
  const settings = readClaudeSettings(situation);
  const reason = launch.kind === 'elsewhere' ? launch.reason : reasonToRunBare(settings, situation);
  if (reason) return bare(situation, [`this launch runs without the proxy: ${reason}`], settings);

  const { effective } = settings;
  const upstream = effective.ANTHROPIC_BASE_URL?.trim() || anthropic;
  const isFirstParty = new URL(upstream).host === new URL(anthropic).host;
  const environment = {
    ANTHROPIC_BASE_URL: situation.proxyAddress,
    ...extendNoProxy(effective),
    // Switched off behind a foreign base URL, at a price of 20,000 tokens and more; with a gateway it is off without us as well.
    ...(isFirstParty && effective.ENABLE_TOOL_SEARCH === undefined ? { ENABLE_TOOL_SEARCH: 'true' } : {}),
  };
  const isPrinting = findOption(situation.args, ['-p', '--print']) !== undefined;
  return {
    command: claude.command,
    ...placeTools(situation, placeSettings(situation, settings, environment)),
    environment,
    upstream,
    network: networkOf(effective),
    notes: isFirstParty && !isPrinting ? ['Remote Control is not available in this session; everything else works as usual'] : [],
    callsModel: launch.kind !== 'no-model',
    runsBare: false,
  };
}

function bare(situation: Situation, notes: readonly string[], settings?: ClaudeSettings): Plan {
  return {
    command: claude.command,
    args: situation.args,
    environment: {},
    files: [],
    upstream: anthropic,
    network: networkOf(settings?.effective ?? situation.environment),
    notes,
    callsModel: true,
    runsBare: true,
  };
}

/** The arguments with our file in them. The user's own file stays where it is if nothing forces a merge: its path means something. */
function placeSettings(
  situation: Situation,
  { own, setInFiles }: ClaudeSettings,
  environment: Environment,
): { args: readonly string[]; files: readonly PrivateFile[] } {
  const argument = findSettingsArgument(situation.args);
  const isOverruled = Object.keys(environment).some((name) => setInFiles.has(name));
  // A shell's `<(...)` can be read once, and not by the agent.
  const canStay = own?.folder !== undefined && !/^\/(?:dev|proc)\//.test(argument?.value ?? '');
  const { originalsFolder = '', platform } = situation;
  const rules = [...(originalsFolder ? [readRule(originalsFolder, platform)] : []), ...(situation.toolServer ? [toolsRule] : [])];
  // As an option, a rule with a bracket, a comma or a space in its path may be taken for several.
  if (canStay && !isOverruled && !/[(),\s]/.test(originalsFolder)) {
    return { args: [...rules.map((rule) => `--allowedTools=${rule}`), ...situation.args], files: [] };
  }
  const { join } = pathsOf({ platform });
  const anchored = own ? anchorRules(own.settings, own.folder, platform) : {};
  const theirs = rules.reduce(addRule, anchored);
  const env = { ...(theirs.env as Environment | undefined), ...environment };
  const text = `${JSON.stringify({ ...theirs, env }, undefined, 2)}\n`;
  const args = ['--settings', join(situation.privateFolder, fileName), ...(argument?.others ?? situation.args)];
  return { args, files: [{ name: fileName, text }] };
}

/** Our tools beside whatever servers the user has; in the model's sight from the start. */
function placeTools(
  { toolServer, privateFolder, platform }: Situation,
  { args, files }: Pick<Plan, 'args' | 'files'>,
): Pick<Plan, 'args' | 'files'> {
  if (!toolServer) return { args, files };
  const { environment: env, ...start } = toolServer;
  const text = `${JSON.stringify({ mcpServers: { headroom: { type: 'stdio', ...start, env, alwaysLoad: true } } }, undefined, 2)}\n`;
  const { join } = pathsOf({ platform });
  return { args: [`--mcp-config=${join(privateFolder, toolsFileName)}`, ...args], files: [...files, { name: toolsFileName, text }] };
}

function reasonToRunBare(settings: ClaudeSettings, { args }: Situation): string | undefined {
  const { effective, managed, managedPath, own } = settings;
  const provider = Object.keys(providers).find((name) => isSwitchedOn(effective[name]));
  if (provider) return `${provider} sends model traffic to ${providers[provider]}, which the proxy does not cover`;
  if (managed.ANTHROPIC_BASE_URL) return `${managedPath} fixes ANTHROPIC_BASE_URL`;
  const managedList = managed.no_proxy ?? managed.NO_PROXY;
  if (managedList !== undefined && anyProxy(effective) && !sparesLoopback(managedList))
    return `${managedPath} fixes NO_PROXY without 127.0.0.1`;
  const direct = ['CLAUDE_CODE_CLIENT_CERT', 'ANTHROPIC_UNIX_SOCKET'].find((name) => effective[name]);
  if (direct) return `${direct} is set, and only Claude Code itself can use it`;
  const upstream = effective.ANTHROPIC_BASE_URL?.trim();
  if (upstream && !/^https?:$/.test(protocolOf(upstream))) return `ANTHROPIC_BASE_URL is not a URL: ${upstream}`;
  // Claude says what is wrong with it, in its own words.
  const argument = findSettingsArgument(args);
  if (argument?.value && !own) return `--settings cannot be read: ${argument.value.slice(0, 80)}`;
  return undefined;
}

const providers: Readonly<Record<string, string>> = {
  CLAUDE_CODE_USE_BEDROCK: 'Amazon Bedrock',
  CLAUDE_CODE_USE_MANTLE: 'Amazon Bedrock',
  CLAUDE_CODE_USE_ANTHROPIC_AWS: 'Anthropic on AWS',
  CLAUDE_CODE_USE_VERTEX: 'Google Vertex AI',
  CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD: 'Anthropic on Google Cloud',
  CLAUDE_CODE_USE_FOUNDRY: 'Microsoft Foundry',
};

function isBareKind(launch: LaunchKind): boolean {
  return launch.kind === 'elsewhere' || (launch.kind === 'no-model' && launch.isCertain);
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : '';
}
