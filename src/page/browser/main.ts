/** The page's script: asks for the figures every few seconds while somebody looks, and hands them to the parts of the page. */
import { sayCount, sayDollars, sayDuration, sayNumber } from '../../text/say-amount.ts';
import type { PageData, PageFigures, PageOriginals, PageSession } from '../data.ts';
import { element, find } from './element.ts';
import { createFiguresPart } from './figures.ts';
import { createOriginalsPart } from './originals.ts';
import { createRequestTable } from './requests.ts';
import { createTable } from './table.ts';
import { sumColumns } from './words.ts';

const everyMs = 3000;
/** Listing a folder of thousands is dearer than reading what the ledger grew by. */
const originalsEvery = 4;

const figures = createFiguresPart();
const requests = createRequestTable();
const originals = createOriginalsPart();
const running = createTable<PageSession & { readonly runs: string }>(find('running-table'), {
  caption: 'Sessions',
  empty: 'No session runs now.',
  keyOf: ({ launch }) => launch,
  columns: [
    { title: 'Agent', value: ({ agent, pid }) => agent ?? `process ${pid}` },
    { title: 'Project', value: ({ project }) => project ?? 'no request yet, or none kept' },
    { title: 'For', isNumber: true, value: ({ since }) => -Date.parse(since), show: ({ runs }) => runs },
    ...sumColumns<PageSession>(({ sum }) => sum),
  ],
  look: 'is-sums',
});

let data: PageData | undefined;
const tags = new Map<string, string>();

function show({ figures: found, latest, prices, problems, version }: PageData): void {
  const { from, to } = found;
  find('span').textContent =
    from === undefined || to === undefined
      ? 'The ledger is empty'
      : from.slice(0, 10) === to.slice(0, 10)
        ? from.slice(0, 10)
        : `${from.slice(0, 10)} to ${to.slice(0, 10)}`;
  const notes = [...problems, ...remarks(found)].map((text) => element('li', {}, text));
  find('notices').replaceChildren(...(notes.length > 0 ? [element('div', { class: 'notice' }, element('ul', {}, ...notes))] : []));
  find('source').textContent =
    `Headroom ${version}. Dollars are the provider's own usage at API prices (${prices}). Figures with ~ are estimates: what was removed is scaled from o200k tokens, and a cache's own discount is never counted as a saving. Days are UTC.`;
  figures.update(found);
  requests.update(latest);
}

/** What must be known to read the figures rightly. */
function remarks({ all, observed, byModel, subscription, outcomes, launches }: PageFigures): readonly string[] {
  const unpriced = Object.entries(byModel).flatMap(([model, sum]) => (sum.unpriced > 0 ? [model] : []));
  const troubles = [
    ...(outcomes.rejected > 0 ? [`${sayNumber(outcomes.rejected)} answered with an error`] : []),
    ...(outcomes.failed > 0 ? [`${sayNumber(outcomes.failed)} without an answer`] : []),
    ...(outcomes.retried > 0 ? [`${sayNumber(outcomes.retried)} sent again with the originals after a 400`] : []),
  ];
  return [
    ...(launches === 0 ? ['Nothing is in the ledger yet. `headroom wrap claude` fills it, and this page follows.'] : []),
    ...(all.unpriced > 0 ? [`No price known for ${sayCount(all.unpriced, 'request')} (${unpriced.join(', ')}): not in the dollars.`] : []),
    ...(subscription > 0 ? [`${sayCount(subscription, 'request')} paid by subscription: shown at what the API would have billed.`] : []),
    ...(observed.requests > 0
      ? [
          `${sayCount(observed.requests, 'request')} only observed: their ~${sayNumber(observed.removed)} tokens and ~${sayDollars(observed.saved)} would have been saved.`,
        ]
      : []),
    ...(all.rewritten > 0
      ? [
          `~${sayNumber(all.rewritten)} tokens were cached again, as what had been sent was changed: ~${sayDollars(all.charged)}, taken off what was saved.`,
        ]
      : []),
    ...(troubles.length > 0 ? [`Of the requests ${troubles.join(', ')}.`] : []),
  ];
}

/** Undefined where nothing changed since it was asked for last. */
async function ask(path: string): Promise<unknown> {
  const known = tags.get(path);
  const reply = await fetch(path, { headers: known === undefined ? {} : { 'if-none-match': known } });
  if (reply.status === 304) return undefined;
  if (!reply.ok) throw new Error(`status ${reply.status}`);
  const value: unknown = await reply.json();
  tags.set(path, reply.headers.get('etag') ?? '');
  return value;
}

async function refresh(round: number): Promise<void> {
  const next = (await ask('data.json')) as PageData | undefined;
  if (next) {
    data = next;
    show(next);
  }
  running.update((data?.running ?? []).map((session) => ({ ...session, runs: sayDuration(Date.now() - Date.parse(session.since)) })));
  if (round % originalsEvery !== 0) return;
  const listed = (await ask('originals.json')) as PageOriginals | undefined;
  if (listed) originals.update(listed);
}

/** Said aloud only when it changes. */
function say(state: 'live' | 'lost', words: string): void {
  find('state').className = `is-${state}`;
  const place = find('state-words');
  if (place.textContent !== words) place.textContent = words;
}

async function follow(): Promise<void> {
  for (let round = 0; ; ) {
    if (!document.hidden || round === 0) {
      try {
        await refresh(round);
        round++;
        say('live', 'Live');
      } catch (thrown) {
        const isGone = thrown instanceof TypeError;
        say('lost', isGone ? '`headroom dashboard` has ended: these figures stand still' : `No new figures: ${String(thrown)}`);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

void follow();
