/**
 * Decoration that a reader would not miss: rules drawn across the screen become short. Only where a line holds a rule and perhaps a title;
 * never in quoted source, whose lines stand behind a gutter.
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
const openings = ['⎯⎯⎯⎯', '‾‾‾‾', '━'.repeat(16), '═'.repeat(16), '─'.repeat(24), '_ '.repeat(8)];
const anyRule = /⎯{4}|‾{4}|━{16}|═{16}|─{24}|(?:_ ){8}/;
const gutter = /[│|┃║╭╮╰╯┌┐└┘├┤]|^\s*(?:[-+>]|\d+\s)/;

export function hasRules(text: string): boolean {
  return openings.some((opening) => text.includes(opening));
}

/** The same lines where there is nothing to shorten. */
export function shortenRules(lines: readonly string[]): readonly string[] {
  let isChanged = false;
  const shorter = lines.map((line) => {
    if (line.length > 600 || !anyRule.test(line) || gutter.test(line)) return line;
    const short = rules.reduce((shorter, { run, short }) => shorter.replace(run, short), line);
    isChanged ||= short !== line;
    return short;
  });
  return isChanged ? shorter : lines;
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
