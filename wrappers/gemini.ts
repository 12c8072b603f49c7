/**
 * Gemini CLI. The address goes into the environment, one variable for each way to sign in. With that of the API key set and no way chosen in
 * its settings it would take us for a gateway and end; so the way that it would take without us stands in private settings below all others.
 */
import type { ListedWrapper, Plan, PrivateFile, Situation } from '../src/launch/wrapper.ts';
import { isPlainAddress, splitAddress } from './addresses.ts';
import { extendNoProxy, networkOf } from './environment.ts';
import { type GeminiSettings, readGeminiSettings, settingsPaths } from './gemini-settings.ts';
import { pathsOf } from './paths.ts';
import { layOver, type Settings } from './settings-json.ts';

export const gemini: ListedWrapper = {
  name: 'gemini',
  title: 'Gemini CLI',
  command: 'gemini',
  install: 'npm install -g @google/gemini-cli',
  coverage: {
    proxied: 'with a Google account, an API key, Vertex AI or a gateway of your own; not local models (`gemini gemma`)',
    smaller: 'tool results',
    receipt: 'every request through the proxy',
    lost: 'nothing',
  },
  otherPlaces: () => [],
  // It reads in its workspace alone, and a folder that is added to it would be searched too.
  opensFiles: false,
  takesTools: true,
  readsFiles: settingsPaths,
  plan,
  demo: 'there is no script for it yet',
};

const usual = { gemini: 'https://generativelanguage.googleapis.com', codeassist: 'https://cloudcode-pa.googleapis.com' };
const fileName = 'gemini-defaults.json';
const withoutModel: ReadonlySet<string> = new Set(['mcp', 'extensions', 'extension', 'skills', 'skill', 'hooks', 'hook', 'gemma']);
const askingOptions = ['-h', '--help', '-v', '--version', '-l', '--list-extensions', '--list-sessions', '--delete-session'];

function plan(situation: Situation): Plan {
  const { args, environment } = situation;
  const common = { command: gemini.command, args, files: [], notes: [], upstream: usual.gemini };
  if (withoutModel.has(args[0] ?? '') || args.some((word) => askingOptions.includes(word)))
    return { ...common, environment: {}, network: networkOf(environment), callsModel: false, runsBare: true };

  const settings = readGeminiSettings(situation);
  const { effective } = settings;
  const network = networkOf(effective);
  const providers = Object.entries(addressesOf(settings)).map(([provider, url]) => ({ provider, url, ...splitAddress(url, []) }));
  const wrong = providers.find(({ url }) => !isPlainAddress(url));
  if (wrong) {
    const notes = [`this launch runs without the proxy: the address of ${wrong.provider} is no plain URL: ${wrong.url}`];
    return { ...common, notes, environment: {}, network, callsModel: true, runsBare: true };
  }
  const ours = providers.map(({ provider }) => [variables[provider as Provider], `${situation.proxyAddress}/@${provider}`]);
  const { files, environment: inFile } = placeDefaults(situation, settings);
  return {
    ...common,
    environment: { ...Object.fromEntries(ours), ...extendNoProxy(effective), ...inFile },
    files,
    upstreams: Object.fromEntries(providers.map(({ provider, upstream }) => [provider, upstream])),
    network,
    callsModel: true,
    runsBare: false,
  };
}

type Provider = 'gemini' | 'vertex' | 'codeassist';

const variables: Readonly<Record<Provider, string>> = {
  gemini: 'GOOGLE_GEMINI_BASE_URL',
  vertex: 'GOOGLE_VERTEX_BASE_URL',
  codeassist: 'CODE_ASSIST_ENDPOINT',
};

/** Where each way to sign in leads without us; a way that cannot be told, or that our address would change, is not there. */
function addressesOf({ effective, selected, usesVertex }: GeminiSettings): Partial<Record<Provider, string>> {
  const vertex = effective.GOOGLE_VERTEX_BASE_URL ?? (usesVertex ? vertexAddress(effective) : undefined);
  return {
    codeassist: effective.CODE_ASSIST_ENDPOINT || usual.codeassist,
    ...(vertex === undefined ? {} : { vertex }),
    // Nobody has chosen a way yet: it asks, and must not take us for one.
    ...(selected === undefined ? {} : { gemini: effective.GOOGLE_GEMINI_BASE_URL || usual.gemini }),
  };
}

/** As its SDK puts it together. */
function vertexAddress({ GOOGLE_CLOUD_LOCATION: location, GOOGLE_API_KEY: key }: Situation['environment']): string | undefined {
  if (key || location === 'global') return 'https://aiplatform.googleapis.com';
  if (location === 'us' || location === 'eu') return `https://aiplatform.${location}.rep.googleapis.com`;
  return location && /^[a-z0-9-]+$/.test(location) ? `https://${location}-aiplatform.googleapis.com` : undefined;
}

/** Settings below all others, over those of the machine that stand there: the way to sign in, and our tools. */
function placeDefaults(
  { privateFolder, platform, toolServer }: Situation,
  { isByKeyAlone, machineDefaults }: GeminiSettings,
): { files: readonly PrivateFile[]; environment: Readonly<Record<string, string>> } {
  const auth: Settings = isByKeyAlone ? { security: { auth: { selectedType: 'gemini-api-key' } } } : {};
  const server = toolServer && { command: toolServer.command, args: toolServer.args, env: toolServer.environment, trust: true };
  const tools: Settings = server ? { mcpServers: { headroom: server } } : {};
  if (!isByKeyAlone && !server) return { files: [], environment: {} };
  const text = `${JSON.stringify(layOver(machineDefaults, layOver(auth, tools)), undefined, 2)}\n`;
  const { join } = pathsOf({ platform });
  return { files: [{ name: fileName, text }], environment: { GEMINI_CLI_SYSTEM_DEFAULTS_PATH: join(privateFolder, fileName) } };
}
