/**
 * Crush. Its folder of global settings can be another for one launch: a private one, with the user's own settings and our addresses.
 *
 * From Crush's documents and settings schema; its package on the registry fetches the program from elsewhere at install time, which was not
 * to be had here, so nothing was tried against the real one.
 */
import type { ListedWrapper, Plan, Situation } from '../src/launch/wrapper.ts';
import { isPlainAddress, splitAddress } from './addresses.ts';
import { extendNoProxy, networkOf } from './environment.ts';
import { pathsOf } from './paths.ts';
import { layOver, readSettings, settingsAt, textAt } from './settings-json.ts';

export const crush: ListedWrapper = {
  name: 'crush',
  title: 'Crush',
  command: 'crush',
  install: 'npm install -g @charmland/crush',
  coverage: {
    proxied:
      'Anthropic, OpenAI, Google, OpenRouter, xAI and Groq where their key is set, and providers of your settings with an address; no others, and it says so where it is sure',
    smaller: 'tool results',
    receipt: 'every request through the proxy',
    lost: 'what else lies in its global folder, such as commands and skills; a project with addresses of its own, or settings in a `crushrc`, runs without the proxy',
  },
  otherPlaces: () => [],
  opensFiles: false,
  takesTools: true,
  strays: 'its provider is one that is not covered',
  readsFiles: settingsPaths,
  plan,
  demo: 'there is no script for it yet',
};

const folderName = 'crush-config';
const withoutModel: ReadonlySet<string> = new Set([
  'completion',
  'dirs',
  'help',
  'login',
  'logs',
  'models',
  'projects',
  'schema',
  'stats',
  'update-providers',
]);

const usual: Readonly<Record<string, readonly [address: string, ...keys: string[]]>> = {
  anthropic: ['https://api.anthropic.com', 'ANTHROPIC_API_KEY'],
  openai: ['https://api.openai.com/v1', 'OPENAI_API_KEY'],
  gemini: ['https://generativelanguage.googleapis.com', 'GEMINI_API_KEY'],
  openrouter: ['https://openrouter.ai/api/v1', 'OPENROUTER_API_KEY'],
  xai: ['https://api.x.ai/v1', 'XAI_API_KEY'],
  groq: ['https://api.groq.com/openai/v1', 'GROQ_API_KEY'],
};

function plan(situation: Situation): Plan {
  const { args, environment, proxyAddress, privateFolder, platform, toolServer } = situation;
  const common = {
    command: crush.command,
    args,
    files: [],
    notes: [],
    network: networkOf(environment),
    upstream: 'https://api.anthropic.com',
  };
  const bare = { ...common, environment: {}, runsBare: true };
  if (withoutModel.has(args[0] ?? '') || args.some((word) => ['-h', '--help', '-v', '--version'].includes(word)))
    return { ...bare, callsModel: false };

  const [script, own, ...inProject] = situation.files.map(({ text }) => text);
  const settings = readSettings(own);
  const reason = reasonToRunBare(script, own, inProject.map(readSettings));
  if (reason) return { ...bare, notes: [`this launch runs without the proxy: ${reason}`], callsModel: true };

  const named = Object.keys(settingsAt(settings, 'providers'));
  const withKey = Object.keys(usual).filter((id) => usual[id]?.slice(1).some((key) => environment[key]));
  const covered = [...new Set([...named, ...withKey])].flatMap((id) => {
    const address = textAt(settings, 'providers', id, 'base_url') ?? usual[id]?.[0];
    return address && isPlainAddress(address) && /^[\w.-]+$/.test(id) ? [{ id, ...splitAddress(address, ['/v1']) }] : [];
  });
  const providers = Object.fromEntries(covered.map(({ id, tail }) => [id, { base_url: `${proxyAddress}/@${id}${tail}` }]));
  const server = toolServer && { type: 'stdio', command: toolServer.command, args: toolServer.args, env: toolServer.environment };
  const ours = { providers, ...(server ? { mcp: { headroom: server } } : {}) };
  const { join } = pathsOf({ platform });
  return {
    ...common,
    environment: { CRUSH_GLOBAL_CONFIG: join(privateFolder, folderName), ...extendNoProxy(environment) },
    files: [{ name: `${folderName}/crush.json`, text: `${JSON.stringify(layOver(settings ?? {}, ours), undefined, 2)}\n` }],
    upstreams: Object.fromEntries(covered.map(({ id, upstream }) => [id, upstream])),
    callsModel: true,
    runsBare: false,
  };
}

function reasonToRunBare(
  script: string | undefined,
  own: string | undefined,
  inProject: readonly ReturnType<typeof readSettings>[],
): string | undefined {
  if (script !== undefined) return 'its settings are a script (crushrc)';
  if (own !== undefined && readSettings(own) === undefined) return 'its settings cannot be read';
  // They stand above the global ones.
  const hasAddress = inProject.some((settings) =>
    Object.values(settingsAt(settings, 'providers')).some((each) => textAt({ each }, 'each', 'base_url')),
  );
  return hasAddress ? "the project's settings give a provider its address" : undefined;
}

/** The global folder's script and settings, then the project's, the weakest first. */
function settingsPaths(
  place: Pick<Situation, 'environment' | 'platform' | 'homeFolder' | 'workingFolder' | 'projectFolder'>,
): readonly string[] {
  const { environment, homeFolder, workingFolder, projectFolder } = place;
  const isWindows = place.platform === 'win32';
  const { join } = pathsOf(place);
  const usualFolder = isWindows
    ? join(environment.LOCALAPPDATA || join(homeFolder, 'AppData', 'Local'), 'crush')
    : join(environment.XDG_CONFIG_HOME || join(homeFolder, '.config'), 'crush');
  const folder = environment.CRUSH_GLOBAL_CONFIG || usualFolder;
  const projects = [...new Set([projectFolder, workingFolder])].flatMap((each) => [join(each, 'crush.json'), join(each, '.crush.json')]);
  return [join(folder, 'crushrc'), join(folder, 'crush.json'), ...projects];
}
