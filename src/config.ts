/**
 * What the user can choose, by flag, by environment or in the settings file: one list drives parsing, help and `headroom config`.
 * Defaults <- file <- environment <- flags. A pure part: nothing is read here.
 */
import { Failure } from './errors.ts';
import type { SessionSettings } from './launch/launch.ts';
import type { OwnPrices, Prices } from './tokens/prices.ts';

export interface Option {
  /** As commander spells it. */
  readonly flag: string;
  /** The same choice as an environment variable; an empty value counts as none. */
  readonly variable: string;
  readonly description: string;
  /** May be given several times; as a variable, several values with spaces between. */
  readonly repeats?: boolean;
  /** May stand in the settings file, under the flag's name. The rest is for one launch: a comparison that would be forgotten, a file to write. */
  readonly isKept?: boolean;
}

/** The options of `wrap`, in the order that help shows them. */
export const wrapOptions = {
  off: { flag: '--off', variable: 'HEADROOM_OFF', description: 'change nothing, only measure' },
  observe: { flag: '--observe', variable: 'HEADROOM_OBSERVE', description: 'change nothing, measure what would be removed' },
  profile: { flag: '--profile <name>', variable: 'HEADROOM_PROFILE', description: 'lossless or standard (the default)', isKept: true },
  upstream: {
    flag: '--upstream <url>',
    variable: 'HEADROOM_UPSTREAM',
    description: 'send requests there; anthropic=URL: those of one API',
    repeats: true,
    isKept: true,
  },
  cold: {
    flag: '--no-cold',
    variable: 'HEADROOM_NO_COLD',
    description: 'never rewrite old results, not even at a cold cache',
    isKept: true,
  },
  pty: { flag: '--no-pty', variable: 'HEADROOM_NO_PTY', description: 'run the agent on this terminal, without a relay', isKept: true },
  quiet: { flag: '--quiet', variable: 'HEADROOM_QUIET', description: 'print no notes and no receipt', isKept: true },
  receiptJson: { flag: '--receipt-json <file>', variable: 'HEADROOM_RECEIPT_JSON', description: "write the receipt's figures to a file" },
  ephemeral: {
    flag: '--ephemeral',
    variable: 'HEADROOM_EPHEMERAL',
    description: 'keep nothing: no originals, no line in the ledger',
    isKept: true,
  },
  price: {
    flag: '--price <model=prices>',
    variable: 'HEADROOM_PRICE',
    description: '$ per million tokens, as MODEL=input:3,output:15',
    repeats: true,
    isKept: true,
  },
  mcp: { flag: '--mcp', variable: 'HEADROOM_MCP', description: 'give the agent tools to compress and to retrieve' },
  explain: { flag: '--explain <file>', variable: 'HEADROOM_EXPLAIN', description: 'write what became of each tool result, as JSON lines' },
} as const satisfies Record<string, Option>;

/** Flags as commander hands them over; absent where the user gave none. */
export interface WrapFlags {
  readonly off?: boolean;
  readonly observe?: boolean;
  readonly profile?: string;
  readonly upstream?: readonly string[];
  /** False for `--no-pty` and `--no-cold`; commander says true where they are absent. */
  readonly pty?: boolean;
  readonly cold?: boolean;
  readonly quiet?: boolean;
  readonly ephemeral?: boolean;
  readonly mcp?: boolean;
  readonly receiptJson?: string;
  readonly explain?: string;
  readonly price?: readonly string[];
}

/** What the settings file holds, not checked yet. */
export interface SettingsFile {
  readonly path: string;
  readonly values: Readonly<Record<string, unknown>>;
}

type Environment = Readonly<Record<string, string | undefined>>;
export type OptionName = keyof typeof wrapOptions;

/** A `Failure` for a value that cannot be meant, naming where it came from. */
export function resolveWrapSettings(flags: WrapFlags, environment: Environment, file?: SettingsFile): SessionSettings {
  const choose = (name: OptionName) => chooseValue(name, flags, environment, file);
  const { all, ...upstreams } = readUpstreams(choose('upstream'));
  return {
    mode: chooseMode(flags, readSwitch(choose('off')), readSwitch(choose('observe'))),
    profile: readProfile(choose('profile')),
    upstream: all,
    upstreams,
    rewritesCold: !readSwitch(choose('cold')),
    usePty: !readSwitch(choose('pty')),
    isQuiet: readSwitch(choose('quiet')),
    receiptFile: readPath(choose('receiptJson')),
    explainFile: readPath(choose('explain')),
    isEphemeral: readSwitch(choose('ephemeral')),
    givesTools: readSwitch(choose('mcp')),
    prices: readPrices(choose('price')),
  };
}

/** A value and how the user gave it; `value` is undefined where nobody did. */
export interface Chosen {
  readonly value: unknown;
  readonly source: 'default' | 'file' | 'environment' | 'flag';
  /** The flag, the variable, or the file and its key. */
  readonly origin: string;
}

export function chooseValue(name: OptionName, flags: WrapFlags, environment: Environment, file?: SettingsFile): Chosen {
  const { variable, ...option } = wrapOptions[name];
  const flag = name === 'pty' || name === 'cold' ? flags[name] === false || undefined : flags[name];
  if (flag !== undefined) return { value: flag, source: 'flag', origin: `--${keyOf(name)}` };
  if (environment[variable]?.trim()) return { value: environment[variable], source: 'environment', origin: variable };
  const key = keyOf(name);
  if (!file || !('isKept' in option) || !Object.hasOwn(file.values, key)) return { value: undefined, source: 'default', origin: 'default' };
  return { value: file.values[key], source: 'file', origin: `${file.path}: ${key}` };
}

/** What the settings file calls it: `--no-pty` is `no-pty`. */
export function keyOf(name: OptionName): string {
  return /^--(\S+)/.exec(wrapOptions[name].flag)?.[1] ?? name;
}

/** A checked value, as the settings file holds it; undefined for no upstream. */
export function checkValue(name: OptionName, chosen: Chosen): boolean | string | readonly string[] | undefined {
  if (name === 'profile') return readProfile(chosen);
  if (name === 'price') readPrices(chosen);
  else if (name === 'upstream') readUpstreams(chosen);
  else return readSwitch(chosen);
  return listValues(chosen);
}

// A flag outweighs the environment; two flags contradict each other, and so do two variables.
function chooseMode(flags: WrapFlags, isOff: boolean, isObserving: boolean): SessionSettings['mode'] {
  const [off, observe] = flags.off || flags.observe ? [flags.off, flags.observe] : [isOff, isObserving];
  if (off && observe) throw new Failure('contradiction', '--off and --observe cannot go together', 'Choose one of them.');
  if (off) return 'off';
  return observe ? 'observe' : 'shrink';
}

export function readProfile({ value, origin }: Chosen): SessionSettings['profile'] {
  if (value === undefined || value === 'standard') return 'standard';
  if (value === 'lossless') return value;
  throw new Failure('unknown-profile', `${origin}: there is no profile ${quote(value)}`, 'Profiles: lossless, standard.');
}

const families = ['anthropic', 'openai', 'gemini', 'vertex', 'bedrock', 'chatgpt', 'codeassist'];

/** `URL` for all requests, `FAMILY=URL` for those of one family of APIs; the last of each counts. */
function readUpstreams(chosen: Chosen): Record<string, string> {
  const { origin, source } = chosen;
  const urls: Record<string, string> = {};
  for (const value of listValues(chosen) ?? []) {
    const [, family = 'all', url = ''] = (typeof value === 'string' && /^(?:([a-z]+)=)?(.*)$/s.exec(value)) || [];
    if (family !== 'all' && !families.includes(family))
      throw new Failure('bad-upstream', `${origin}: there is no API \`${family}\``, `APIs: ${families.join(', ')}.`);
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      const example = source === 'file' ? 'headroom config set upstream' : '--upstream';
      const message = `${origin}: ${quote(url || value)} is not an http or https URL`;
      throw new Failure('bad-upstream', message, `Example: ${example} https://api.anthropic.com`);
    }
    urls[family] = url;
  }
  return urls;
}

// Flags come one by one; a variable, and a single text in the file, may hold several.
function listValues({ value }: Chosen): readonly string[] | undefined {
  if (value === undefined || Array.isArray(value)) return value as readonly string[] | undefined;
  return typeof value === 'string' ? value.split(/\s+/).filter(Boolean) : [value as string];
}

const tierNames = ['input', 'output', 'read', 'write', 'write1h'];

/** `MODEL=input:3,output:15` and, where they differ from input, `read`, `write` and `write1h`. */
export function readPrices(chosen: Chosen): OwnPrices {
  return Object.fromEntries(
    (listValues(chosen) ?? []).map((value) => {
      const [, model = '', list = ''] = (typeof value === 'string' && /^([^=\s]+)=(.+)$/.exec(value)) || [];
      const given = new Map(list.split(',').map((part) => part.split(':') as [string, string]));
      const known = [...given].every(([tier, price]) => tierNames.includes(tier) && /^\d+(\.\d+)?$/.test(price ?? ''));
      const [fresh, output] = [given.get('input'), given.get('output')];
      if (!known || fresh === undefined || output === undefined) {
        const hint = 'Example: my-model=input:3,output:15,read:0.3,write:3.75,write1h:6';
        throw new Failure('bad-price', `${chosen.origin}: ${quote(value)} is no price list`, hint);
      }
      const write = given.get('write') ?? fresh;
      const prices: Prices = {
        fresh: Number(fresh),
        output: Number(output),
        cacheRead: Number(given.get('read') ?? fresh),
        cacheWrite5m: Number(write),
        cacheWrite1h: Number(given.get('write1h') ?? write),
      };
      return [model, prices];
    }),
  );
}

function readSwitch({ value, source, origin }: Chosen): boolean {
  const word = String(value ?? false)
    .trim()
    .toLowerCase();
  if (['0', 'false', 'no', 'off'].includes(word)) return false;
  if (['1', 'true', 'yes', 'on'].includes(word)) return true;
  const hint = source === 'environment' ? `Set ${origin}=1, or leave it out.` : 'It is true or false.';
  throw new Failure('bad-switch', `${origin}: ${quote(value)} is neither yes nor no`, hint);
}

function readPath({ value }: Chosen): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function quote(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
