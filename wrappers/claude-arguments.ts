/** Claude Code's command line, as far as a launch depends on it. Everything else passes unread. */

export interface SettingsArgument {
  /** What Claude reads: the last one counts. */
  readonly value: string;
  /** The arguments without any `--settings`. */
  readonly others: readonly string[];
}

/** The user's own `--settings`, in either spelling; undefined where there is none, or where it lacks its value and Claude will say so. */
export function findSettingsArgument(args: readonly string[]): SettingsArgument | undefined {
  let value: string | undefined;
  const others: string[] = [];
  const end = optionsEnd(args);
  for (let index = 0; index < args.length; index++) {
    const word = args[index] ?? '';
    if (index >= end) others.push(word);
    else if (word.startsWith('--settings=')) value = word.slice('--settings='.length);
    else if (word === '--settings' && index + 1 < args.length) value = args[++index];
    else others.push(word);
  }
  return value === undefined ? undefined : { value, others };
}

/** The value of a long option in either spelling, the last one. */
export function optionValue(args: readonly string[], name: string): string | undefined {
  const end = optionsEnd(args);
  let value: string | undefined;
  for (let index = 0; index < end; index++) {
    const word = args[index] ?? '';
    if (word.startsWith(`${name}=`)) value = word.slice(name.length + 1);
    else if (word === name) value = args[index + 1];
  }
  return value;
}

/** Whether one of these options stands among the arguments, alone or with `=value`. */
export function findOption(args: readonly string[], names: readonly string[]): string | undefined {
  return args
    .slice(0, optionsEnd(args))
    .map((word) => word.split('=', 1)[0] ?? '')
    .find((word) => names.includes(word));
}

/** What a launch is, before anything else is asked. */
export type LaunchKind =
  /** A conversation, or something that may become one. */
  | { readonly kind: 'conversation' }
  /** `claude mcp list`, `claude --version`. `isCertain` is false for words that only older versions take for a subcommand. */
  | { readonly kind: 'no-model'; readonly isCertain: boolean }
  /** It goes on elsewhere or after us: the reason, to follow "this launch runs without the proxy: ". */
  | { readonly kind: 'elsewhere'; readonly reason: string };

/** Tells by the first word and by the options. */
export function classifyLaunch(args: readonly string[]): LaunchKind {
  const [first = '', second = ''] = args;
  if (first === 'auto-mode' && second === 'critique') return { kind: 'conversation' };
  if (subcommandsWithoutModel.has(first)) return { kind: 'no-model', isCertain: true };
  if (findOption(args, ['--version', '-v', '--help', '-h'])) return { kind: 'no-model', isCertain: true };
  if (backgroundSubcommands.has(first)) return { kind: 'elsewhere', reason: `\`claude ${first}\` works with sessions that outlive it` };
  if (first === 'remote-control' || first === 'rc') return { kind: 'elsewhere', reason: remoteControlReason };
  if (first === 'ultrareview') return { kind: 'elsewhere', reason: 'the review runs in the cloud' };
  const option = findOption(args, Object.keys(optionsThatLead));
  if (option) return { kind: 'elsewhere', reason: optionsThatLead[option] ?? '' };
  if (olderSubcommands.has(first)) return { kind: 'no-model', isCertain: false };
  return { kind: 'conversation' };
}

const remoteControlReason = 'Remote Control does not work behind a base URL';

const optionsThatLead: Readonly<Record<string, string>> = {
  '--bg': 'a background session outlives it',
  '--background': 'a background session outlives it',
  '--tmux': 'a session in tmux can outlive it',
  '--cloud': 'the session runs in the cloud',
  '--environment': 'the session runs in the cloud',
  '--desktop': 'the session runs in the desktop app',
  '--remote-control': remoteControlReason,
};

const subcommandsWithoutModel: ReadonlySet<string> = new Set(
  'auth auto-mode doctor gateway import install logs mcp plugin plugins project purge rm setup-token stop kill update upgrade'.split(' '),
);
const backgroundSubcommands: ReadonlySet<string> = new Set(['agents', 'attach', 'respawn']);
const olderSubcommands: ReadonlySet<string> = new Set(['config', 'login', 'logout', 'migrate-installer']);

function optionsEnd(args: readonly string[]): number {
  const end = args.indexOf('--');
  return end < 0 ? args.length : end;
}
