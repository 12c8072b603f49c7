/** Amounts in words for people: counts with their noun, shares, dollars, times, bytes in decimal units. */

export function sayNumber(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function sayCount(count: number, noun: string): string {
  return `${sayNumber(count)} ${noun}${count === 1 ? '' : noun.endsWith('ch') ? 'es' : 's'}`;
}

export function share(part: number, whole: number): number {
  return whole > 0 ? Math.round((part / whole) * 10_000) / 10_000 : 0;
}

export function sayShare(part: number, whole: number): string {
  const percent = share(part, whole) * 100;
  // All is said only where it is all.
  if (percent >= 99.5 && percent < 100) return '>99%';
  return percent > 0 && percent < 0.1 ? '<0.1%' : `${percent.toFixed(percent < 10 ? 1 : 0)}%`;
}

/** Two digits after the point from a dollar on, two that say something below it. */
export function sayDollars(dollars: number): string {
  const amount = Math.abs(dollars);
  const sign = dollars < 0 ? '-' : '';
  if (amount >= 1) return `${sign}$${amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  if (amount < 0.0001) return amount === 0 ? '$0' : `${sign}<$0.0001`;
  return `${sign}$${amount.toFixed(Math.min(6, 1 - Math.floor(Math.log10(amount))))}`;
}

export function sayDuration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

export function sayBytes(bytes: number): string {
  if (bytes < 1000) return sayCount(bytes, 'byte');
  const units = ['kB', 'MB', 'GB'];
  let value = bytes / 1000;
  while (value >= 999.95 && units.length > 1) {
    value /= 1000;
    units.shift();
  }
  return `${value.toFixed(1)} ${units[0]}`;
}
