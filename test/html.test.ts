/** Pages as text: every word that shows is there, in order, nothing that does not show, and every link target. The common laws of members stand in `compressors.test.ts`. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPage } from '../src/compressors/html/html-page.ts';
import { html } from '../src/compressors/html.ts';

const call = { tool: 'Bash', input: { command: 'curl -s https://harbour.example.org/' } };
const textOf = (page: string) => readPage(page)?.lines.map(({ text }) => text) ?? [];

const shown = [
  'p',
  'div',
  'span',
  'b',
  'li',
  'ul',
  'ol',
  'h2',
  'td',
  'tr',
  'table',
  'pre',
  'code',
  'a',
  'sup',
  'del',
  'section',
  'nav',
  'button',
];
const unseen = ['script', 'style', 'template', 'noscript'];

interface Tree {
  readonly element: string;
  readonly inside: readonly (Tree | string)[];
}

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.record({
    element: fc.constantFrom(...shown, ...unseen),
    inside: fc.array(fc.oneof({ depthSize: 'small' }, fc.constantFrom('word', 'two words', ' '), tie('tree')), { maxLength: 4 }),
  }),
}));

/** The markup of a tree, its words numbered as they come, and the numbers of those that show. */
function spell(root: Tree): { markup: string; seen: string[]; hidden: string[] } {
  const seen: string[] = [];
  const hidden: string[] = [];
  let count = 0;
  const write = ({ element, inside }: Tree, isHidden: boolean): string => {
    const isUnseen = isHidden || unseen.includes(element);
    const content = inside.map((piece) => {
      if (typeof piece !== 'string') return isUnseen ? '' : write(piece, false);
      return piece.replace(/\w+/g, () => {
        const word = `w${count++}w`;
        (isUnseen ? hidden : seen).push(word);
        return word;
      });
    });
    return `<${element}${element === 'a' ? ` href="/to/${count}"` : ''}>${content.join(' ')}</${element}>`;
  };
  return { markup: `<html><body>${write(root, false)}</body></html>`, seen, hidden };
}

describe('a page as text', () => {
  test('shows every word that shows, in order, and no other', () => {
    fc.assert(
      fc.property(tree, (root) => {
        const { markup, seen, hidden } = spell(root);
        const words = textOf(markup).join('\n').match(/w\d+w/g) ?? [];
        expect(words).toEqual(seen);
        expect(words.filter((word) => hidden.includes(word))).toEqual([]);
      }),
    );
  });

  test('says where links lead: once where text and target are the same, never to footnotes', () => {
    const page =
      '<p><a href="/a">one</a> <a href="/b">one</a> <a href="/a">one</a> <a href="/c"></a><a href="/c"></a><sup><a href="#cite-1">[1]</a></sup></p>';
    expect(textOf(page)).toEqual(['[one](/a) [one](/b) one [](/c)^[1]']);
  });

  test('copies code as it stands', () => {
    expect(textOf('<pre>\n<code>if (a &lt; b) {\n\t<a href="/x">call</a>();  \n\n}</code></pre><p>done')).toEqual([
      '```',
      'if (a < b) {',
      '\tcall();  ',
      '',
      '}',
      '```',
      'done',
    ]);
  });

  test('is not misled by names that every object knows', () => {
    expect(
      textOf(
        '<constructor role="__proto__" class="constructor toString">one</constructor><div role="constructor" class="valueOf">two</div>',
      ),
    ).toEqual(['one', 'two']);
  });

  test('gives up where elements are nested without end', () => {
    expect(readPage('<div>'.repeat(1000))).toBeUndefined();
  });

  test('an excerpt shows what was asked for in the margins too', () => {
    const links = Array.from({ length: 30 }, (_, at) => `<li><a href="/port/${at}">Port ${at}</a></li>`).join('');
    const text = `<html><body><nav><ul>${links}<li><a href="/log">Changelog</a></li></ul></nav><main><p>${'Call the lock before the second buoy. '.repeat(12)}</p></main></body></html>`;
    const shownLines = (asked?: string) => {
      const excerpt = html.excerpt?.({ text, call, ...(asked ? { asked } : {}) });
      return excerpt?.of?.text.split('\n').filter((_, at) => excerpt.keeps[at]) ?? [];
    };
    expect(shownLines().some((line) => line.includes('Changelog'))).toBe(false);
    expect(shownLines('where is the changelog of the project?')).toContain('- [Changelog](/log)');
  });
});
