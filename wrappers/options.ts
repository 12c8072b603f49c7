/** Options of command lines as most agents read them: `--name value` or `--name=value`. A pure function. */

/** The first of these names with its value, and the arguments without both. */
export function takeOption(
  args: readonly string[],
  ...names: readonly string[]
): { readonly value: string | undefined; readonly others: readonly string[] } {
  const at = args.findIndex((word) => names.some((name) => word === name || word.startsWith(`${name}=`)));
  const word = args[at];
  if (word === undefined) return { value: undefined, others: args };
  const isAttached = !names.includes(word);
  return { value: isAttached ? word.slice(word.indexOf('=') + 1) : args[at + 1], others: args.toSpliced(at, isAttached ? 1 : 2) };
}
