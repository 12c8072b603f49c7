/**
 * Cline. It is given a private copy of its file of providers, with our address in it, and works in its own process instead of in its
 * hub: that one outlives every launch and would serve the next one with the address of this.
 */
import type { ListedWrapper, Plan, Situation } from '../src/launch/wrapper.ts';
import { leadProviders, providerAsked } from './cline-providers.ts';
import { extendNoProxy, isSwitchedOn, networkOf } from './environment.ts';
import { takeOption } from './options.ts';
import { pathsOf } from './paths.ts';
import { isSettings, layOver, readSettings, settingsAt } from './settings-json.ts';

export const cline: ListedWrapper = {
  name: 'cline',
  title: 'Cline',
  command: 'cline',
  install: 'npm install -g cline',
  coverage: {
    proxied:
      'Anthropic, OpenAI, Gemini, OpenRouter, xAI, Groq, Mistral, Cerebras and DeepSeek with a key, and providers with an address of your own; not an account of Cline or ChatGPT, nor `--data-dir` and `--zen`, and it says so',
    smaller: 'tool results',
    receipt: 'every request through the proxy',
    lost: 'its hub does not see the session; accounts it is signed in to are not there; its log, and what is changed of its providers (with `--mcp`, of its MCP servers) meanwhile, are not kept',
  },
  otherPlaces: () => [],
  // Whether it asks is a setting of its user's.
  opensFiles: false,
  takesTools: true,
  strays: 'the model is one of a provider that is not covered',
  readsFiles: (place) => [
    settingsPath(place, 'CLINE_PROVIDER_SETTINGS_PATH', 'providers.json'),
    settingsPath(place, 'CLINE_MCP_SETTINGS_PATH', 'cline_mcp_settings.json'),
  ],
  plan,
  demo: 'there is no script for it yet',
};

const fileName = 'cline-providers.json';
const toolsFileName = 'cline-mcp.json';
const withoutModel: ReadonlySet<string> = new Set('auth config plugin skill mcp doctor history h hook update version'.split(' '));
const inHub: ReadonlySet<string> = new Set('connect schedule hub dashboard kanban'.split(' '));

function plan(situation: Situation): Plan {
  const { args, environment, files, platform, privateFolder, proxyAddress } = situation;
  const common = {
    ...{ command: cline.command, args, files: [], notes: [], network: networkOf(environment) },
    upstream: 'https://api.anthropic.com',
  };
  const bare = { ...common, environment: {}, runsBare: true };
  const asksNothing = args.some((word) => ['-h', '--help', '-V', '--version', '--update'].includes(word));
  if (withoutModel.has(args[0] ?? '') || asksNothing) return { ...bare, callsModel: false };

  const text = files[0]?.text;
  const asked = providerAsked(text, takeOption(args, '-P', '--provider').value);
  const led = leadProviders(text, asked, proxyAddress);
  const reason = reasonAgainst(situation) ?? (led ? undefined : `its provider ${asked} is not covered`);
  if (reason || !led) return { ...bare, notes: [`this launch runs without the proxy: ${reason}`], callsModel: true };
  const tools = placeTools(situation);
  return {
    ...common,
    notes: tools.notes,
    environment: {
      CLINE_PROVIDER_SETTINGS_PATH: pathsOf({ platform }).join(privateFolder, fileName),
      CLINE_SESSION_BACKEND_MODE: 'local',
      // It notes the address of whatever failed.
      CLINE_LOG_PATH: pathsOf({ platform }).join(privateFolder, 'cline.log'),
      ...tools.environment,
      ...extendNoProxy(environment),
    },
    files: [{ name: fileName, text: led.text }, ...tools.files],
    upstreams: led.upstreams,
    callsModel: true,
    runsBare: false,
  };
}

function reasonAgainst({ args, environment }: Situation): string | undefined {
  if (inHub.has(args[0] ?? '') || args.some((word) => ['-z', '--zen', '--kanban'].includes(word)))
    return 'it works in its hub, which outlives the launch';
  if (/^(?:hub|remote)$/i.test(environment.CLINE_SESSION_BACKEND_MODE?.trim() ?? ''))
    return 'CLINE_SESSION_BACKEND_MODE sends it to a hub, which outlives the launch';
  if (takeOption(args, '--data-dir').value !== undefined || isSwitchedOn(environment.CLINE_SANDBOX))
    return 'with --data-dir it reads its providers from that folder alone';
  return undefined;
}

/** The user's own servers and ours in a private file; a login that is renewed in a copy is lost to the user. */
function placeTools({ files, toolServer, privateFolder, platform }: Situation): Pick<Plan, 'notes' | 'files' | 'environment'> {
  if (!toolServer) return { notes: [], files: [], environment: {} };
  const text = files[1]?.text;
  const own = readSettings(text?.trim() ? text : '{}');
  const hasLogin = Object.values(settingsAt(own, 'mcpServers')).some((server) => isSettings(server) && isSettings(server.oauth));
  if (own === undefined || hasLogin) {
    const reason = hasLogin ? 'its MCP settings hold a login' : 'its MCP settings cannot be read';
    return { notes: [`--mcp does nothing here: ${reason}`], files: [], environment: {} };
  }
  const { environment: env, ...start } = toolServer;
  const both = layOver(own, { mcpServers: { headroom: { transport: { type: 'stdio', ...start, env } } } });
  return {
    notes: [],
    files: [{ name: toolsFileName, text: `${JSON.stringify(both, undefined, 2)}\n` }],
    environment: { CLINE_MCP_SETTINGS_PATH: pathsOf({ platform }).join(privateFolder, toolsFileName) },
  };
}

type Place = Parameters<ListedWrapper['readsFiles']>[0];

function settingsPath({ args, environment, platform, homeFolder, workingFolder }: Place, variable: string, name: string): string {
  const { join, resolve } = pathsOf({ platform });
  const set = (each: string) => environment[each]?.trim();
  const own = takeOption(args, '--config').value ?? set('CLINE_DIR') ?? join(homeFolder, '.cline');
  const data = set('CLINE_DATA_DIR') || join(own, 'data');
  return resolve(workingFolder, set(variable) || join(data, 'settings', name));
}
