/**
 * Trees of a page as browser tools show them (Playwright's `- button "Save" [ref=e12] [cursor=pointer]:`): names of elements without the
 * brackets around them. Every element, its place, name and state stay.
 */
import { commandOf, showsFiles } from '../text/tool-call.ts';
import type { Compressor } from './compressor.ts';

const browserTool = /browser|playwright|page|snapshot|navigate/i;
const browserCommand = /\b(?:agent-browser|playwright-cli|browser-use)\b/;
const heading = '# e12 is short for [ref=e12], pointer for [cursor=pointer]; dashes are left out';
const name = '(?: "(?:[^"\\\\]|\\\\.)*")?';
/** Indentation; role, name and states; reference; pointer; what stands behind. */
const element = new RegExp(
  `^( *)- ((?:<changed> )?[a-z]+${name}(?: \\[(?!ref=|cursor=)[^\\]]*\\])*)(?: \\[ref=([a-z]\\w*)\\])?( \\[cursor=pointer\\])?(:(?: .*)?)?$`,
);
const shortElement = new RegExp(
  `^( *)((?:<changed> )?[a-z]+${name}(?: \\[(?!ref=|cursor=)[^\\]]*\\])*)(?: ((?:[a-z]\\d+)+))?( pointer)?(:(?: .*)?)?$`,
);
const property = /^( *)- (\/[a-z]+: .*)$/;
const shortProperty = /^( *)(\/[a-z]+: .*)$/;
const unchanged = /^( *)- ref=((?:[a-z]\d+)+) \[unchanged\]$/;
const shortUnchanged = /^( *)((?:[a-z]\d+)+) unchanged$/;
const fence = /^```yaml\s*$/;
const leastElements = 10;

export const pageSnapshot: Compressor = {
  kind: 'page-snapshot',
  lever: 'snapshot brackets',
  claim: ({ text, call }) => {
    const command = commandOf(call);
    if (command === undefined ? !browserTool.test(call?.tool ?? '') : !browserCommand.test(command) || showsFiles(call)) return 0;
    return (text.match(/^ *- .*\[ref=[a-z]\w*\]/gm)?.length ?? 0) >= leastElements ? 0.9 : 0;
  },
  shrink: ({ text }) => {
    if (text.includes(heading)) return undefined;
    return {
      text: mapTrees(text.split('\n'), shorten).join('\n'),
      form: 'invertible',
      inverse: (given) => lengthen(given.split('\n')).join('\n'),
    };
  },
};

/** The lines of fenced trees rewritten, and a heading above each; a text without fences is a tree from its first element on. */
function mapTrees(lines: readonly string[], rewrite: (line: string) => string): string[] {
  const isFenced = lines.some((line) => fence.test(line));
  const written: string[] = [];
  let inTree = false;
  for (const line of lines) {
    if (!inTree && !isFenced && line.startsWith('- ') && element.test(line) && line.includes('[ref=')) {
      inTree = true;
      written.push(heading);
    } else if (inTree && line.startsWith('```')) inTree = false;
    written.push(inTree ? rewrite(line) : line);
    if (!inTree && fence.test(line)) {
      inTree = true;
      written.push(heading);
    }
  }
  return written;
}

/** Where the short spelling would not read back, a line stays: behind its dash it is told from all others. */
function shorten(line: string): string {
  const short = write(line);
  return read(short) === line ? short : line;
}

function write(line: string): string {
  const found = element.exec(line);
  if (found) return `${found[1]}${found[2]}${found[3] === undefined ? '' : ` ${found[3]}`}${found[4] ? ' pointer' : ''}${found[5] ?? ''}`;
  const same = unchanged.exec(line);
  return same ? `${same[1]}${same[2]} unchanged` : line.replace(property, '$1$2');
}

function read(line: string): string {
  const same = shortUnchanged.exec(line);
  if (same) return `${same[1]}- ref=${same[2]} [unchanged]`;
  if (shortProperty.test(line)) return line.replace(shortProperty, '$1- $2');
  const found = shortElement.exec(line);
  if (!found) return line;
  return `${found[1]}- ${found[2]}${found[3] === undefined ? '' : ` [ref=${found[3]}]`}${found[4] ? ' [cursor=pointer]' : ''}${found[5] ?? ''}`;
}

function lengthen(lines: readonly string[]): string[] {
  const isFenced = lines.some((line) => fence.test(line));
  const written: string[] = [];
  let inTree = false;
  for (const line of lines) {
    if (!inTree && line === heading) inTree = true;
    else if (inTree && isFenced && line.startsWith('```')) {
      inTree = false;
      written.push(line);
    } else written.push(inTree ? read(line) : line);
  }
  return written;
}
