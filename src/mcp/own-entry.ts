/** Whether an entry in an agent's file starts our own program, whichever way the agent spells that. Pure. */

interface Spelled {
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, unknown>>;
}

/** The program and its words; undefined for servers at an address, and for what is no entry. */
export function readServer(entry: unknown): Spelled | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { command, args, env, environment } = entry as Readonly<Record<string, unknown>>;
  const words = [command, args].flat().filter((word) => word !== undefined);
  if (words.length === 0 || !words.every((word) => typeof word === 'string')) return undefined;
  return { words, environment: (env ?? environment ?? {}) as Spelled['environment'] };
}

/** Ours, of this or another version or place: Node, our `cli.js`, `mcp`. The Python original's entry starts `headroom`. */
export function isOwnEntry(entry: unknown): boolean {
  const [, file = '', word, ...others] = readServer(entry)?.words ?? [];
  return /[\\/]cli\.js$/.test(file) && word === 'mcp' && others.length === 0;
}

/** Whether two entries start the same program with the same words and variables. */
export function isSameEntry(one: unknown, other: unknown): boolean {
  const [a, b] = [readServer(one), readServer(other)];
  return a !== undefined && b !== undefined && JSON.stringify([a.words, a.environment]) === JSON.stringify([b.words, b.environment]);
}
