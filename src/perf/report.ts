/** Prints a summary of the ledger: lines for people, rows for spreadsheets. Estimates carry a tilde. */
import { sayCount, sayDollars, sayNumber, sayShare } from '../text/say-amount.ts';
import { sayCharge } from '../tokens/bill.ts';
import { priceSource } from '../tokens/prices.ts';
import { kindTable } from './kind-table.ts';
import type { PerfSummary, RequestSum, SessionSum } from './summary.ts';
import { endsTables, table } from './table.ts';

const mostRows = 12;

export function reportLines(summary: PerfSummary): readonly string[] {
  const { from = '', to = '', launches, all, observed, added, subscription } = summary;
  const days = from.slice(0, 10) === to.slice(0, 10) ? from.slice(0, 10) : `${from.slice(0, 10)} to ${to.slice(0, 10)}`;
  const lines = [`${days} · ${sayCount(launches, 'launch')} · ${sayCount(all.requests, 'request')} to the model`];
  lines.push(
    `  input   ${sayInput(all)}`,
    `  ${subscription === all.requests && subscription > 0 ? 'value' : 'cost '}   ${sayCost(all)} (API prices: ${priceSource})`,
  );
  lines.push(...charges(all), ...coldLines(summary));
  if (all.unpriced > 0)
    lines.push(`          no price known for ${sayCount(all.unpriced, 'request')}: ${unpricedModels(summary).join(', ')}`);
  if (subscription > 0)
    lines.push(`          ${sayCount(subscription, 'request')} paid by subscription: shown at what the API would have billed`);
  if (observed.requests > 0)
    lines.push(
      `          ${sayCount(observed.requests, 'request')} only observed: their ~${sayNumber(observed.removed)} tokens would have been removed`,
    );
  lines.push(
    `  added   ${milliseconds(added.p50)} a request at the median, ${milliseconds(added.p95)} at p95, ${milliseconds(added.most)} at most`,
  );
  lines.push(...troubles(summary), '');
  lines.push(...requestTable('day', Object.entries(summary.byDay).sort(byName).reverse()));
  for (const [name, group] of [
    ['agent', summary.byAgent],
    ['model', summary.byModel],
    ['project', summary.byProject],
  ] as const)
    lines.push(...requestTable(name, Object.entries(group).sort(bySaved)));
  lines.push(...leverTable(summary), ...kindTable(summary.byKind), ...sessionTables(summary), ...leftTable(summary));
  return lines;
}

/** Later turns hold the smaller results too, which is in the sums above. */
function coldLines({ cold }: PerfSummary): readonly string[] {
  if (cold.requests === 0) return [];
  const dollars = cold.billed > 0 ? `, ~${sayDollars(cold.billed + cold.saved)} → ${sayDollars(cold.billed)}` : '';
  const results = `          old results in them ~${sayNumber(cold.before)} → ~${sayNumber(cold.after)} tokens`;
  return [`  cold    ${sayCount(cold.requests, 'request')} to a cold cache${dollars}`, results];
}

/** One row for each request sum, with what it is grouped by. */
export function reportCsv(summary: PerfSummary): string {
  const { byDay, byAgent, byModel, byProject, sessions } = summary;
  const groups: readonly (readonly [string, string, RequestSum])[] = [
    ['all', '', summary.all],
    ...Object.entries({ day: byDay, agent: byAgent, model: byModel, project: byProject }).flatMap(([by, group]) =>
      Object.entries(group)
        .sort(byName)
        .map(([name, sum]) => [by, name, sum] as const),
    ),
    ...sessions.map((session) => ['session', session.launch, session] as const),
  ];
  const rows = groups.map(([by, name, { requests, input, removed, billed, saved, unpriced, rewritten, charged }]) =>
    [by, name, requests, input, Math.round(removed), billed.toFixed(6), saved.toFixed(6), unpriced, rewritten, charged.toFixed(6)]
      .map(cell)
      .join(','),
  );
  return `${['by,name,requests,input_tokens,removed_tokens_estimated,billed_usd,saved_usd_estimated,requests_without_price,rewritten_tokens_estimated,charged_usd_estimated', ...rows].join('\n')}\n`;
}

function cell(value: string | number): string {
  const text = String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function sayInput({ input, removed }: RequestSum): string {
  if (removed === 0) return `${sayNumber(input)} tokens`;
  return `~${sayNumber(input + removed)} → ${sayNumber(input)} tokens, ~${sayShare(removed, input + removed)} removed`;
}

export function sayCost({ billed, saved }: RequestSum): string {
  if (saved === 0) return sayDollars(billed);
  const change = saved > 0 ? `~${sayShare(saved, billed + saved)} saved` : `~${sayShare(-saved, billed + saved)} more`;
  return `~${sayDollars(billed + saved)} → ${sayDollars(billed)}, ${change}`;
}

function charges({ rewritten, charged }: RequestSum): readonly string[] {
  if (rewritten === 0) return [];
  return [`  charged ${sayCharge(rewritten, charged)}`];
}

function troubles({ outcomes }: PerfSummary): readonly string[] {
  const parts = [
    ...(outcomes.rejected > 0 ? [`${sayNumber(outcomes.rejected)} answered with an error`] : []),
    ...(outcomes.failed > 0 ? [`${sayNumber(outcomes.failed)} without an answer`] : []),
    ...(outcomes.retried > 0 ? [`${sayNumber(outcomes.retried)} sent again with the originals after a 400`] : []),
  ];
  return parts.length > 0 ? [`  trouble ${parts.join(', ')}`] : [];
}

function unpricedModels({ byModel }: PerfSummary): readonly string[] {
  return Object.entries(byModel).flatMap(([model, { unpriced }]) => (unpriced > 0 ? [model] : []));
}

function requestTable(title: string, rows: readonly (readonly [string, RequestSum])[]): readonly string[] {
  const shown = rows.slice(0, mostRows).map(([name, sum]) => [name, ...cellsOf(sum)]);
  const rest = rows.length > mostRows ? [`and ${rows.length - mostRows} more, see --csv`] : [];
  return [...table([[title, 'requests', 'input', 'removed', 'share', 'billed', 'saved'], ...shown]), ...rest, ''];
}

function cellsOf(sum: RequestSum): string[] {
  const { requests, input, removed } = sum;
  return [sayNumber(requests), sayNumber(input), `~${sayNumber(removed)}`, `~${sayShare(removed, input + removed)}`, ...moneyOf(sum)];
}

/** What has no price is not known, which is not nothing. */
function moneyOf({ billed, saved, unpriced }: RequestSum): string[] {
  return billed === 0 && unpriced > 0 ? ['no price', ''] : [sayDollars(billed), `~${sayDollars(saved)}`];
}

function leverTable({ byLever, all }: PerfSummary): readonly string[] {
  const rows = Object.entries(byLever).sort(([, one], [, other]) => other - one);
  if (rows.length === 0) return [];
  const cells = rows.map(([lever, tokens]) => [lever, `~${sayNumber(tokens)}`, `~${sayShare(tokens, all.input + all.removed)}`]);
  return [...table([['lever', 'removed', 'of input'], ...cells]), ''];
}

function sessionTables({ sessions }: PerfSummary): readonly string[] {
  const share = ({ input, removed }: SessionSum) => removed / (input + removed);
  const some = sessions.filter(({ input }) => input > 0);
  const head = ['requests', 'removed', 'billed', 'saved'];
  const title = ({ began, agent, project }: SessionSum) => `${began.slice(0, 16).replace('T', ' ')} ${agent} ${project}`;
  return endsTables(some, share, 'sessions', head, (session) => [
    title(session),
    sayNumber(session.requests),
    `~${sayShare(session.removed, session.input + session.removed)}`,
    ...moneyOf(session),
  ]);
}

/** Of all results at first sight, and of their tokens. */
function leftTable({ leftAlone, byKind }: PerfSummary): readonly string[] {
  const rows = Object.entries(leftAlone).sort(([, one], [, other]) => other.tokens - one.tokens || other.results - one.results);
  if (rows.length === 0) return [];
  const sum = (some: readonly { readonly results: number; readonly tokens: number }[]) => ({
    results: some.reduce((total, { results }) => total + results, 0),
    tokens: some.reduce((total, { tokens }) => total + tokens, 0),
  });
  const all = sum(Object.values(byKind).map(({ results, before }) => ({ results, tokens: before })));
  const left = sum(Object.values(leftAlone));
  const cells = (reason: string, { results, tokens }: typeof all) => [
    ...[reason, sayNumber(results), sayShare(results, all.results)],
    ...(tokens > 0 ? [sayNumber(tokens), sayShare(tokens, all.tokens)] : []),
  ];
  const shown = [...rows.map(([reason, counted]) => cells(reason, counted)), ...(rows.length > 1 ? [cells('all of these', left)] : [])];
  return table([['left alone', 'results', 'of all', 'tokens', 'of all'], ...shown]);
}

function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

function bySaved([, one]: readonly [string, RequestSum], [, other]: readonly [string, RequestSum]): number {
  return other.saved - one.saved || other.removed - one.removed;
}
