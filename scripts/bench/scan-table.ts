/** Prints what `scan.ts` measures. */
import { benchScan } from './scan.ts';
import { printTable } from './statistics.ts';

export function printScan(): void {
  printTable(
    'Finding the text of a body, ms, medians in one process, all ways in turn: the scanner alone; scanner and chain keys of every block of a body\nnever seen; the same after a body that lacks the last call and its result; `JSON.parse` of the same bytes beside them.',
    [
      ['body', 'bytes', 'blocks', 'scan', 'first reading', 'next reading', 'JSON.parse'],
      ...benchScan().map(({ body, bytes, blocks, scan, scanAndChain, next, parse }) => [
        body,
        String(bytes),
        String(blocks),
        ...[scan, scanAndChain, next, parse].map((value) => value.toFixed(2)),
      ]),
    ],
  );
}
