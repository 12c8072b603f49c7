/** Quantiles of measured times and plain aligned tables. It measures nothing. */

export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** By nearest rank. */
export function quantiles(values: readonly number[]): Quantiles {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** What the second of two runs side by side took longer than the first, round by round. */
export function differences(bare: readonly number[], withUs: readonly number[]): number[] {
  return withUs.map((value, round) => value - (bare[round] ?? Number.NaN));
}

/** Two digits after the point, as milliseconds are shown. */
export function milliseconds({ p50, p95, p99 }: Quantiles): string[] {
  return [p50, p95, p99].map((value) => value.toFixed(2));
}

/** Prints what was measured and how, in a sentence, and the rows below it: the first column to the left, figures to the right. */
export function printTable(sentence: string, rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => pad(cell, widths[column] ?? 0, column === 0)).join('  '));
  console.log(`\n${sentence}\n\n${lines.map((line) => `  ${line}`.trimEnd()).join('\n')}`);
}

function pad(cell: string, width: number, isFirst: boolean): string {
  return isFirst ? cell.padEnd(width) : cell.padStart(width);
}

/**
 * Milliseconds that something took: the smaller of the clock's time and the process's own, either of which is at least what it takes on an
 * idle machine. What other programs did meanwhile does not count.
 */
export function millisecondsOf(run: () => void): number {
  const used = process.cpuUsage();
  const began = performance.now();
  run();
  const passed = performance.now() - began;
  const { user, system } = process.cpuUsage(used);
  return Math.min(passed, (user + system) / 1000);
}
