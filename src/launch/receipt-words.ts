/** How the receipt spells its rows, numbers and times. */

export function row(label: string, text: string): string {
  return `  ${label.padEnd(7)} ${text}`;
}

export function sorted(counts: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(counts).sort(([, one], [, other]) => other - one);
}

export function share(part: number, whole: number): number {
  return whole > 0 ? Math.round((part / whole) * 10_000) / 10_000 : 0;
}

export function sayShare(part: number, whole: number): string {
  const percent = share(part, whole) * 100;
  return percent > 0 && percent < 0.1 ? '<0.1%' : `${percent.toFixed(percent < 10 ? 1 : 0)}%`;
}

export function sayNumber(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function sayCount(count: number, noun: string): string {
  return `${sayNumber(count)} ${noun}${count === 1 ? '' : 's'}`;
}

export function sayTimes(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

export function sayDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
