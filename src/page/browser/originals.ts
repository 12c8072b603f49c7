/** The originals that are kept, in a list from which each of them opens. */
import { sayBytes, sayCount } from '../../text/say-amount.ts';
import type { PageOriginal, PageOriginals } from '../data.ts';
import { openComparison } from './comparison.ts';
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
            button(name, () => void openComparison(name, find('comparison')), { 'data-row': name, 'aria-controls': 'comparison' }),
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
