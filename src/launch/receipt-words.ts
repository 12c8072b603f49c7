/** How the receipt spells its rows. */

export function row(label: string, text: string): string {
  return `  ${label.padEnd(7)} ${text}`;
}

export function sorted(counts: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(counts).sort(([, one], [, other]) => other - one);
}

export function sayTimes(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
