/**
 * Any command at all: an agent without a wrapper, a script with a provider's SDK. It is given the variables that SDKs and agents read for
 * their base URLs; whether this one reads them only it knows, so that is said, and a launch without a request says so.
 */
import type { Plan, Situation, Wrapper } from '../src/launch/wrapper.ts';
import { firstSet, isPlainAddress, splitAddress } from './addresses.ts';
import { type Environment, extendNoProxy, networkOf } from './environment.ts';

/** `title` is what the user typed, `command` a name on PATH or an absolute path. */
export function wrapCommand(title: string, command: string): Wrapper {
  return {
    name: title,
    title,
    command,
    install: '',
    otherPlaces: () => [],
    // Nobody knows whether its model can.
    opensFiles: false,
    strays: `it reads none of ${variables.map(({ names: [name] }) => name).join(', ')}`,
    readsFiles: () => [],
    plan: (situation) => plan(command, situation),
  };
}

interface Variables {
  /** The upstream's name in our paths. */
  readonly provider: string;
  /** All of one meaning, the first one counts most. */
  readonly names: readonly [string, ...string[]];
  readonly usual: string;
}

const variables: readonly Variables[] = [
  { provider: 'openai', names: ['OPENAI_BASE_URL', 'OPENAI_API_BASE'], usual: 'https://api.openai.com/v1' },
  { provider: 'anthropic', names: ['ANTHROPIC_BASE_URL', 'ANTHROPIC_API_BASE'], usual: 'https://api.anthropic.com' },
  { provider: 'gemini', names: ['GOOGLE_GEMINI_BASE_URL'], usual: 'https://generativelanguage.googleapis.com' },
];

function plan(command: string, { args, environment, proxyAddress }: Situation): Plan {
  const common = { command, args, files: [], network: networkOf(environment), callsModel: true };
  const bases = variables.map((each) => ({ ...each, url: firstSet(...each.names.map((name) => environment[name])) ?? each.usual }));
  const wrong = bases.find(({ url }) => !isPlainAddress(url));
  if (wrong) {
    const note = `this launch runs without the proxy: ${wrong.names[0]} is no plain URL: ${wrong.url}`;
    return { ...common, environment: {}, upstream: wrong.usual, notes: [note], runsBare: true };
  }
  const split = bases.map(({ provider, names, url }) => ({ provider, names, ...splitAddress(url, ['/v1']) }));
  const ours: Environment = Object.fromEntries(
    split.flatMap(({ provider, names, tail }) => names.map((name) => [name, `${proxyAddress}/@${provider}${tail}`])),
  );
  return {
    ...common,
    environment: { ...ours, ...extendNoProxy(environment) },
    upstream: split[0]?.upstream ?? '',
    upstreams: Object.fromEntries(split.map(({ provider, upstream }) => [provider, upstream])),
    notes: [`requests pass through the proxy if this command honours ${variables.map(({ names: [name] }) => name).join(', ')}`],
    runsBare: false,
  };
}
