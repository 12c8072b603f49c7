/** Reads an excerpt as a model would: which lines of its original it shows. Throws where a note counts wrong or a line is not the original's. */

const gap = /^\[… (\d+) (?:line|row)s?(?:: .*)?\]$/;

export function shownBy(original: string, excerpt: string): { readonly shown: readonly string[]; readonly hidden: number } {
  const lines = original.split('\n');
  const shown: string[] = [];
  let [at, hidden] = [0, 0];
  for (const line of excerpt.split('\n')) {
    const count = Number(gap.exec(line)?.[1] ?? 0);
    if (count === 0) {
      if (line !== lines[at]) throw new Error(`line ${at + 1}: ${JSON.stringify(line)} is not ${JSON.stringify(lines[at])}`);
      shown.push(line);
    }
    at += count || 1;
    hidden += count;
  }
  if (at !== lines.length) throw new Error(`the notes leave ${lines.length - at} lines unaccounted for`);
  return { shown, hidden };
}
