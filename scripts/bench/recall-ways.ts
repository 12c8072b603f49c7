/**
 * How a string that no outgoing line holds may still be there for a reader: its path spelled by a heading and an entry, unescaped, without
 * alignment, or as name and cell of a table. Such strings are reported apart.
 */

export const ways = ['heading and entry', 'unescaped', 'but for spacing', 'name and cell'] as const;
export type Way = (typeof ways)[number];

/** The way in which an outgoing text shows a string that none of its lines holds as it is. */
export function wayOf(wanted: string, outgoing: string): Way | undefined {
  if (isSpelledOut(wanted, outgoing)) return 'heading and entry';
  if (isUnescaped(wanted, outgoing)) return 'unescaped';
  if (collapse(outgoing).includes(collapse(wanted)) || isSpelledOut(wanted.trim(), outgoing)) return 'but for spacing';
  return isInTable(wanted, outgoing) || isFilledIn(wanted, outgoing) ? 'name and cell' : undefined;
}

const separator = /[/\\:-]/;
/** Of a very long text the rest is not searched for headings. */
const mostLines = 20_000;
/** What stands below the path of a search: with or without a line number. */
const hit = /^\d*[:-]/;
/** A first line that speaks of all that follows. */
const ofAll = /^Paths .*:$/;
/** What lines below it begin with, in quotes or before dots. */
const beginning = /^\[(\d+) lines, each begins "(.*)"\]$|^(.* )…$/;

function isSpelledOut(wanted: string, outgoing: string): boolean {
  const lines = outgoing.split('\n', mostLines);
  const bare = wanted.replace(/^[/\\:-]+|[/\\:-]+$/g, '');
  if (bare !== wanted && lines.some((line) => line.includes(bare))) return true;
  return isBegunAbove(wanted, lines) || [bare, wanted].some((path) => spelled(path, lines, 0, lines.length, false));
}

function isBegunAbove(wanted: string, lines: readonly string[]): boolean {
  return lines.some((line, at) => {
    const [, count, quoted, dotted] = beginning.exec(line) ?? [];
    const begins = quoted ?? dotted;
    if (begins === undefined) return false;
    const below = lines.slice(at + 1, count === undefined ? lines.length : at + 1 + Number(count));
    for (let split = 1; split < wanted.length; split++) {
      if (!begins.endsWith(wanted.slice(0, split))) continue;
      const rest = wanted.slice(split);
      if (below.some((entry) => entry.startsWith(rest))) return true;
    }
    return false;
  });
}

/** `isEntry`: something stood before, so a line must begin with what is wanted, or say it whole and go on below. */
function spelled(wanted: string, lines: readonly string[], from: number, until: number, isEntry: boolean): boolean {
  const splits = [...wanted].flatMap((unit, at) => (at > 0 && separator.test(unit) && at < wanted.length - 1 ? [at] : []));
  for (let at = from; at < until; at++) {
    const body = (lines[at] ?? '').replace(/^[\s│├└─|`+:-]+/, '');
    if (isEntry && (body.startsWith(wanted) || body.includes(` ${wanted}`))) return true;
    const heading = body.replace(/[/\\:\s]+$/, '');
    for (const split of splits) {
      const head = wanted.slice(0, split);
      if (isEntry ? heading !== head : !heading.endsWith(head)) continue;
      if (spelled(wanted.slice(split + 1), lines, at + 1, scopeEnd(lines, at, until), true)) return true;
    }
  }
  return false;
}

/** End of the lines that belong to a heading: deeper ones, or numbered hits, or up to the next heading or empty line. */
function scopeEnd(lines: readonly string[], heading: number, until: number): number {
  if (ofAll.test(lines[heading] ?? '')) return until;
  const depth = depthOf(lines[heading] ?? '');
  const first = lines[heading + 1] ?? '';
  const isOver = (line: string): boolean => {
    if (line.startsWith('[… ') || line === '--') return false;
    if (hit.test(first)) return !hit.test(line);
    // Hits stand at the margin, however deep their file.
    if (depthOf(first) > depth) return depthOf(line) <= depth && !hit.test(line);
    return line.trim() === '' || /[/:]$/.test(line);
  };
  let end = heading + 1;
  while (end < until && !isOver(lines[end] ?? '')) end++;
  return end;
}

function depthOf(line: string): number {
  return /^[\s│├└─|`]*/.exec(line)?.[0].length ?? 0;
}

/** JSON's escapes, and the doubled quotes of tables, either way. */
function isUnescaped(wanted: string, outgoing: string): boolean {
  const escaped = JSON.stringify(wanted).slice(1, -1);
  if (escaped !== wanted && outgoing.includes(escaped)) return true;
  if (wanted.includes('"') && outgoing.includes(wanted.replaceAll('"', '""'))) return true;
  if (!wanted.includes('\\')) return false;
  try {
    // A string cut within an escape has half of it at its ends.
    const decoded = JSON.parse(
      `"${wanted.replace(/(^|[^\\])((?:\\\\)*)\\(u[0-9a-f]{0,3})?$/i, '$1$2').replace(/(?<!\\)"/g, '\\"')}"`,
    ) as string;
    return decoded.split('\n').every((line) => outgoing.includes(line.trim()));
  } catch {
    return false;
  }
}

function collapse(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Names and values of JSON, each shown somewhere in the form that took its place. */
function isInTable(wanted: string, outgoing: string): boolean {
  if (!/["{}[\]]/.test(wanted)) return false;
  const parts = wanted.split(/\\?["{}[\],:\s]+/).filter((part) => part.length > 1);
  return parts.length > 0 && parts.every((part) => outgoing.includes(part));
}

/** A line above a table that says what its cells stand in, such as `url = https://host/runs/{id}`. */
const template = /^\s*\S.* = "?(.*\{.*\}.*?)"?$/;

function isFilledIn(wanted: string, outgoing: string): boolean {
  const lines = outgoing.split('\n', mostLines);
  const templates = lines.flatMap((line) => template.exec(line)?.[1] ?? []);
  if (templates.length === 0) return false;
  const cells = new Set(lines.flatMap((line) => line.split('\t')).filter((cell) => cell !== ''));
  for (const parts of templates.map((one) => one.split(/\{[^{}]*\}/)))
    for (let at = 0; at + 1 < parts.length; at++)
      for (const cell of cells) if (`${parts[at]}${cell}${parts[at + 1]}`.includes(wanted)) return true;
  return false;
}
