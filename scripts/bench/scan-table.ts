/** Prints what `scan.ts` measures. */
import { benchScan } from './scan.ts';
import { printTable } from './statistics.ts';

export function printScan(): void {
  printTable(
    'Finding the text of a body, ms, medians in one process, the three ways in turn: the scanner alone, scanner and chain keys of every\nblock, and `JSON.parse` of the same bytes beside them.',
    [
      ['body', 'bytes', 'blocks', 'scan', 'scan + chain', 'JSON.parse'],
      ...benchScan().map(({ body, bytes, blocks, scan, scanAndChain, parse }) => [
        body,
        String(bytes),
        String(blocks),
        ...[scan, scanAndChain, parse].map((value) => value.toFixed(2)),
      ]),
    ],
  );
}
