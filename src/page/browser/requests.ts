/** The latest requests, and what was done to the results that each of them held. */
import { sayNumber, sayShare } from '../../text/say-amount.ts';
import type { PageRequest } from '../data.ts';
import { showBlocks } from './blocks.ts';
import { element, find } from './element.ts';
import { createTable, type Table } from './table.ts';
import { sayBilled, sayRemoved, saySaved, sayTime, shareOf } from './words.ts';

export function createRequestTable(): Table<PageRequest> {
  return createTable<PageRequest>(find('request-table'), {
    caption: 'The latest 200, times in UTC',
    empty: 'No request is in the ledger yet: `headroom wrap claude` fills it.',
    keyOf: ({ launch, time }) => `${launch} ${time}`,
    columns: [
      { title: 'Time', value: ({ time }) => time, show: ({ time }) => sayTime(time).slice(5) },
      { title: 'Agent', value: ({ agent }) => agent },
      { title: 'Project', value: ({ project }) => project.name },
      { title: 'Model', value: ({ model }) => model ?? '–' },
      { title: 'How it ended', value: sayEnd },
      {
        title: 'Input tokens',
        isNumber: true,
        value: ({ sum }) => sum.input,
        show: ({ sum }) => (sum.input > 0 ? sayNumber(sum.input) : '–'),
      },
      { title: 'Removed', isNumber: true, value: ({ sum }) => sum.removed, show: ({ sum }) => sayRemoved(sum) },
      { title: 'Share', isNumber: true, value: ({ sum }) => shareOf(sum), show: ({ sum }) => sayShare(shareOf(sum), 1) },
      { title: 'Billed', isNumber: true, value: ({ sum }) => sum.billed, show: ({ sum }) => sayBilled(sum) },
      { title: 'Saved', isNumber: true, value: ({ sum }) => sum.saved, show: ({ sum }) => saySaved(sum) },
      { title: 'Added', isNumber: true, value: ({ addedMs }) => addedMs, show: ({ addedMs }) => `${addedMs.toFixed(1)} ms` },
    ],
    details: showDetails,
    mostRows: 25,
    look: 'is-dense',
  });
}

function sayEnd({ outcome, status, retried, mode, kind }: PageRequest): string {
  const how = {
    answered: status !== null && status >= 400 ? `error ${status}` : 'answered',
    aborted: 'left by the agent',
    'upstream-failed': 'no answer',
  };
  const parts = [kind === 'tool-output' ? 'tool output' : how[outcome]];
  if (retried) parts.push('sent again with the originals');
  if (mode !== 'shrink') parts.push(mode === 'observe' ? 'only observed' : 'passed through');
  return parts.join(', ');
}

function showDetails(request: PageRequest): HTMLElement {
  const { first, carried, untouched, mode, project, model, sum, cold } = request;
  const rows: [string, string][] = [['Project and model', `${project.name}, ${model ?? 'unknown'}`]];
  if (untouched !== null) rows.push(['Left alone as a whole', untouched]);
  if (mode === 'observe') rows.push(['Only observed', 'what follows is what would have been done']);
  rows.push(...describe('Sent for the first time', first), ...describe(cold ? 'Sent before' : 'Sent before, as before', carried));
  if (cold)
    rows.push(['Cold cache', `${whyCold[cold.why]}: old results ${sayNumber(cold.before)} → ${sayNumber(cold.after)} tokens (o200k)`]);
  if (sum.rewritten > 0) rows.push(['Charged to us', `~${sayNumber(sum.rewritten)} tokens cached again: what had been sent was changed`]);
  if (first.results + carried.results === 0) rows.push(['Tool results', 'none']);
  const list = element('dl', {}, ...rows.flatMap(([term, text]) => [element('dt', {}, term), element('dd', {}, text)]));
  return element('div', {}, list, ...showBlocks(request));
}

const whyCold = { idle: 'the provider kept nothing any more', model: 'the provider has nothing for this model' } as const;

type Sums = PageRequest['first'];

function describe(title: string, { results, before, after, byKind, byLever, leftAlone }: Sums): [string, string][] {
  if (results === 0) return [];
  const size = (sum: { results: number; before: number; after: number }) =>
    sum.before === sum.after ? `${sayNumber(sum.before)} tokens as they came` : `${sayNumber(sum.before)} → ${sayNumber(sum.after)} tokens`;
  const list = (parts: readonly string[]) => (parts.length > 0 ? parts.join(' · ') : 'nothing');
  return [
    [title, `${results} ${results === 1 ? 'result' : 'results'}, ${size({ results, before, after })} (o200k)`],
    ['— by kind', list(Object.entries(byKind).map(([kind, sum]) => `${kind}: ${sum.results}, ${size(sum)}`))],
    ['— removed by', list(Object.entries(byLever).map(([lever, tokens]) => `${lever} ${sayNumber(tokens)}`))],
    ['— left alone', list(Object.entries(leftAlone).map(([reason, sum]) => `${reason}: ${sum.results}`))],
  ];
}
