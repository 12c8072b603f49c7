/** The plan for opencode and its relatives: settings in a variable, laid over the user's own of that name. */
import type { Plan, Situation } from '../src/launch/wrapper.ts';
import { isPlainAddress, splitAddress } from './addresses.ts';
import { extendNoProxy, networkOf } from './environment.ts';
import { type BreedSettings, readBreedSettings } from './opencode-settings.ts';
import { isSettings, layOver, type Settings, settingsAt, textAt, valueAt } from './settings-json.ts';

/** What tells opencode from its relatives. */
export interface Breed {
  readonly title: string;
  /** Also its folders' name. */
  readonly command: string;
  /** What its variables begin with. */
  readonly variables: string;
  /** Names of its settings files, without ending, the weakest first. */
  readonly names: readonly string[];
  /** Subcommands that ask no model. */
  readonly withoutModel: readonly string[];
  /** A provider that is there without a key. */
  readonly ownGateway?: { readonly provider: string; readonly url: string };
  /** Subcommands that go on elsewhere or after us, and why. */
  readonly elsewhere?: Readonly<Record<string, string>>;
}

export function planBreed(situation: Situation, breed: Breed): Plan {
  const { args, environment, proxyAddress } = situation;
  const words = args.filter((word) => !word.startsWith('-'));
  const common = { command: breed.command, args, files: [], network: networkOf(environment), upstream: breed.ownGateway?.url ?? anthropic };
  const bare = { ...common, environment: {}, notes: [], runsBare: true };
  const asks = args.some((word) => ['-h', '--help', '-v', '--version'].includes(word)) || breed.withoutModel.includes(words[0] ?? '');
  if (asks) return { ...bare, callsModel: false };
  const reason = reasonElsewhere(args, words, breed);
  if (reason) return { ...bare, notes: [`this launch runs without the proxy: ${reason}`], callsModel: true };

  const settings = readBreedSettings(situation, breed);
  const covered = coveredProviders(settings, breed, environment);
  const provider = Object.fromEntries(covered.map(({ id, tail }) => [id, { options: { baseURL: `${proxyAddress}/@${id}${tail}` } }]));
  const ours: Settings = { provider, ...permissionFor(situation, settings), ...toolsFor(situation) };
  const [asked] = (modelOption(args) ?? textAt(settings.effective, 'model') ?? '').split('/');
  const isCovered = asked === '' || covered.some(({ id }) => id === asked);
  return {
    ...common,
    upstream: covered[0]?.upstream ?? common.upstream,
    upstreams: Object.fromEntries(covered.map(({ id, upstream }) => [id, upstream])),
    environment: {
      [`${breed.variables}_CONFIG_CONTENT`]: JSON.stringify(layOver(settings.inVariable, ours)),
      ...extendNoProxy(environment),
    },
    notes: isCovered ? [] : [`models of ${asked} are not covered: their requests do not pass through the proxy`],
    callsModel: true,
    runsBare: false,
  };
}

function reasonElsewhere(args: readonly string[], [first = '']: readonly string[], { elsewhere = {} }: Breed): string | undefined {
  if (first === 'attach' || args.some((word) => /^--attach(?:=|$)/.test(word))) return 'the server that it attaches to asks the model';
  return Object.hasOwn(elsewhere, first) ? elsewhere[first] : undefined;
}

const anthropic = 'https://api.anthropic.com';

interface Covered {
  readonly id: string;
  readonly upstream: string;
  readonly tail: string;
}

/** Providers that the user has: to name another would show its models as if there were a key. */
function coveredProviders(
  { effective, logins, known }: BreedSettings,
  { ownGateway }: Breed,
  environment: Situation['environment'],
): Covered[] {
  const named = Object.keys(settingsAt(effective, 'provider'));
  const withKey = Object.keys(known).filter((id) => known[id]?.keyVariables.some((name) => environment[name]));
  const all = new Set([...(ownGateway ? [ownGateway.provider] : []), ...named, ...Object.keys(logins), ...withKey]);
  return [...all].flatMap((id) => {
    // These choose their address by the account, whatever is set.
    if (logins[id] === 'oauth' || !/^[\w.-]+$/.test(id)) return [];
    const own = textAt(effective, 'provider', id, 'options', 'baseURL') ?? textAt(effective, 'provider', id, 'api');
    const address = spellOut(own, environment) ?? known[id]?.address ?? (id === ownGateway?.provider ? ownGateway.url : undefined);
    return address === undefined || !isPlainAddress(address) ? [] : [{ id, ...splitAddress(address, ['/v1beta', '/v1']) }];
  });
}

/** `{env:NAME}` stands for a variable in every setting; a name without value leaves no address. */
function spellOut(text: string | undefined, environment: Situation['environment']): string | undefined {
  return text?.replace(/\{env:([^}]+)\}/g, (_, name: string) => environment[name.trim()] ?? '');
}

/** The originals' folder may be read without a question; what the user decided about others stays. */
function permissionFor({ originalsFolder }: Situation, { effective }: BreedSettings): Settings {
  if (!originalsFolder) return {};
  const whole = valueAt(effective, 'permission');
  const own = valueAt(effective, 'permission', 'external_directory');
  const others = typeof own === 'string' ? { '*': own } : settingsAt(effective, 'permission', 'external_directory');
  const all = typeof whole === 'string' ? { '*': whole } : {};
  // The last pattern that fits counts.
  return { permission: { ...all, external_directory: { ...others, [`${originalsFolder}/*`]: 'allow' } } };
}

/** A setting by which every file is asked about, or none is opened; patterns of single files are not looked at. */
export function deniesReading(situation: Omit<Situation, 'proxyAddress' | 'privateFolder'>, breed: Breed): string | undefined {
  const permission = valueAt(readBreedSettings(situation, breed).effective, 'permission');
  const rules = typeof permission === 'string' ? { '*': permission } : isSettings(permission) ? permission : {};
  // The last one that fits counts.
  const [name, action] =
    Object.entries(rules)
      .flatMap(([tool, value]) => (tool === '*' || tool === 'read' ? [[tool, isSettings(value) ? value['*'] : value] as const] : []))
      .findLast(([, value]) => typeof value === 'string') ?? [];
  return action === 'ask' || action === 'deny' ? `permission ${name} is ${action} in ${breed.title}'s settings` : undefined;
}

function toolsFor({ toolServer }: Situation): Settings {
  if (!toolServer) return {};
  const { command, args, environment } = toolServer;
  return { mcp: { headroom: { type: 'local', command: [command, ...args], environment, enabled: true } } };
}

function modelOption(args: readonly string[]): string | undefined {
  const at = args.findIndex((word) => word === '-m' || word === '--model');
  return at < 0 ? args.find((word) => word.startsWith('--model='))?.slice('--model='.length) : args[at + 1];
}
