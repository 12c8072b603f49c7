/**
 * `ls -l`: the owner and group that all rows of a table share are said once above it, and columns are one space apart. The inverse lines the
 * columns up again as `ls` does, to the byte.
 */
import { linesOf } from '../../text/lines-of.ts';
import { rememberLast } from '../../text/remember-last.ts';
import type { SmallerText } from '../compressor.ts';
import { append } from '../two-way.ts';

interface Row {
  readonly mode: string;
  readonly links: string;
  readonly owner: string;
  readonly group: string;
  readonly size: string;
  /** `Jun  5 04:41 name`, as it stands. */
  readonly rest: string;
}

const spelled =
  /^([bcdlpsD-][r-][w-][xsS-][r-][w-][xsS-][r-][w-][xtT-][.+@]?) +(\d+) (\S+) +(\S+) +(\d+|\d[\d.]*[KMGTPE]) ((?:[A-Z][a-z]{2} [ \d]\d|[ \d]\d [A-Z][a-z]{2}|\d{4}-\d\d-\d\d) .*)$/;
const short = /^([bcdlpsD-][r-][w-][xsS-][r-][w-][xsS-][r-][w-][xtT-][.+@]?) (\d+) (\d+|\d[\d.]*[KMGTPE]) (.*)$/;
const header = /^Owner (\S+), group (\S+):$/;
const leastRows = 4;

/** GNU and BSD: how far names stand apart, and how wide modes are at least. */
const styles = [
  { gap: ' ', mode: 0 },
  { gap: '  ', mode: 11 },
];
type Style = (typeof styles)[number];

/** Undefined where no table of the text reads back. */
export function shrinkLong(text: string): SmallerText | undefined {
  return styles.map((style) => shrinkAs(text, style)).find((form) => form !== undefined);
}

function shrinkAs(text: string, style: Style): SmallerText | undefined {
  const lines = linesOf(text);
  const rows = rowsOf(text);
  const written: string[] = [];
  let tables = 0;
  for (let at = 0; at < lines.length; ) {
    const end = tableEnd(rows, at);
    const table = rows.slice(at, end).filter((row) => row !== undefined);
    const [first] = table;
    if (first && table.length >= leastRows && lineUp(table, style).every((line, n) => line === lines[at + n])) {
      tables++;
      written.push(`Owner ${first.owner}, group ${first.group}:`);
      for (const { mode, links, size, rest } of table) written.push(`${mode} ${links} ${size} ${rest}`);
    } else append(written, lines.slice(at, end));
    at = end;
  }
  if (tables === 0) return undefined;
  const form = written.join('\n');
  const inverse = (smaller: string): string => readLong(smaller, style);
  return inverse(form) === text ? { text: form, form: 'invertible', inverse } : undefined;
}

function readLong(text: string, style: Style): string {
  const lines = text.split('\n');
  const read: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const said = header.exec(lines[at] ?? '');
    const table: Row[] = [];
    for (let next = at + 1; said && next < lines.length; next++) {
      const found = short.exec(lines[next] ?? '');
      if (!found) break;
      const [, mode = '', links = '', size = '', rest = ''] = found;
      table.push({ mode, links, owner: said[1] ?? '', group: said[2] ?? '', size, rest });
    }
    if (table.length >= leastRows) append(read, lineUp(table, style));
    else read.push(lines[at] ?? '');
    at += table.length >= leastRows ? table.length : 0;
  }
  return read.join('\n');
}

/** The rows as `ls` prints them: numbers to the right. */
function lineUp(table: readonly Row[], { gap, mode }: Style): string[] {
  const modes = Math.max(mode, width(table.map((row) => row.mode)));
  const links = width(table.map((row) => row.links));
  const sizes = width(table.map((row) => row.size));
  return table.map((row) => {
    const front = `${row.mode.padEnd(modes)} ${row.links.padStart(links)} ${row.owner}${gap}${row.group}`;
    return `${front}${gap}${row.size.padStart(sizes)} ${row.rest}`;
  });
}

const rowsOf = rememberLast((text) => linesOf(text).map(readRow));

function readRow(line: string): Row | undefined {
  const [whole, mode = '', links = '', owner = '', group = '', size = '', rest = ''] = spelled.exec(line.slice(0, 2000)) ?? [];
  return whole === undefined || line.length > 2000 ? undefined : { mode, links, owner, group, size, rest };
}

/** Rows in a row that share owner and group; at least one line. */
function tableEnd(rows: readonly (Row | undefined)[], from: number): number {
  const first = rows[from];
  let end = from + 1;
  while (first && end < rows.length && rows[end]?.owner === first.owner && rows[end]?.group === first.group) end++;
  return end;
}

function width(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, text.length), 0);
}
