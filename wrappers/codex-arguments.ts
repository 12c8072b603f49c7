/** Codex's command line, as far as a launch depends on it. Everything else passes unread. */

/** One `-c key=value` of the user's. */
export interface Override {
  readonly key: string;
  /** TOML, or a plain string where it is none. */
  readonly value: string;
  /** The place after it among the arguments. */
  readonly next: number;
}

export interface CodexArguments {
  /** The first word that is no option: a subcommand, a prompt, or nothing. */
  readonly words: readonly string[];
  /** Names of the options, without values. */
  readonly options: ReadonlySet<string>;
  /** In their order: later ones win, also over earlier ones before the subcommand. */
  readonly overrides: readonly Override[];
  readonly profile: string | undefined;
}

/** Options that take the next word, where their value does not stand in the same one. */
const valued: ReadonlySet<string> = new Set(
  (
    '-c --config --enable --disable --remote --remote-auth-token-env -m --model --local-provider -p --profile -s --sandbox -C --cd ' +
    '--add-dir -a --ask-for-approval --thread-source --color -o --output-last-message --output-schema --base --commit --title'
  ).split(' '),
);
/** Those that take every word up to the next option. */
const greedy: ReadonlySet<string> = new Set(['-i', '--image']);

export function readArguments(args: readonly string[]): CodexArguments {
  const words: string[] = [];
  const options = new Set<string>();
  const overrides: Override[] = [];
  let profile: string | undefined;
  for (let at = 0; at < args.length && args[at] !== '--'; at++) {
    const word = args[at] ?? '';
    if (!word.startsWith('-') || word === '-') {
      words.push(word);
      continue;
    }
    const { name, value: attached } = split(word);
    options.add(name);
    const value = attached ?? (valued.has(name) ? args[++at] : undefined);
    if (greedy.has(name) && attached === undefined) while (at + 1 < args.length && !args[at + 1]?.startsWith('-')) at++;
    if (name === '-p' || name === '--profile') profile = value ?? profile;
    if ((name === '-c' || name === '--config') && value?.includes('=')) overrides.push(readOverride(value, at + 1));
  }
  return { words, options, overrides, profile };
}

/** What a launch is, before anything else is asked. */
export type LaunchKind =
  /** Something that asks the model from here; `isExec`: without a screen. */
  | { readonly kind: 'conversation'; readonly isExec: boolean }
  | { readonly kind: 'no-model' }
  /** It goes on elsewhere or after us: the reason, to follow "this launch runs without the proxy: ". */
  | { readonly kind: 'elsewhere'; readonly reason: string };

export function classifyLaunch({ words, options }: CodexArguments): LaunchKind {
  const [first = '', second = ''] = words;
  if (['-h', '--help', '-V', '--version'].some((name) => options.has(name)) || withoutModel.has(first)) return { kind: 'no-model' };
  if (first === 'app-server' && second !== '') {
    return second === 'daemon' ? { kind: 'elsewhere', reason: outlives } : { kind: 'no-model' };
  }
  const reason = options.has('--remote') ? 'the remote server asks the model' : leadingAway[first];
  if (reason) return { kind: 'elsewhere', reason };
  return { kind: 'conversation', isExec: ['exec', 'e', 'review'].includes(first) };
}

const outlives = 'it works with sessions that outlive it';

const leadingAway: Readonly<Record<string, string | undefined>> = Object.assign(Object.create(null), {
  agents: outlives,
  queue: outlives,
  'remote-control': outlives,
  cloud: 'its tasks run in the cloud',
});

const withoutModel: ReadonlySet<string> = new Set(
  (
    'login logout mcp plugin completion update doctor sandbox debug apply a archive unarchive delete features help exec-server ' +
    'migrate-rollouts migrate-nfs-db'
  ).split(' '),
);

/** `--name=value`, `-nvalue`, `-n=value` or the name alone. */
function split(word: string): { readonly name: string; readonly value: string | undefined } {
  if (word.startsWith('--')) {
    const at = word.indexOf('=');
    return at < 0 ? { name: word, value: undefined } : { name: word.slice(0, at), value: word.slice(at + 1) };
  }
  const name = word.slice(0, 2);
  if (word.length === 2) return { name, value: undefined };
  return valued.has(name) || greedy.has(name) ? { name, value: word.slice(2).replace(/^=/, '') } : { name: word, value: undefined };
}

function readOverride(text: string, next: number): Override {
  const at = text.indexOf('=');
  return { key: text.slice(0, at).trim(), value: text.slice(at + 1).trim(), next };
}
