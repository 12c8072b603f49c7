/**
 * `git diff --stat` draws a bar of plus and minus signs and pads its columns; where a bar is not scaled down it says how many lines were added
 * and removed, and so do figures: ` src/a.ts | 12 +++++++-----` is ` src/a.ts | +7 -5`.
 */
import { append, type TwoWay } from '../two-way.ts';

const row = /^ (\S.*?) +\| +(\d+) ?(\+*)(-*)$/;
const binary = /^ (\S.*?) +\| (Bin.*)$/;
const shortRow = /^ (\S.*) \| (?:\+(\d+)(?: -(\d+))?|-(\d+))$/;
const otherRow = /^ (\S.*) \| ((?:\d|Bin).*)$/;
const summary = /^ \d+ files? changed/m;

export const statRows: TwoWay = { sign: summary, shorten, writeOut };

function shorten(lines: readonly string[]): string[] | undefined {
  const short: string[] = [];
  let isShorter = false;
  let start = 0;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line.includes(' | ') && line.startsWith(' ')) continue;
    const block = lines.slice(start, at);
    const rows = block.length > 0 && summary.test(line) ? shortenRows(block) : undefined;
    if (rows) isShorter = true;
    append(short, rows ?? block);
    short.push(line);
    start = at + 1;
  }
  append(short, lines.slice(start));
  return isShorter ? short : undefined;
}

function shortenRows(block: readonly string[]): string[] | undefined {
  const rows: string[] = [];
  for (const line of block) {
    if (line.length > 400 || shortRow.test(line)) return undefined;
    const [, name, count = '', added = '', removed = ''] = row.exec(line) ?? [];
    const [, binaryName, bytes] = name === undefined ? (binary.exec(line) ?? []) : [];
    if (name !== undefined && count !== '0' && added.length + removed.length === Number(count)) {
      rows.push(` ${name} | ${[added && `+${added.length}`, removed && `-${removed.length}`].filter(Boolean).join(' ')}`);
    } else if (name !== undefined) rows.push(` ${name} | ${count}${count === '0' ? '' : ` ${added}${removed}`}`);
    else if (binaryName !== undefined) rows.push(` ${binaryName} | ${bytes}`);
    else return undefined;
  }
  const isWhole = rows.some((line) => shortRow.test(line)) && writeOutRows(rows).every((line, at) => line === block[at]);
  return isWhole ? rows : undefined;
}

function writeOut(short: readonly string[]): string[] {
  const lines: string[] = [];
  let start = 0;
  for (let at = 0; at < short.length; at++) {
    const line = short[at] ?? '';
    if (line.includes(' | ') && line.startsWith(' ')) continue;
    const block = short.slice(start, at);
    const isShort = block.length > 0 && summary.test(line) && block.some((entry) => shortRow.test(entry));
    append(lines, isShort ? writeOutRows(block) : block);
    lines.push(line);
    start = at + 1;
  }
  append(lines, short.slice(start));
  return lines;
}

function writeOutRows(rows: readonly string[]): string[] {
  const parsed = rows.map((line) => {
    const [, name, plus, minus, only] = shortRow.exec(line) ?? [];
    if (name !== undefined) {
      const added = Number(plus ?? 0);
      const removed = Number(minus ?? only ?? 0);
      return { name, count: String(added + removed), bar: ` ${'+'.repeat(Math.min(added, 200))}${'-'.repeat(Math.min(removed, 200))}` };
    }
    const [, other = '', rest = ''] = otherRow.exec(line) ?? [];
    const [count = '', ...bar] = rest.split(' ');
    return { name: other, count, bar: bar.length > 0 ? ` ${bar.join(' ')}` : '' };
  });
  const nameWidth = parsed.reduce((most, { name }) => Math.max(most, name.length), 0);
  const countWidth = parsed.reduce((most, { count }) => Math.max(most, count.length), 0);
  return parsed.map(({ name, count, bar }) => {
    const figure = count === 'Bin' ? count : count.padStart(countWidth);
    return ` ${name.padEnd(nameWidth)} | ${figure}${bar}`;
  });
}
