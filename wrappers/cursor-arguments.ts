/** The Cursor CLI's command line, as far as a launch depends on it. Everything else passes unread. */

export type LaunchKind =
  | { readonly kind: 'conversation' }
  | { readonly kind: 'no-model' }
  /** Its tools do not run here: the reason, to follow "nothing is shrunk in this launch: ". */
  | { readonly kind: 'elsewhere'; readonly reason: string };

/** Options that take the next word, where their value does not stand in the same one; some do so only where it is no option. */
const valued: ReadonlySet<string> = new Set(
  (
    '--api-key -H --header --output-format --mode --model --sandbox --workspace -n --name --worktree-base --plugin-dir ' +
    '--resume -w --worktree --endpoint -e'
  ).split(' '),
);

const withoutModel: ReadonlySet<string> = new Set(
  (
    'login logout status whoami about models update upgrade mcp plugin help create-chat install-shell-integration ' +
    'uninstall-shell-integration completion'
  ).split(' '),
);

const asking: ReadonlySet<string> = new Set(['-h', '--help', '-v', '--version', '--list-models']);

export function classifyLaunch(args: readonly string[]): LaunchKind {
  let first: string | undefined;
  for (let at = 0; at < args.length && args[at] !== '--'; at++) {
    const word = args[at] ?? '';
    if (asking.has(word)) return { kind: 'no-model' };
    if (word === '-c' || word === '--cloud') return { kind: 'elsewhere', reason: 'a cloud agent runs its tools in the cloud' };
    if (valued.has(word) && !args[at + 1]?.startsWith('-')) at++;
    else if (!word.startsWith('-')) first ??= word;
  }
  if (first === 'worker') return { kind: 'elsewhere', reason: 'a worker serves sessions of others' };
  return { kind: first !== undefined && withoutModel.has(first) ? 'no-model' : 'conversation' };
}
