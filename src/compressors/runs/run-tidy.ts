/**
 * Decoration that a reader would not miss: rules drawn across the screen become short, padded columns one blank wide. A rule only where a
 * line holds nothing else but a title; never in quoted source, whose lines stand behind a gutter.
 */

/** Rules that cost a token for every character or two; ordinary `=====` and `-----` cost next to nothing and stay. */
const rules: readonly { readonly run: RegExp; readonly short: string }[] = [
  { run: /⎯{4,}/g, short: '⎯' },
  { run: /‾{4,}/g, short: '‾' },
  { run: /━{16,}/g, short: '━━━━━━━━' },
  { run: /═{16,}/g, short: '════════' },
  { run: /─{24,}/g, short: '────────' },
  { run: /(?:_ ){8,}_? ?$/g, short: '_ _ _' },
];
const anyRule = /⎯{4}|‾{4}|━{16}|═{16}|─{24}|(?:_ ){8}/;
const gutter = /[│|┃║╭╮╰╯┌┐└┘├┤]|^\s*(?:[-+>]|\d+\s)/;

/** Columns that are padded: pytest's percentages, tables of coverage, files and sizes as bundlers list them. */
const padded =
  /^\S.* +\[ *\d+%\]$|\| +[\d.]+ \| +[\d.]+ \| +[\d.]+ \| +[\d.]+ \||^File +\| % Stmts|^(?:[A-Z]{3,4} )?\S+\.\w+ {2,}[\d.,]+ (?:B|[kKM]i?B)\b/;

/** Words one of which is in every text that holds rules or padding. */
const words = [
  '⎯⎯⎯⎯',
  '‾‾‾‾',
  '━'.repeat(16),
  '═'.repeat(16),
  '─'.repeat(24),
  '_ '.repeat(8),
  '%]',
  '% Stmts',
  ' B',
  'kB',
  'KB',
  'MB',
  'KiB',
  'MiB',
];

/** False where there is nothing to do: a quick look. */
export function hasDecoration(text: string): boolean {
  return words.some((word) => text.includes(word));
}

/** The same lines where there is nothing to shorten. */
export function shortenDecoration(lines: readonly string[]): readonly string[] {
  let isChanged = false;
  const shorter = lines.map((line) => {
    const short = line.length > 600 ? line : shorten(line);
    isChanged ||= short !== line;
    return short;
  });
  return isChanged ? shorter : lines;
}

function shorten(line: string): string {
  if (padded.test(line))
    return line
      .replace(/(\S) {2,}/g, '$1 ')
      .replace(/\[ +(?=\d+%\]$)/, '[')
      .trimEnd();
  if (!anyRule.test(line) || gutter.test(line)) return line;
  return rules.reduce((shorter, { run, short }) => shorter.replace(run, short), line);
}

/** A changed line of a difference as biome draws it: every tab as `→ `, every blank as `·`. */
const drawn = /^(\s*(?:\d+ +)?\d+\s*│ [-+] )(.*)$/;

/** The changed lines of biome's differences with the white space that is meant, as an edit would have to quote it; the same lines where there are none. */
export function plainWhiteSpace(lines: readonly string[]): readonly string[] {
  let isChanged = false;
  const plain = lines.map((line) => {
    const [, head = '', code = ''] = drawn.exec(line) ?? [];
    if (code === '' || !/[→·]/.test(code)) return line;
    isChanged = true;
    return head + code.replaceAll('→ ', '\t').replaceAll('·', ' ');
  });
  return isChanged ? plain : lines;
}

export function drawWhiteSpace(lines: readonly string[]): string[] {
  return lines.map((line) => {
    const [, head = '', code = ''] = drawn.exec(line) ?? [];
    return code === '' ? line : head + code.replaceAll(' ', '·').replaceAll('\t', '→ ');
  });
}
