/**
 * Cline. It is given a private copy of its file of providers, with our address in it, and works in its own process instead of in its
 * hub: that one outlives every launch and would serve the next one with the address of this.
 */
import { posix, win32 } from 'node:path';
import type { ListedWrapper, Plan, Situation } from '../src/launch/wrapper.ts';
import { leadProviders, providerAsked } from './cline-providers.ts';
import { extendNoProxy, isSwitchedOn, networkOf } from './environment.ts';

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
    lost: 'its hub does not see the session; accounts it is signed in to are not there; its log, and what is changed of its providers meanwhile, are not kept',
  },
  otherPlaces: () => [],
  // Whether it asks is a setting of its user's.
  opensFiles: false,
  strays: 'the model is one of a provider that is not covered',
  readsFiles: (place) => [providersPath(place)],
  plan,
  demo: 'there is no script for it yet',
};

const fileName = 'cline-providers.json';
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
  const asked = providerAsked(text, optionOf(args, '-P', '--provider'));
  const led = leadProviders(text, asked, proxyAddress);
  const reason = reasonAgainst(situation) ?? (led ? undefined : `its provider ${asked} is not covered`);
  if (reason || !led) return { ...bare, notes: [`this launch runs without the proxy: ${reason}`], callsModel: true };
  return {
    ...common,
    environment: {
      CLINE_PROVIDER_SETTINGS_PATH: pathOf(platform).join(privateFolder, fileName),
      CLINE_SESSION_BACKEND_MODE: 'local',
      // It notes the address of whatever failed.
      CLINE_LOG_PATH: pathOf(platform).join(privateFolder, 'cline.log'),
      ...extendNoProxy(environment),
    },
    files: [{ name: fileName, text: led.text }],
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
  if (optionOf(args, '--data-dir') !== undefined || isSwitchedOn(environment.CLINE_SANDBOX))
    return 'with --data-dir it reads its providers from that folder alone';
  return undefined;
}

function providersPath({ args, environment, platform, homeFolder, workingFolder }: Parameters<ListedWrapper['readsFiles']>[0]): string {
  const { join, resolve } = pathOf(platform);
  const set = (name: string) => environment[name]?.trim();
  const own = optionOf(args, '--config') ?? set('CLINE_DIR') ?? join(homeFolder, '.cline');
  const data = set('CLINE_DATA_DIR') || join(own, 'data');
  return resolve(workingFolder, set('CLINE_PROVIDER_SETTINGS_PATH') || join(data, 'settings', 'providers.json'));
}

function optionOf(args: readonly string[], ...names: readonly string[]): string | undefined {
  const at = args.findIndex((word) => names.some((name) => word === name || word.startsWith(`${name}=`)));
  if (at < 0) return undefined;
  return names.includes(args[at] ?? '') ? args[at + 1] : args[at]?.slice(args[at].indexOf('=') + 1);
}

function pathOf(platform: NodeJS.Platform): typeof posix {
  return platform === 'win32' ? win32 : posix;
}
