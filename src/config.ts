/** What the user can choose, by flag or by environment: one list drives parsing, help and this page. Defaults <- environment <- flags. */
import { Failure } from './errors.ts';
import type { SessionSettings } from './launch/launch.ts';

export interface Option {
  /** As commander spells it. */
  readonly flag: string;
  /** The same choice as an environment variable; an empty value counts as none. */
  readonly variable: string;
  readonly description: string;
  /** May be given several times; as a variable, several values with spaces between. */
  readonly repeats?: boolean;
}

/** The options of `wrap`, in the order that help shows them. */
export const wrapOptions = {
  off: { flag: '--off', variable: 'HEADROOM_OFF', description: 'change nothing, only measure' },
  observe: { flag: '--observe', variable: 'HEADROOM_OBSERVE', description: 'change nothing, measure what would be removed' },
  profile: { flag: '--profile <name>', variable: 'HEADROOM_PROFILE', description: 'lossless or standard (the default)' },
  upstream: {
    flag: '--upstream <url>',
    variable: 'HEADROOM_UPSTREAM',
    description: 'send requests there, not where the agent would; anthropic=URL or openai=URL for one API alone',
    repeats: true,
  },
  pty: { flag: '--no-pty', variable: 'HEADROOM_NO_PTY', description: 'run the agent on this terminal, without a relay' },
  quiet: { flag: '--quiet', variable: 'HEADROOM_QUIET', description: 'print no notes and no receipt' },
  receiptJson: { flag: '--receipt-json <file>', variable: 'HEADROOM_RECEIPT_JSON', description: "write the receipt's figures to a file" },
  ephemeral: { flag: '--ephemeral', variable: 'HEADROOM_EPHEMERAL', description: 'keep nothing: no originals, no line in the ledger' },
  explain: { flag: '--explain <file>', variable: 'HEADROOM_EXPLAIN', description: 'write what became of each tool result, as JSON lines' },
} as const satisfies Record<string, Option>;

/** Flags as commander hands them over; absent where the user gave none. */
export interface WrapFlags {
  readonly off?: boolean;
  readonly observe?: boolean;
  readonly profile?: string;
  readonly upstream?: readonly string[];
  /** False for `--no-pty`; commander says true where it is absent. */
  readonly pty?: boolean;
  readonly quiet?: boolean;
  readonly ephemeral?: boolean;
  readonly receiptJson?: string;
  readonly explain?: string;
}

/** A `Failure` for a value that cannot be meant, naming where it came from. */
export function resolveWrapSettings(flags: WrapFlags, environment: Readonly<Record<string, string | undefined>>): SessionSettings {
  const isOn = (name: 'off' | 'observe' | 'quiet' | 'pty' | 'ephemeral') => readSwitch(wrapOptions[name].variable, environment);
  const choose = (name: 'profile' | 'receiptJson' | 'explain') => chooseValue(flags[name], wrapOptions[name], environment);
  return {
    mode: chooseMode(flags, isOn('off'), isOn('observe')),
    profile: readProfile(choose('profile')),
    ...readUpstreams(flags.upstream, environment),
    usePty: flags.pty !== false && !isOn('pty'),
    isQuiet: flags.quiet ?? isOn('quiet'),
    receiptFile: choose('receiptJson').value,
    explainFile: choose('explain').value,
    isEphemeral: flags.ephemeral ?? isOn('ephemeral'),
  };
}

/** A value and how the user gave it. */
interface Chosen {
  readonly value: string | undefined;
  readonly origin: string;
}

function chooseValue(
  flag: string | undefined,
  { flag: spelling, variable }: Option,
  environment: Readonly<Record<string, string | undefined>>,
): Chosen {
  const [name = ''] = spelling.split(' ');
  if (flag !== undefined) return { value: flag, origin: name };
  return { value: environment[variable] || undefined, origin: variable };
}

// A flag outweighs the environment; two flags contradict each other, and so do two variables.
function chooseMode(flags: WrapFlags, isOff: boolean, isObserving: boolean): SessionSettings['mode'] {
  const [off, observe] = flags.off || flags.observe ? [flags.off, flags.observe] : [isOff, isObserving];
  if (off && observe) throw new Failure('contradiction', '--off and --observe cannot go together', 'Choose one of them.');
  if (off) return 'off';
  return observe ? 'observe' : 'shrink';
}

function readProfile({ value, origin }: Chosen): SessionSettings['profile'] {
  if (value === undefined || value === 'standard') return 'standard';
  if (value === 'lossless') return value;
  throw new Failure('unknown-profile', `${origin}: there is no profile \`${value}\``, 'Profiles: lossless, standard.');
}

const families = ['anthropic', 'openai'];

/** `URL` for all requests, `FAMILY=URL` for those of one family of APIs; the last of each counts. */
function readUpstreams(
  flags: readonly string[] | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Pick<SessionSettings, 'upstream' | 'upstreams'> {
  const { variable } = wrapOptions.upstream;
  const origin = flags ? '--upstream' : variable;
  const values = flags ?? (environment[variable] ?? '').split(/\s+/).filter(Boolean);
  const chosen: Record<string, string> = {};
  for (const value of values) {
    const [, family = 'all', url = ''] = /^(?:([a-z]+)=)?(.*)$/s.exec(value) ?? [];
    if (family !== 'all' && !families.includes(family))
      throw new Failure('bad-upstream', `${origin}: there is no API \`${family}\``, `APIs: ${families.join(', ')}.`);
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      throw new Failure(
        'bad-upstream',
        `${origin}: \`${url}\` is not an http or https URL`,
        'Example: --upstream https://api.anthropic.com',
      );
    chosen[family] = url;
  }
  const { all, ...upstreams } = chosen;
  return { upstream: all, upstreams };
}

function readSwitch(variable: string, environment: Readonly<Record<string, string | undefined>>): boolean {
  const value = environment[variable]?.trim().toLowerCase() ?? '';
  if (['', '0', 'false', 'no', 'off'].includes(value)) return false;
  if (['1', 'true', 'yes', 'on'].includes(value)) return true;
  throw new Failure('bad-switch', `${variable}: \`${value}\` is neither yes nor no`, `Set ${variable}=1, or leave it out.`);
}
