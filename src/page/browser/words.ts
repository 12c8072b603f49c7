/** How the page spells sums and times. Estimates carry a tilde. */
import { sayDollars, sayNumber, sayShare } from '../../text/say-amount.ts';
import type { PageSum } from '../data.ts';
import { element } from './element.ts';
import type { Column } from './table.ts';

/** By the ledger's clock, UTC, as the days are. */
export function sayTime(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 19)}`;
}

export function sayRemoved({ removed }: Pick<PageSum, 'removed'>): string {
  return removed === 0 ? '0' : `~${sayNumber(removed)}`;
}

/** Of what requests would have held. */
export function shareOf({ removed, input }: Pick<PageSum, 'removed' | 'input'>): number {
  return input + removed > 0 ? removed / (input + removed) : 0;
}

export function saySaved({ saved, billed, unpriced }: PageSum): string {
  if (billed === 0 && unpriced > 0) return '–';
  return saved === 0 ? '$0' : `~${sayDollars(saved)}`;
}

/** A share in words, with a bar for the eye. */
export function showShare(share: number): HTMLElement {
  const bar = element('span', { class: 'bar', 'aria-hidden': 'true' });
  bar.style.setProperty('--share', `${Math.max(0, Math.min(1, share)) * 100}%`);
  return element('span', {}, sayShare(share, 1), bar);
}

/** The columns of every table of sums, behind the one that names the row. */
export function sumColumns<Row>(sumOf: (row: Row) => PageSum | undefined): readonly Column<Row>[] {
  const column = (title: string, value: (sum: PageSum) => number, show: (sum: PageSum) => string | HTMLElement): Column<Row> => ({
    title,
    isNumber: true,
    value: (row) => {
      const sum = sumOf(row);
      return sum ? value(sum) : -1;
    },
    show: (row) => {
      const sum = sumOf(row);
      return sum ? show(sum) : '–';
    },
  });
  return [
    column(
      'Requests',
      ({ requests }) => requests,
      ({ requests }) => sayNumber(requests),
    ),
    column(
      'Input tokens',
      ({ input }) => input,
      ({ input }) => sayNumber(input),
    ),
    column('Removed', ({ removed }) => removed, sayRemoved),
    column('Share', shareOf, (sum) => showShare(shareOf(sum))),
    column(
      'Billed',
      ({ billed }) => billed,
      (sum) => sayBilled(sum),
    ),
    column('Saved', ({ saved }) => saved, saySaved),
  ];
}

/** Dollars of what has no price are not known, which is not nothing. */
export function sayBilled({ billed, unpriced }: PageSum): string {
  return billed === 0 && unpriced > 0 ? 'no price' : sayDollars(billed);
}
