/** The sums of the ledger on the page: in all, over time, and by what they are sums of. */
import { sayCount, sayDollars, sayNumber, sayShare } from '../../text/say-amount.ts';
import type { PageFigures, PageSum, PageSums } from '../data.ts';
import { createChart } from './chart.ts';
import { element, find } from './element.ts';
import { createTable } from './table.ts';
import { shareOf, showShare, sumColumns } from './words.ts';

export interface FiguresPart {
  update(figures: PageFigures): void;
}

interface Named<Value> {
  readonly name: string;
  readonly sum: Value;
}

export function createFiguresPart(): FiguresPart {
  const dollars = createChart({ place: 'dollars-chart', without: 'Without Headroom ~', was: 'Billed', say: sayDollars });
  const tokens = createChart({ place: 'tokens-chart', without: 'Without Headroom ~', was: 'Sent', say: sayShortly });
  const days = sumTable('day', 'By day, UTC', { sortedBy: 0, mostRows: 400 });
  const groups = {
    byAgent: sumTable('agent', 'By agent'),
    byModel: sumTable('model', 'By model'),
    byProject: sumTable('project', 'By project'),
  };
  const levers = createTable<Named<number> & { readonly share: number }>(find('lever-table'), {
    caption: 'By lever',
    empty: 'Nothing was removed yet.',
    keyOf: ({ name }) => name,
    sortedBy: 1,
    columns: [
      { title: 'Lever', value: ({ name }) => name },
      { title: 'Tokens removed', isNumber: true, value: ({ sum }) => sum, show: ({ sum }) => `~${sayNumber(sum)}` },
      { title: 'Of all input', isNumber: true, value: ({ share }) => share, show: ({ share }) => showShare(share) },
    ],
  });
  const left = createTable<Named<{ readonly results: number; readonly tokens: number }>>(find('left-table'), {
    caption: 'Left alone, by reason',
    empty: 'No result was left alone.',
    keyOf: ({ name }) => name,
    sortedBy: 2,
    columns: [
      { title: 'Reason', value: ({ name }) => name },
      { title: 'Results', isNumber: true, value: ({ sum }) => sum.results, show: ({ sum }) => sayNumber(sum.results) },
      {
        title: 'Tokens (o200k)',
        isNumber: true,
        value: ({ sum }) => sum.tokens,
        show: ({ sum }) => (sum.tokens > 0 ? sayNumber(sum.tokens) : 'not counted'),
      },
    ],
  });
  const removed = ({ before, after }: KindSum) => (before > 0 ? (before - after) / before : 0);
  const kinds = createTable<Named<KindSum>>(find('kind-table'), {
    caption: 'By kind of result, each result once',
    empty: 'No result yet.',
    keyOf: ({ name }) => name,
    sortedBy: 2,
    columns: [
      { title: 'Kind', value: ({ name }) => name },
      { title: 'Results', isNumber: true, value: ({ sum }) => sum.results, show: ({ sum }) => sayNumber(sum.results) },
      { title: 'Before (o200k)', isNumber: true, value: ({ sum }) => sum.before, show: ({ sum }) => sayNumber(sum.before) },
      { title: 'After', isNumber: true, value: ({ sum }) => sum.after, show: ({ sum }) => sayNumber(sum.after) },
      { title: 'Removed', isNumber: true, value: ({ sum }) => removed(sum), show: ({ sum }) => showShare(removed(sum)) },
    ],
  });

  return {
    update: (figures) => {
      const { all, byDay, byLever, byKind, leftAlone } = figures;
      find('totals').replaceChildren(...cards(figures));
      const ordered = Object.entries(byDay).sort(([one], [other]) => (one < other ? -1 : 1));
      const below = 'The table below has every day.';
      const span = ordered.length > 0 ? `${sayCount(ordered.length, 'day')}, ${ordered[0]?.[0]} to ${ordered.at(-1)?.[0]}` : 'no day yet';
      dollars.update(
        ordered.map(([day, { billed, saved }]) => ({ day, without: billed + saved, was: billed })),
        `Bars: dollars by day, ${span}; billed ${sayDollars(all.billed)} in all, about ${sayDollars(all.saved)} saved. ${below}`,
      );
      tokens.update(
        ordered.map(([day, { input, removed }]) => ({ day, without: input + removed, was: input })),
        `Bars: input tokens by day, ${span}; ${sayNumber(all.input)} sent in all, about ${sayNumber(all.removed)} removed. ${below}`,
      );
      days.update(named(byDay));
      for (const [by, table] of Object.entries(groups)) table.update(named(figures[by as keyof typeof groups]));
      levers.update(named(byLever).map((row) => ({ ...row, share: row.sum / (all.input + all.removed || 1) })));
      left.update(named(leftAlone));
      kinds.update(named(byKind));
    },
  };
}

type KindSum = PageFigures['byKind'][string];

function named<Value>(group: Readonly<Record<string, Value>>): readonly Named<Value>[] {
  return Object.entries(group).map(([name, sum]) => ({ name, sum }));
}

function sumTable(
  name: string,
  caption: string,
  { sortedBy = 6, mostRows = 12 } = {},
): { update(rows: readonly Named<PageSums[string]>[]): void } {
  return createTable<Named<PageSum>>(find(`${name}-table`), {
    caption,
    empty: `No ${name} yet.`,
    keyOf: (row) => row.name,
    sortedBy,
    columns: [{ title: name[0]?.toUpperCase() + name.slice(1), value: (row) => row.name }, ...sumColumns<Named<PageSum>>(({ sum }) => sum)],
    mostRows,
    look: 'is-sums',
  });
}

function cards({ all, launches, added, subscription }: PageFigures): readonly HTMLElement[] {
  const bySubscription = subscription > 0 && subscription === all.requests;
  return [
    card('Saved', all.saved === 0 ? '$0' : `~${sayDollars(all.saved)}`, saySavedShare(all), all.saved < 0 ? 'is-worse' : 'is-saved'),
    card(bySubscription ? 'Value at API prices' : 'Billed', sayDollars(all.billed), `${sayCount(all.requests, 'request')} to the model`),
    card('Tokens removed', `~${sayNumber(all.removed)}`, `about ${sayShare(shareOf(all), 1)} of the input`),
    card('Input tokens sent', sayNumber(all.input), `in ${sayNumber(launches)} ${launches === 1 ? 'launch' : 'launches'}`),
    card('Time added', `${added.p50.toFixed(1)} ms`, `a request at the median, ${added.p95.toFixed(1)} ms at p95`),
  ];
}

function saySavedShare({ billed, saved }: PageSum): string {
  const before = billed + saved;
  if (before <= 0) return saved < 0 ? 'dearer than without' : 'nothing was billed yet';
  return saved < 0
    ? `about ${sayShare(-saved, before)} dearer than without`
    : `about ${sayShare(saved, before)} of what it would have been`;
}

function card(title: string, figure: string, note: string, kind = ''): HTMLElement {
  return element('div', {}, element('dt', {}, title), element('dd', { class: `figure ${kind}` }, figure), element('dd', {}, note));
}

/** For an axis: 1,500,000 is 1.5 M. */
function sayShortly(value: number): string {
  const [size, unit] = value >= 1e9 ? [1e9, ' G'] : value >= 1e6 ? [1e6, ' M'] : value >= 1e3 ? [1e3, ' k'] : [1, ''];
  return `${Number((value / size).toPrecision(3))}${unit}`;
}
