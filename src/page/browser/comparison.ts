/** An original beside what the pipeline makes of it alone, line by line. */
import { sayBytes, sayCount, sayNumber, sayShare } from '../../text/say-amount.ts';
import type { PageBlock, PageComparison, PageSent } from '../data.ts';
import { type ComparedRow, compareLines, isAlike } from './compare-lines.ts';
import { button, element } from './element.ts';

/** What a line of the ledger says that a model was shown. */
type ShownForm = Pick<PageBlock, 'form' | 'before' | 'after' | 'original' | 'key'>;

export async function openComparison(name: string, place: HTMLElement): Promise<void> {
  await open(name, place, async () => show(await ask<PageComparison>(`originals/${name}.json`)));
}

/** As it went to the model, where that is kept; else the original beside what becomes of it today. */
export async function openSent(shown: ShownForm, place: HTMLElement): Promise<void> {
  const { key, original } = shown;
  await open(original ?? 'it', place, async () => {
    const sent = key === undefined ? undefined : await ask<PageSent>(`sent/${key}-${shown.after}.json`).catch(() => undefined);
    if (sent) return showSent(sent, shown);
    if (original === undefined) throw new Error('what was sent is not kept (any more)');
    return show(await ask<PageComparison>(`originals/${original}.json`), shown);
  });
}

async function open(name: string, place: HTMLElement, read: () => Promise<readonly HTMLElement[]>): Promise<void> {
  place.replaceChildren(element('p', { class: 'empty' }, `Reading ${name} …`));
  try {
    place.replaceChildren(...(await read()));
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    place.replaceChildren(element('p', { class: 'notice', role: 'alert' }, `Cannot show ${name}: ${why}`));
  }
  place.focus();
}

async function ask<Value>(path: string): Promise<Value> {
  const reply = await fetch(path);
  if (!reply.ok) throw new Error(reply.status === 404 ? 'it is gone, or no longer what was kept' : `status ${reply.status}`);
  return (await reply.json()) as Value;
}

function showSent({ before, after, isCut, original }: PageSent, shown: ShownForm): readonly HTMLElement[] {
  const size = `${sayNumber(shown.before)} tokens (o200k), ${sayNumber(shown.after)} as they were sent`;
  const whole =
    shown.form === 'excerpt'
      ? ' The original is gone.'
      : ` Nothing was left out, so no second copy was kept: the whole follows from what was sent${before === undefined ? ' and from what stood above it.' : ', as it stands beside it.'}`;
  const notes = [
    element('h3', {}, original === undefined ? 'What the model was shown' : `Original ${original}, and what the model was shown`),
    element(
      'p',
      {},
      `${size}, ${sayShare(shown.before - shown.after, shown.before)} removed.${original === undefined || before === undefined ? whole : ''}`,
    ),
    ...(isCut ? [element('p', { class: 'notice' }, 'Too long to be shown whole.')] : []),
  ];
  if (before === undefined) return [...notes, element('div', { class: 'sheet' }, element('pre', { tabindex: '0' }, visible(after)))];
  return [...notes, draw(compareLines(linesOf(before), linesOf(after)), shown.form === 'excerpt', 'As it was shown')];
}

function show(comparison: PageComparison, shown?: ShownForm): readonly HTMLElement[] {
  const { name, bytes, before, after, isCut, tokensBefore, tokensAfter, kind, form, reason } = comparison;
  const size = `${sayBytes(bytes)}, ${sayNumber(tokensBefore)} tokens (o200k)`;
  const facts =
    after === undefined
      ? `${size}. Without knowing its command it would go out as it came (${reason}); the excerpt that the model was shown was not kept.`
      : `${size}; ${sayNumber(tokensAfter)} as it would be shown, ${sayShare(tokensBefore - tokensAfter, tokensBefore)} removed. ` +
        `Taken for ${kind}, ${form === 'excerpt' ? 'an excerpt' : 'nothing left out'}.`;
  const hint = shown
    ? `The model was shown ${sayNumber(shown.after)} tokens of it. The right side is made now from the text alone, without the command and what stood above it` +
      (shown.after === tokensAfter ? ': it comes to the very same.' : ', and may differ from that.')
    : 'Made now from the text alone, as it would be shown without knowing its command and what stood above it; what the model was shown may have differed.';
  const notes = [element('h3', {}, `Original ${name}`), element('p', {}, facts), element('p', { class: 'hint' }, hint)];
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

function draw(rows: readonly ComparedRow[], isExcerpt: boolean, title = 'As it would be shown'): HTMLElement {
  const body = element('tbody');
  const head = ['Line', 'Original', title].map((words, at) =>
    element('th', { scope: 'col', class: at === 0 ? 'line-number' : undefined }, words),
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
