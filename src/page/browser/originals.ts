/** The originals that are kept, and one of them beside what the pipeline makes of it alone. */
import { sayBytes, sayCount, sayNumber, sayShare } from '../../text/say-amount.ts';
import type { PageComparison, PageOriginal, PageOriginals } from '../data.ts';
import { type ComparedRow, compareLines, isAlike } from './compare-lines.ts';
import { button, element, find } from './element.ts';
import { createTable } from './table.ts';
import { sayTime } from './words.ts';

export interface OriginalsPart {
  update(originals: PageOriginals): void;
}

export function createOriginalsPart(): OriginalsPart {
  const table = createTable<PageOriginal>(find('original-table'), {
    caption: 'Originals, the last kept first, times in UTC',
    empty: 'No original is kept: there is one for each result of which a model was shown an excerpt.',
    keyOf: ({ name }) => name,
    columns: [
      {
        title: 'Original',
        value: ({ name }) => name,
        show: ({ name }) =>
          element(
            'span',
            {},
            button(name, () => void open(name), { 'data-row': name, 'aria-controls': 'comparison' }),
          ),
      },
      { title: 'Kept', value: ({ keptAt }) => keptAt, show: ({ keptAt }) => sayTime(keptAt) },
      { title: 'Size', isNumber: true, value: ({ bytes }) => bytes, show: ({ bytes }) => sayBytes(bytes) },
    ],
    mostRows: 10,
  });
  return {
    update: ({ folder, files, bytes, latest }) => {
      find('originals-hint').textContent =
        `${sayCount(files, 'original')}, ${sayBytes(bytes)}, in ${folder}. What was kept is the whole text of a result, not the call it answered: ` +
        'press one to see it beside an excerpt made anew.';
      table.update(latest);
    },
  };
}

async function open(name: string): Promise<void> {
  const place = find('comparison');
  place.replaceChildren(element('p', { class: 'empty' }, `Reading ${name} …`));
  try {
    const reply = await fetch(`originals/${name}.json`);
    if (!reply.ok) throw new Error(reply.status === 404 ? 'it is gone, or no longer what was kept' : `status ${reply.status}`);
    place.replaceChildren(...show((await reply.json()) as PageComparison));
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    place.replaceChildren(element('p', { class: 'notice', role: 'alert' }, `Cannot show ${name}: ${why}`));
  }
  place.focus();
}

function show(comparison: PageComparison): readonly HTMLElement[] {
  const { name, bytes, before, after, isCut, tokensBefore, tokensAfter, kind, form, reason } = comparison;
  const size = `${sayBytes(bytes)}, ${sayNumber(tokensBefore)} tokens (o200k)`;
  const facts =
    after === undefined
      ? `${size}. Without knowing its command it would go out as it came (${reason}); the excerpt that the model was shown was not kept.`
      : `${size}; ${sayNumber(tokensAfter)} as it would be shown, ${sayShare(tokensBefore - tokensAfter, tokensBefore)} removed. ` +
        `Taken for ${kind}, ${form === 'excerpt' ? 'an excerpt' : 'nothing left out'}.`;
  const notes = [
    element('h3', {}, `Original ${name}`),
    element('p', {}, facts),
    element(
      'p',
      { class: 'hint' },
      'Made now from the text alone, as it would be shown without knowing its command and what stood above it; what the model was shown may have differed.',
    ),
  ];
  if (isCut) notes.push(element('p', { class: 'notice' }, `Too long to be shown whole: \`headroom retrieve ${name}\` prints all of it.`));
  const rows =
    after === undefined
      ? linesOf(before).map((line, at) => ({ number: at + 1, before: line, after: line }))
      : compareLines(linesOf(before), linesOf(after));
  return [...notes, draw(rows, form === 'excerpt')];
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/, '').split('\n');
}

/** Left-out lines in a row that are all shown; of more only some, until they are asked for. */
const mostGone = 12;
const firstGone = 3;
const mostDrawn = 2000;

function draw(rows: readonly ComparedRow[], isExcerpt: boolean): HTMLElement {
  const body = element('tbody');
  const head = ['Line', 'Original', 'As it would be shown'].map((title, at) =>
    element('th', { scope: 'col', class: at === 0 ? 'line-number' : undefined }, title),
  );
  const table = element(
    'table',
    { class: isExcerpt ? 'compare is-excerpt' : 'compare' },
    element('caption', { class: 'unseen' }, 'Original and excerpt, line by line'),
    element('thead', {}, element('tr', {}, ...head)),
    body,
  );
  const sheet = element('div', { class: 'sheet' }, table);
  let drawn = 0;
  const more = button('', () => drawMore(), { class: 'more' });
  drawMore();
  sheet.append(more);
  return sheet;

  function drawMore(): void {
    const until = Math.min(rows.length, drawn + mostDrawn);
    body.append(...fold(rows.slice(drawn, until)));
    drawn = until;
    more.hidden = drawn === rows.length;
    more.textContent = `Show the next of ${sayCount(rows.length - drawn, 'line')}`;
  }
}

function fold(rows: readonly ComparedRow[]): readonly HTMLElement[] {
  const drawn: HTMLElement[] = [];
  let gone: ComparedRow[] = [];
  const close = () => {
    const isLong = gone.length > mostGone;
    drawn.push(...gone.slice(0, isLong ? firstGone : mostGone).map(drawRow), ...(isLong ? [drawFold(gone.slice(firstGone))] : []));
    gone = [];
  };
  for (const row of rows) {
    if (row.after === undefined) gone.push(row);
    else {
      close();
      drawn.push(drawRow(row));
    }
  }
  close();
  return drawn;
}

function drawFold(rows: readonly ComparedRow[]): HTMLElement {
  const unfold = () => {
    const shown = rows.map(drawRow);
    row.replaceWith(...shown);
    shown[0]?.setAttribute('tabindex', '-1');
    shown[0]?.focus();
  };
  const cell = element('td', { class: 'is-gone' }, button(`Show ${sayCount(rows.length, 'more line')} of the original`, unfold));
  const row = element('tr', {}, element('td', { class: 'line-number' }, '⋮'), cell, element('td'));
  return row;
}

function drawRow({ number, before, after }: ComparedRow): HTMLElement {
  const isSame = isAlike(before, after);
  return element(
    'tr',
    {},
    element('td', { class: 'line-number' }, number === undefined ? '' : String(number)),
    element('td', { class: isSame || before === undefined ? undefined : 'is-gone' }, visible(before)),
    element('td', { class: isSame || after === undefined ? undefined : 'is-new' }, visible(after)),
  );
}

/** A terminal's colours are bytes of the text: here they are to be seen. */
function visible(line = ''): string {
  return line.replaceAll('\u001b', '␛');
}
