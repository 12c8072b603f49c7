/**
 * goose. Each provider has a variable for its host, which wins over its configuration file.
 *
 * From goose's documents (environment variables, configuration files); it is on no registry, so nothing here was tried against the real one.
 */
import { posix, win32 } from 'node:path';
import type { ListedWrapper, Plan, Situation } from '../src/launch/wrapper.ts';
import { isPlainAddress, splitAddress } from './addresses.ts';
import { extendNoProxy, networkOf } from './environment.ts';

export const goose: ListedWrapper = {
  name: 'goose',
  title: 'goose',
  command: 'goose',
  install: 'https://block.github.io/goose',
  coverage: {
    proxied: 'models of OpenAI, Anthropic, Google and OpenRouter, or whatever answers at hosts set for them; no others, and it says so',
    smaller: 'tool results',
    receipt: 'every request through the proxy',
    lost: 'nothing',
  },
  otherPlaces: (homeFolder) => [`${homeFolder}/.local/bin/goose`],
  // Whether its model may open a file is a matter of its extensions.
  opensFiles: false,
  strays: 'its provider is one that is not covered',
  readsFiles: (place) => [configPath(place)],
  plan,
  demo: 'there is no script for it yet',
};

const hosts: Readonly<Record<string, { readonly variable: string; readonly usual: string }>> = {
  openai: { variable: 'OPENAI_HOST', usual: 'https://api.openai.com' },
  anthropic: { variable: 'ANTHROPIC_HOST', usual: 'https://api.anthropic.com' },
  google: { variable: 'GOOGLE_HOST', usual: 'https://generativelanguage.googleapis.com' },
  openrouter: { variable: 'OPENROUTER_HOST', usual: 'https://openrouter.ai' },
};

const withoutModel: ReadonlySet<string> = new Set(['configure', 'info', 'mcp', 'update', 'completion', 'help', 'schedule']);

function plan(situation: Situation): Plan {
  const { args, environment, proxyAddress } = situation;
  const common = { command: goose.command, args, files: [], network: networkOf(environment), upstream: hosts.openai?.usual ?? '' };
  if (withoutModel.has(args[0] ?? '') || args.some((word) => ['-h', '--help', '-V', '--version'].includes(word)))
    return { ...common, environment: {}, notes: [], callsModel: false, runsBare: true };

  const inFile = (name: string) => valueIn(situation.files[0]?.text ?? '', name);
  const setting = (name: string) => environment[name]?.trim() || inFile(name);
  const all = Object.entries(hosts).map(([id, { variable, usual }]) => ({ id, variable, url: setting(variable) ?? usual }));
  const covered = all.filter(({ url }) => isPlainAddress(url));
  const provider = setting('GOOSE_PROVIDER');
  const isCovered = provider === undefined || covered.some(({ id }) => id === provider);
  return {
    ...common,
    environment: {
      ...Object.fromEntries(covered.map(({ id, variable }) => [variable, `${proxyAddress}/@${id}`])),
      ...extendNoProxy(environment),
    },
    upstreams: Object.fromEntries(covered.map(({ id, url }) => [id, splitAddress(url, []).upstream])),
    notes: isCovered ? [] : [`models of ${provider} are not covered: their requests do not pass through the proxy`],
    callsModel: true,
    runsBare: false,
  };
}

/** A single value at the top of a YAML file. */
function valueIn(text: string, name: string): string | undefined {
  const [, single, double, plain] =
    new RegExp(`^${name}:[ \\t]+(?:'([^'\\n]*)'|"([^"\\n]*)"|([^\\s#'"][^#\\n]*?))[ \\t]*(?:#.*)?$`, 'm').exec(text) ?? [];
  return (single ?? double ?? plain)?.trim() || undefined;
}

function configPath({ platform, environment, homeFolder }: Pick<Situation, 'platform' | 'environment' | 'homeFolder'>): string {
  if (platform === 'win32')
    return win32.join(environment.APPDATA || win32.join(homeFolder, 'AppData', 'Roaming'), 'Block', 'goose', 'config', 'config.yaml');
  return posix.join(environment.XDG_CONFIG_HOME || posix.join(homeFolder, '.config'), 'goose', 'config.yaml');
}
