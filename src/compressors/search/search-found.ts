/**
 * OpenCode's search results: `Found 3 matches`, then each file's `path:` with `  Line 12: text` below it. The common folder is said once, and
 * entries are spelled as everywhere else, `12: text`. `readFound` gives back every byte.
 */
import { sharedFolder } from '../../text/folder-runs.ts';
import { readBase, writeBase } from './search-base.ts';

const found = /^Found \d+ match/;
const given = /^ {2}Line (?=\d+: )/;
const entry = /^\d+: /;
const heading = /^(?:[\\/]|[A-Za-z]:[\\/]).*:$/;
const leastFolder = 10;

/** Undefined where the text is not of that form. */
export function writeFound(text: string): string | undefined {
  if (!found.test(text)) return undefined;
  const lines = text.split('\n');
  let folder: string | undefined;
  for (const line of lines) {
    if (!heading.test(line)) continue;
    const own = line.slice(0, Math.max(line.lastIndexOf('/'), line.lastIndexOf('\\')) + 1);
    folder = folder === undefined ? own : folder.slice(0, sharedFolder(`${folder}.`, line));
  }
  if (folder === undefined) return undefined;
  const cut = folder.length >= leastFolder ? folder.length : 0;
  const written = lines.map((line) => (heading.test(line) ? line.slice(cut) : line.replace(given, '')));
  const smaller = [...(cut > 0 ? [writeBase({ folder, ofHits: true })] : []), ...written].join('\n');
  return readFound(smaller) === text ? smaller : undefined;
}

export function readFound(text: string): string {
  const { base, lines } = readBase(text.split('\n'));
  return lines
    .map((line, at) => {
      if (entry.test(line)) return `  Line ${line}`;
      return base && at > 0 && line.endsWith(':') ? base.folder + line : line;
    })
    .join('\n');
}
