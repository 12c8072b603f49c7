/** What `headroom_compress` may be told of a text, and where it keeps it. Loads nothing: it is there before the kinds of text are. */

/** Puts a text where `headroom_retrieve` finds it; its name, or why not. */
export type KeepContent = (text: string) => { readonly name: string } | { readonly reason: string };

const commands: Readonly<Record<string, string>> = {
  file: 'cat file',
  diff: 'git diff',
  search: 'grep -rn word .',
  listing: 'ls -l',
  log: 'docker logs service',
};

/** Words for what a text is; each stands for a command that prints such. */
export const kinds: readonly string[] = Object.keys(commands);

/** Other words, which say no more than the text itself. */
const saysNothing = /^(?:auto|code-?block|csv|html|json|other|output|prose|text|tool|unknown|xml|ya?ml)$/;

/** The shell command that a kind stands for, or is. */
export function commandOfKind(kind = ''): string | undefined {
  const hint = kind.trim();
  const word = hint
    .toLowerCase()
    .replace(/^(?:code|source)$/, 'file')
    .replace(/s$/, '');
  if (hint === '' || saysNothing.test(word)) return undefined;
  return Object.hasOwn(commands, word) ? commands[word] : hint;
}
