/**
 * Codex. Only `-c` leads one launch elsewhere without touching a file: its environment has no variable for it and profiles live in the user's
 * own folder. So the launch's secret stands in the process list, where other users of the machine can read it: with it they could send
 * requests of their own, with their own key, and read nothing.
 */
import { posix } from 'node:path';
import type { ListedWrapper, Plan, Situation } from '../src/launch/wrapper.ts';
import { type CodexArguments, classifyLaunch, readArguments } from './codex-arguments.ts';
import { demo } from './codex-demo.ts';
import { type CodexSettings, readCodexSettings, settingsPaths, type Table, tableAt, textAt } from './codex-settings.ts';
import { extendNoProxy, networkOf } from './environment.ts';

export const codex: ListedWrapper = {
  name: 'codex',
  title: 'Codex',
  command: 'codex',
  install: 'npm install -g @openai/codex',
  coverage: {
    proxied:
      'with an API key, a ChatGPT account or a provider of your own; not `--oss`, Bedrock, `cloud` and sessions that outlive the launch (`agents`, `queue`, `--remote`), and it says so',
    smaller: 'what its commands and tools returned',
    receipt: 'every request through the proxy',
    lost: 'WebSocket: it goes on over HTTP at once',
  },
  otherPlaces: (homeFolder) => [posix.join(homeFolder, '.local/bin/codex')],
  opensFiles: true,
  takesTools: true,
  readsFiles: (place) => (classifyLaunch(readArguments(place.args)).kind === 'conversation' ? settingsPaths(place) : []),
  plan,
  demo,
};

const openai = 'https://api.openai.com';

function plan(situation: Situation): Plan {
  const args = readArguments(situation.args);
  const launch = classifyLaunch(args);
  if (launch.kind === 'no-model') return { ...bare(situation), callsModel: false };
  if (launch.kind === 'elsewhere') return bare(situation, launch.reason);
  const settings = readCodexSettings(situation, args, launch.isExec);
  const provider = chooseProvider(settings, args);
  if ('reason' in provider) return bare(situation, provider.reason);
  const { upstream, tail, key } = provider;
  return {
    command: codex.command,
    args: [...toolsOverride(situation), ...placeOverrides(situation.args, args, key, situation.proxyAddress + tail)],
    environment: extendNoProxy(situation.environment),
    files: [],
    upstream,
    network: network(situation),
    notes: [],
    callsModel: true,
    runsBare: false,
    // It tries WebSocket first, on which each message holds only what is new; after a 426 it goes on with HTTP at once.
    refusesUpgrades: true,
  };
}

function bare(situation: Situation, reason?: string): Plan {
  return {
    command: codex.command,
    args: situation.args,
    environment: {},
    files: [],
    upstream: openai,
    network: network(situation),
    notes: reason === undefined ? [] : [`this launch runs without the proxy: ${reason}`],
    callsModel: true,
    runsBare: true,
  };
}

interface Provider {
  /** The setting that holds its address. */
  readonly key: string;
  readonly upstream: string;
  /** What of the address stays behind ours, so that paths look as they always do. */
  readonly tail: string;
}

/** Where Codex would send its requests, or why it must be left to. */
function chooseProvider({ effective, managed, managedPath, login, unreadable }: CodexSettings, { options }: CodexArguments) {
  if (unreadable) return { reason: `${unreadable} cannot be read` };
  const fixed = ['openai_base_url', 'model_provider', 'model_providers'].find((name) => name in managed);
  if (fixed) return { reason: `${managedPath} fixes ${fixed}` };
  if (options.has('--oss')) return { reason: 'models of this machine (--oss) are not covered' };
  const id = textAt(effective, 'model_provider') ?? 'openai';
  if (id === 'openai') return openaiProvider(textAt(effective, 'openai_base_url'), 'openai_base_url', login);
  const table = tableAt(tableAt(effective, 'model_providers'), id);
  const reason = reasonAgainst(id, table);
  if (reason) return { reason: `${reason}, which the proxy does not cover` };
  const isOpenai = table.requires_openai_auth === true;
  return openaiProvider(textAt(table, 'base_url'), `model_providers.${id}.base_url`, isOpenai ? login : 'api');
}

/** Without an address of the user's the login decides. */
function openaiProvider(address: string | undefined, key: string, login: CodexSettings['login']): Provider | { readonly reason: string } {
  if (address === undefined) {
    if (login === undefined) return { reason: 'Codex is not logged in yet (codex login)' };
    return login === 'api' ? { key, upstream: openai, tail: '/v1' } : { key, upstream: 'https://chatgpt.com', tail: '/backend-api/codex' };
  }
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash) return { reason: `${key} is no plain URL` };
  const plain = address.replace(/\/+$/, '');
  const tail = ['/backend-api/codex', '/v1'].find((each) => plain.endsWith(each)) ?? '';
  return { key, upstream: plain.slice(0, plain.length - tail.length), tail };
}

/** What depends on the provider's own address, or cannot be told another by `-c`. */
function reasonAgainst(id: string, table: Table): string | undefined {
  if (Object.keys(table).length === 0 || 'aws' in table) return `the provider ${id} has its own way to the model`;
  if (!/^[\w-]+$/.test(id)) return `the provider ${id} has a name that -c cannot spell`;
  if ('gateway_oauth' in table) return `the provider ${id} signs in at its own address`;
  // Codex knows Azure by the name or by the address, and speaks to it differently.
  const isAzure = azure.some((mark) => textAt(table, 'base_url')?.toLowerCase().includes(mark));
  if (isAzure && textAt(table, 'name')?.toLowerCase() !== 'azure') return `the provider ${id} is known as Azure by its address`;
  return undefined;
}

const azure = ['openai.azure.', 'cognitiveservices.azure.', 'aoai.azure.', 'azure-api.', 'azurefd.', 'windows.net/openai'];

/** The user's words as they are, in their order; of two overrides of one setting the later wins, so ours follows theirs. */
function placeOverrides(words: readonly string[], { overrides }: CodexArguments, key: string, address: string): readonly string[] {
  const [root = ''] = key.split('.');
  const after = overrides.findLast((each) => each.key === root || each.key.startsWith(`${root}.`))?.next ?? 0;
  const ours = ['-c', `${key}=${JSON.stringify(address)}`];
  // A compressed body cannot be read by every Node.
  return ['-c', 'features.enable_request_compression=false', ...words.slice(0, after), ...ours, ...words.slice(after)];
}

/** Our MCP server, as a table in one line. */
function toolsOverride({ toolServer }: Situation): readonly string[] {
  if (!toolServer) return [];
  const { command, args, environment } = toolServer;
  const text = (value: string) => JSON.stringify(value);
  const variables = Object.entries(environment).map(([name, value]) => `${name} = ${text(value)}`);
  const table = [`command = ${text(command)}`, `args = [${args.map(text).join(', ')}]`, `env = { ${variables.join(', ')} }`];
  return ['-c', `mcp_servers.headroom={ ${table.join(', ')} }`];
}

/** Codex has names of its own for extra authorities. */
function network({ environment }: Situation): Plan['network'] {
  const authorities = environment.CODEX_CA_CERTIFICATE || environment.SSL_CERT_FILE;
  return { ...networkOf(environment), ...(authorities ? { NODE_EXTRA_CA_CERTS: authorities } : {}) };
}
