/** Plain aligned tables of 80 columns: the first column to the left, figures to the right. Where they are wider, names in the first are cut. */

const mostColumns = 80;
const leastName = 16;

export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = Array.from({ length: rows[0]?.length ?? 0 }, (_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const [longest = 0, ...others] = widths;
  const first = Math.min(longest, Math.max(leastName, mostColumns - others.reduce((sum, width) => sum + 2 + width, 0)));
  const write = (cell: string, column: number) => (column === 0 ? cut(cell, first).padEnd(first) : cell.padStart(widths[column] ?? 0));
  return rows.map((row) => row.map(write).join('  ').trimEnd());
}

/** The whole stands in JSON and CSV. */
function cut(name: string, most: number): string {
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}

/** How many of the best and of the worst are shown. */
const mostEnds = 3;

/** The ends of a list by share, in two tables; none where there are too few to have ends. */
export function endsTables<T>(
  items: readonly T[],
  shareOf: (item: T) => number,
  noun: string,
  head: readonly string[],
  row: (item: T) => readonly string[],
): readonly string[] {
  const sorted = [...items].sort((one, other) => shareOf(other) - shareOf(one));
  const count = Math.min(mostEnds, Math.floor(sorted.length / 2));
  if (count === 0) return [];
  const ends = [
    [`best ${noun}`, sorted.slice(0, count)],
    [`worst ${noun}`, sorted.slice(-count).reverse()],
  ] as const;
  return ends.flatMap(([title, some]) => [...table([[title, ...head], ...some.map(row)]), '']);
}
