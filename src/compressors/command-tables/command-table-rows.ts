/** Which rows of a command's table are like so many others that a count says as much, and what they are called in a note. */
import type { CommandTable } from './command-table-formats.ts';

/** How many connections of one state, and how many objects of one sort, are shown one by one. */
const mostAlike = 20;

/** For each row the words for a note where it may be left out; undefined where it must be shown. */
export function dullnessOf(table: CommandTable): (string | undefined)[] {
  const [heading = []] = table.rows;
  const sorts = table.rows.map((row, n) => (row && n > 0 ? sortOf(table.name, heading, row) : undefined));
  return table.name === 'ss' || table.name === 'netstat' ? afterFirst(sorts, mostAlike) : sorts;
}

function sortOf(name: CommandTable['name'], heading: readonly string[], row: readonly string[]): string | undefined {
  const cell = (title: string): string => row[heading.indexOf(title)] ?? '';
  switch (name) {
    case 'ps':
      return /^\[[^\]\s]+\]$/.test(row.at(-1) ?? '') ? 'kernel threads' : undefined;
    case 'top':
      return cell('%CPU') === '0.0' && Number(cell('%MEM')) < 1 ? 'tasks at 0.0 %CPU' : undefined;
    case 'lsof':
      return sortOfOpenFile(cell('FD'), row.at(-1) ?? '');
    case 'netstat':
    case 'ss':
      return sortOfSocket(heading, row);
    case 'objects':
      return sortOfObject(cell('STATUS') || cell('PHASE'), cell('READY'), cell('RESTARTS'));
    default:
      return undefined;
  }
}

function sortOfOpenFile(descriptor: string, name: string): string | undefined {
  if (/\((?:readlink|opendir): Permission denied\)$/.test(name)) return 'rows without permission';
  if (descriptor === 'mem' || descriptor === 'DEL') return 'mapped files';
  if (descriptor === 'txt' || descriptor === 'rtd') return `${descriptor} rows`;
  return /^(?:pipe|anon_inode|\[eventfd\]|\[eventpoll\]|\[timerfd\]|\[signalfd\]|inotify|\/dev\/(?:null|urandom))/.test(name)
    ? 'pipes, events and null devices'
    : undefined;
}

/** A socket that listens is always shown, and so is one with bytes waiting. */
function sortOfSocket(heading: readonly string[], row: readonly string[]): string | undefined {
  const type = row[heading.indexOf('Type')];
  if (type !== undefined) return `${type} sockets`;
  const state = row[heading.findIndex((title) => /^\(?state\)?$/i.test(title))] ?? '';
  return /^LISTEN$|^UNCONN$/i.test(state) ? undefined : state || `${row[0] ?? ''} sockets`;
}

function sortOfObject(status: string, ready: string, restarts: string): string | undefined {
  const [is, all] = ready.split('/');
  const isUp = /^(?:Running|Completed|Succeeded|Bound|Active|Ready|Up \d+ [a-z]+|Up .*\(healthy\))$/.test(status);
  return isUp && (ready === '' || status === 'Completed' || is === all) && /^0?$/.test(restarts)
    ? status.replace(/^Up .*/, 'Up')
    : undefined;
}

function afterFirst(sorts: readonly (string | undefined)[], most: number): (string | undefined)[] {
  const seen = new Map<string, number>();
  return sorts.map((sort) => {
    if (sort === undefined) return undefined;
    const count = (seen.get(sort) ?? 0) + 1;
    seen.set(sort, count);
    return count > most ? sort : undefined;
  });
}
