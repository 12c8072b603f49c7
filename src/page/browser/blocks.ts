/** The results that one request was the first to send, one by one: what became of each, and the whole beside it where it was kept. */
import { sayNumber } from '../../text/say-amount.ts';
import type { PageBlock, PageRequest } from '../data.ts';
import { openSent } from './comparison.ts';
import { button, type Child, element } from './element.ts';

const forms = {
  invertible: 'written shorter, nothing left out',
  'same-to-the-eye': 'cleaned, the same to the eye',
  excerpt: 'an excerpt',
} as const;

/** Nothing where the request sent no result for the first time. */
export function showBlocks({ blocks, first, mode }: PageRequest): readonly HTMLElement[] {
  if (first.results === 0 && !blocks) return [];
  if (!blocks) return first.before > 0 ? [hint('This line is of an older version, which kept the sums alone.')] : [];
  const comparison = element('section', { class: 'inner', 'aria-label': 'A result before and after', tabindex: '-1' });
  const heads = ['Tool', 'Taken for', 'What became of it', 'Before', 'After', 'Removed by', ''].map((title, at) =>
    element('th', { scope: 'col', class: at === 3 || at === 4 ? 'is-number' : undefined }, title),
  );
  const table = element(
    'table',
    { class: 'blocks' },
    element('caption', {}, mode === 'observe' ? 'One by one, as they would have gone (o200k tokens)' : 'One by one (o200k tokens)'),
    element('thead', {}, element('tr', {}, ...heads)),
    element('tbody', {}, ...blocks.map((block) => drawBlock(block, comparison))),
  );
  const others = first.results - blocks.filter(({ again }) => !again).length;
  const rest = `${sayNumber(others)} more ${others === 1 ? 'was' : 'were'} too small to be counted, or not among the heaviest.`;
  return [element('div', { class: 'sheet' }, table), ...(others > 0 ? [hint(rest)] : []), comparison];
}

function drawBlock(block: PageBlock, comparison: HTMLElement): HTMLElement {
  const { tool, kind, form, reason = 'unknown', again, before, after, levers = {}, original, key } = block;
  const open = () => void openSent(block, comparison);
  const words = original === undefined ? 'what was sent' : 'before and after';
  const cell = (content: Child, isNumber = false) => element('td', { class: isNumber ? 'is-number' : undefined }, content);
  return element(
    'tr',
    {},
    element('th', { scope: 'row' }, tool ?? 'unknown'),
    cell(kind),
    cell(form === null ? `as it came: ${reason}` : `${forms[form]}${again ? ', in place of what was sent before' : ''}`),
    cell(sayNumber(before), true),
    cell(sayNumber(after), true),
    cell(
      Object.entries(levers)
        .map(([lever, tokens]) => `${lever} ${sayNumber(tokens)}`)
        .join(' · '),
    ),
    cell(original === undefined && key === undefined ? '' : button(words, open)),
  );
}

function hint(text: string): HTMLElement {
  return element('p', { class: 'hint' }, text);
}
