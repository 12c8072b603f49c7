/**
 * Paths that git lists with what happened to them (`git status`, `--stat`, `--name-status`, `create mode`): neighbours of one folder below its
 * name, one space further in, in their order.
 */
import { foldFolders } from '../../text/folder-runs.ts';
import { append, type TwoWay } from '../two-way.ts';

const lead =
  /^(?:\t(?:(?:new file|modified|deleted|renamed|copied|typechange|both modified|both added|both deleted|added by us|added by them|deleted by us|deleted by them): +)?|[ MTADRCU?!]{2} | (?:create|delete) mode \d{6} |[MTADRCU]\d*\t)/;
const statRow = /^ (?=\S[^|]* \| )/;
const heading = /^([\t ]?)(\S.*\/):$/;
const mostLength = 400;

export const statusPaths: TwoWay = { sign: /^(?:\t| \S|[MTADRCU?!]{1,2}[ \d]{0,40}\s).*\//m, shorten, writeOut };

function shorten(lines: readonly string[]): string[] | undefined {
  if (lines.some((line) => heading.test(line))) return undefined;
  const leads = lines.map(leadOf);
  const paths = lines.map((line, at) => (leads[at] === undefined ? '' : line.slice(leads[at]?.length)));
  const runs = foldFolders(
    paths.map((path) => (/^[\w.@{(~-][^"|]*\//.test(path) && !/ -> | => /.test(path) ? (path.split(' | ', 1)[0] ?? '').trimEnd() : '')),
  );
  if (runs.length === 0) return undefined;
  const short: string[] = [];
  let next = 0;
  for (const { from, until, folder } of runs) {
    const indent = indentOf(leads.slice(from, until));
    append(short, lines.slice(next, from));
    short.push(`${indent}${folder}:`);
    for (let at = from; at < until; at++) short.push(`${indent || ' '}${leads[at]}${paths[at]?.slice(folder.length)}`);
    next = until;
  }
  return [...short, ...lines.slice(next)];
}

function writeOut(short: readonly string[]): string[] {
  const lines: string[] = [];
  let folder: string | undefined;
  let indent = '';
  for (const line of short) {
    const front = folder === undefined || !line.startsWith(indent || ' ') ? undefined : leadOf(line.slice(1));
    if (folder !== undefined && front !== undefined) {
      lines.push(front + folder + line.slice(1 + front.length));
      continue;
    }
    [, indent = '', folder] = heading.exec(line) ?? [];
    if (folder === undefined) lines.push(line);
  }
  return lines;
}

/** A folder stands where its paths stood; two letters in front of a path are a column of their own. */
function indentOf(leads: readonly (string | undefined)[]): string {
  const indents = new Set(leads.map((lead = '') => (lead.startsWith('\t') ? '\t' : lead === ' ' || lead.length > 4 ? ' ' : '')));
  return indents.size === 1 ? ([...indents][0] ?? '') : '';
}

function leadOf(line: string): string | undefined {
  return line.length > mostLength ? undefined : (lead.exec(line) ?? statRow.exec(line))?.[0];
}
