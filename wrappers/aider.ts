/**
 * aider. It speaks through LiteLLM, which takes base URLs from the environment; `.env` files win over that, so where one of them names
 * a base URL ours stand in a private `.env` file, which aider reads last.
 */
import { posix } from 'node:path';
import type { ListedWrapper, Plan, Situation } from '../src/launch/wrapper.ts';
import { demo } from './aider-demo.ts';
import { type AiderSettings, findOption, readAiderSettings, settingsPaths } from './aider-settings.ts';
import { type Environment, extendNoProxy, networkOf } from './environment.ts';
import { pathsOf } from './paths.ts';

export const aider: ListedWrapper = {
  name: 'aider',
  title: 'aider',
  command: 'aider',
  install: 'python -m pip install aider-install && aider-install',
  coverage: {
    proxied:
      'models of OpenAI and of Anthropic, or whatever answers at base URLs set for them; others (`gemini/...`, `ollama/...`) not, and it says so',
    smaller: 'the output of `/run`, `/test`, `/lint`, `/web` and of commands it ran for the model; never the files it edits',
    receipt: 'every request through the proxy',
    lost: 'nothing',
  },
  otherPlaces: (homeFolder) => [posix.join(homeFolder, '.local/bin/aider')],
  // Its model sees what the user adds to the chat.
  opensFiles: false,
  tellsFilesFirst: true,
  strays: 'its model is one of a provider that is not covered',
  readsFiles: settingsPaths,
  plan,
  demo,
};

const openai = 'https://api.openai.com/v1';
const anthropic = 'https://api.anthropic.com';
const fileName = 'aider.env';

function plan(situation: Situation): Plan {
  const settings = readAiderSettings(situation);
  const { effective } = settings;
  if (findModelFree(situation.args)) return { ...bare(situation, settings, []), callsModel: false };
  const bases = readBases(settings);
  const reason = reasonToRunBare(settings, bases);
  if (reason) return bare(situation, settings, [`this launch runs without the proxy: ${reason}`]);

  // What stands before `/chat/completions` stays in our address, so that paths look as they always do.
  const tail = bases.openai.endsWith('/v1') ? '/v1' : '';
  const upstreams = { openai: bases.openai.slice(0, bases.openai.length - tail.length), anthropic: bases.anthropic };
  const address = situation.proxyAddress + tail;
  const environment = {
    OPENAI_API_BASE: address,
    OPENAI_BASE_URL: address,
    // Set beside what it means, for an option in a configuration file wins over the variable.
    AIDER_OPENAI_API_BASE: address,
    ANTHROPIC_API_BASE: situation.proxyAddress,
    ANTHROPIC_BASE_URL: situation.proxyAddress,
    ...extendNoProxy(effective),
  };
  const provider = foreignProvider(settings);
  return {
    command: aider.command,
    ...placeSettings(situation, settings, environment),
    environment,
    upstream: upstreams.openai,
    upstreams,
    network: network(effective),
    notes: provider === undefined ? [] : [`models of ${provider} are not covered: their requests do not pass through the proxy`],
    callsModel: true,
    runsBare: false,
  };
}

function bare(situation: Situation, { effective }: AiderSettings, notes: readonly string[]): Plan {
  return {
    command: aider.command,
    args: situation.args,
    environment: {},
    files: [],
    upstream: openai,
    network: network(effective),
    notes,
    callsModel: true,
    runsBare: true,
  };
}

function reasonToRunBare({ fixedBase }: AiderSettings, bases: Bases): string | undefined {
  if (fixedBase) return `set-env fixes ${fixedBase}`;
  const wrong = Object.entries(bases).find(([, url]) => !/^https?:$/.test(protocolOf(url)));
  return wrong && `the base URL for ${wrong[0]} is not a URL: ${wrong[1]}`;
}

interface Bases {
  readonly openai: string;
  readonly anthropic: string;
}

/** Where LiteLLM would send requests; no slash at the end. */
function readBases({ effective, option }: AiderSettings): Bases {
  const first = (...urls: (string | undefined)[]) => (urls.find((url) => url?.trim()) ?? '').trim().replace(/\/+$/, '');
  return {
    openai: first(effective.OPENAI_BASE_URL, option('openai-api-base'), effective.OPENAI_API_BASE, openai),
    anthropic: first(effective.ANTHROPIC_API_BASE, effective.ANTHROPIC_BASE_URL, anthropic).replace(/\/v1\/messages$/, ''),
  };
}

/** The arguments without what would win over ours, and with our file where `.env` files would. */
function placeSettings(
  { args, platform, privateFolder }: Situation,
  { setInFiles, ownEnvFile }: AiderSettings,
  environment: Environment,
): Pick<Plan, 'args' | 'files'> {
  const without = findOption(args, 'openai-api-base')?.others ?? args;
  if (!Object.keys(environment).some((name) => setInFiles.has(name))) return { args: without, files: [] };
  const { join } = pathsOf({ platform });
  const ours = Object.entries(environment).map(([name, value]) => `${name}='${value}'\n`);
  const theirs = ownEnvFile === undefined ? '' : `${ownEnvFile.trimEnd()}\n`;
  const others = findOption(without, 'env-file')?.others ?? without;
  return {
    args: ['--env-file', join(privateFolder, fileName), ...others],
    files: [{ name: fileName, text: theirs + ours.join('') }],
  };
}

/** LiteLLM names providers before the model; without one it is OpenAI or Anthropic. */
function foreignProvider({ option }: AiderSettings): string | undefined {
  const [provider, ...rest] = (option('model') ?? '').split('/');
  return rest.length === 0 || provider === 'openai' || provider === 'anthropic' ? undefined : provider;
}

function findModelFree(args: readonly string[]): string | undefined {
  return args.find((word) => modelFreeOptions.has(word.split('=', 1)[0] ?? ''));
}

const modelFreeOptions: ReadonlySet<string> = new Set([
  ...['--help', '-h', '--version', '--list-models', '--models', '--show-repo-map', '--show-prompts', '--exit'],
  ...['--just-check-update', '--upgrade', '--update', '--install-main-branch', '--shell-completions'],
]);

/** Python names extra authorities its own way. */
function network(effective: Environment): Environment {
  const authorities = effective.NODE_EXTRA_CA_CERTS || effective.SSL_CERT_FILE || effective.REQUESTS_CA_BUNDLE;
  return { ...networkOf(effective), ...(authorities ? { NODE_EXTRA_CA_CERTS: authorities } : {}) };
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : '';
}
