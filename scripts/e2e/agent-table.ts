/** The table agent x check: what the checks of a run come to for each agent that it visited, for the terminal and for the README. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Checks } from './checks.ts';

/** A column and which checks belong to it, whichever part of the runs made them. */
const columns: readonly (readonly [head: string, pattern: RegExp])[] = [
  ['tour ends', /steps?,? (?:were|was) played|all \d+ steps|both steps|its last words/],
  ['edits', /edits? (?:is|are) on disk/],
  ['results smaller', /(?:results|outputs?)(?: of commands)?(?: are| is) smaller/],
  [
    'nothing else changed',
    /nothing but tool results|byte for byte those of a bare run|everything but outputs|all but the output of commands/,
  ],
  ['prefix kept', /extends the one before/],
  ['MCP', /MCP server answered/],
  ['failing command', /failing command|failed test came back/],
  ['upstream errors', /overloaded upstream|exit code [13-9]\d*, as bare|asked what it is asked bare/],
  ['exit code', /exit code/],
  ['home as bare', /files that (?:a )?bare runs? leaves?/],
  ['nothing left', /no process is left|port is free again/],
  ['corporate proxy', /reached through it|behind it, the tour ends|nothing on this machine/],
  ['terminal', /terminal has the modes|terminal: /],
];

export interface Row {
  readonly title: string;
  readonly cells: readonly string[];
}

/** `holds` by title of each check that was made. */
export function rowOf(title: string, results: readonly { readonly title: string; readonly holds: boolean }[]): Row {
  const cells = columns.map(([, pattern]) => {
    const found = results.filter((result) => pattern.test(result.title));
    if (found.length === 0) return '-';
    return found.every(({ holds }) => holds) ? 'ok' : 'FAILED';
  });
  return { title, cells };
}

export function tableOf(rows: readonly Row[]): string {
  const all = [
    ['agent', ...columns.map(([head]) => head)],
    ['---', ...columns.map(() => '---')],
    ...rows.map(({ title, cells }) => [title, ...cells]),
  ];
  return all.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Checks that also remember what each of them came to. */
export function remember(checks: Checks): { readonly checks: Checks; readonly results: readonly { title: string; holds: boolean }[] } {
  const results: { title: string; holds: boolean }[] = [];
  const check: Checks['check'] = (title, holds, detail) => {
    results.push({ title, holds });
    return checks.check(title, holds, detail);
  };
  const equal: Checks['equal'] = (title, found, expected) => {
    results.push({ title, holds: found === expected });
    return checks.equal(title, found, expected);
  };
  return { checks: { ...checks, check, equal }, results };
}

const marks = ['<!-- agents-tested -->\n', '<!-- /agents-tested -->'] as const;

/** Puts these rows into the README's table, over those of the same agents; `order`: the titles of all. */
export function writeTable(readme: string, rows: readonly Row[], order: readonly string[]): void {
  const text = readFileSync(readme, 'utf8');
  const [start, end] = marks.map((mark) => text.indexOf(mark)) as [number, number];
  if (start < 0 || end < 0) throw new Error(`no ${marks[0].trim()} in ${readme}`);
  const table = tableOf(mergeRows(rowsIn(text.slice(start, end)), rows, order));
  const head = 'Printed by `npm run test:agents -- --readme`, or by `npm run e2e -- AGENT --readme` for one of them';
  const place = `Node ${process.versions.node.split('.')[0]}, ${process.platform}`;
  writeFileSync(readme, `${text.slice(0, start + marks[0].length)}${head} (${place}).\n\n${table}\n${text.slice(end)}`);
}

/** Of each agent that is still there the newest row, with its version. */
function mergeRows(before: readonly Row[], rows: readonly Row[], order: readonly string[]): readonly Row[] {
  return order.flatMap((title) => [...rows, ...before].find((row) => nameOf(row.title) === nameOf(title)) ?? []);
}

/** None where the columns are not today's. */
function rowsIn(markdown: string): readonly Row[] {
  const lines = markdown.split('\n').filter((line) => line.startsWith('| '));
  const [head, , ...rest] = lines.map((line) => line.slice(2, -2).split(' | '));
  if (head?.slice(1).join() !== columns.map(([name]) => name).join()) return [];
  return rest.map(([title = '', ...cells]) => ({ title, cells }));
}

function nameOf(title: string): string {
  return title.replace(/ [\d.]+.*/, '');
}
