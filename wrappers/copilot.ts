/**
 * Copilot CLI. With a provider of the user's own its variable is led through the proxy; with a subscription the API's address is, which
 * Copilot otherwise learns from GitHub and which is the same for every plan.
 */
import type { ListedWrapper, Plan, Situation } from '../src/launch/wrapper.ts';
import { isPlainAddress, splitAddress } from './addresses.ts';
import { extendNoProxy, networkOf } from './environment.ts';

export const copilot: ListedWrapper = {
  name: 'copilot',
  title: 'Copilot CLI',
  command: 'copilot',
  install: 'npm install -g @github/copilot',
  coverage: {
    proxied: 'with a subscription or with a provider of your own (`COPILOT_PROVIDER_BASE_URL`); not Azure and WebSocket, and it says so',
    smaller: 'tool results',
    receipt: 'every request through the proxy',
    lost: 'with a subscription its built-in GitHub MCP server, which it looks for at the bare host of our address; with a provider of your own nothing',
  },
  otherPlaces: (homeFolder) => [`${homeFolder}/.local/bin/copilot`],
  // Outside of its folder it asks, and a folder that is added may bring instructions with it.
  opensFiles: false,
  takesTools: true,
  readsFiles: () => [],
  plan,
  demo: 'there is no script for it yet',
};

const github = 'https://api.githubcopilot.com';
const withoutModel: ReadonlySet<string> = new Set(
  'app login help config update version sessions memories plugin mcp skill instruction lsp sandbox completion'.split(' '),
);

function plan(situation: Situation): Plan {
  const { args, environment, proxyAddress } = situation;
  const common = { command: copilot.command, args, files: [], notes: [], network: networkOf(environment) };
  const bare = { ...common, environment: {}, upstream: github, runsBare: true };
  if (withoutModel.has(args[0] ?? '') || args.some((word) => ['-h', '--help', '-v', '--version'].includes(word)))
    return { ...bare, callsModel: false };
  const reason = reasonToRunBare(situation);
  if (reason) return { ...bare, notes: [`this launch runs without the proxy: ${reason}`], callsModel: true };

  const own = environment.COPILOT_PROVIDER_BASE_URL?.trim();
  const { upstream, tail } = splitAddress(own || environment.COPILOT_API_URL?.trim() || github, ['/v1']);
  const variable = own ? 'COPILOT_PROVIDER_BASE_URL' : 'COPILOT_API_URL';
  return {
    ...common,
    ...placeTools(situation),
    environment: { [variable]: proxyAddress + tail, ...extendNoProxy(environment) },
    upstream,
    notes: own ? [] : ['its built-in GitHub MCP server is not available in this session'],
    callsModel: true,
    runsBare: false,
    refusesUpgrades: true,
  };
}

function reasonToRunBare({ args, environment }: Situation): string | undefined {
  const { COPILOT_PROVIDER_BASE_URL: own, COPILOT_PROVIDER_TYPE: type, COPILOT_PROVIDER_TRANSPORT: transport } = environment;
  if (args.some((word) => /^--connect(?:=|$)/.test(word))) return 'a remote session asks the model';
  if (own && type === 'azure') return 'Azure is not covered';
  if (own && transport === 'websockets') return 'WebSocket is chosen, which the proxy does not read';
  const address = own || environment.COPILOT_API_URL;
  return address && !isPlainAddress(address) ? `its address is no plain URL: ${address}` : undefined;
}

function placeTools({ args, toolServer, privateFolder, platform }: Situation): Partial<Pick<Plan, 'args' | 'files'>> {
  if (!toolServer) return {};
  const { environment: env, ...start } = toolServer;
  const text = `${JSON.stringify({ mcpServers: { headroom: { type: 'local', ...start, env, tools: ['*'] } } }, undefined, 2)}\n`;
  const separator = platform === 'win32' ? '\\' : '/';
  return {
    args: ['--additional-mcp-config', `@${privateFolder}${separator}copilot-mcp.json`, ...args],
    files: [{ name: 'copilot-mcp.json', text }],
  };
}
