/**
 * Tables that commands print (`ps`, `top`, `lsof`, `netstat`, `ss`, `df`, `docker ps`, `kubectl get`): without the padding; of big ones the
 * rows that say something, and counts of the others. Not tables of databases or documents.
 */
import { findAsked } from '../text/asked-words.ts';
import { writeRows } from '../text/columns.ts';
import { linesOf } from '../text/lines-of.ts';
import { commandOf, showsFiles } from '../text/tool-call.ts';
import { type CommandTable, findTables, gapCloser } from './command-tables/command-table-formats.ts';
import { dullnessOf } from './command-tables/command-table-rows.ts';
import type { Compressor, Excerpt, SmallerText, TextToShrink } from './compressor.ts';
import { untilStable } from './until-stable.ts';

/** Spares texts of another kind the reading of every line. */
const mayBeRow = /^ *[\w%+-]+ +\S+ +\S/m;

export const commandTables: Compressor = {
  kind: 'command-tables',
  lever: 'table padding',
  claim: ({ text, call }) => {
    if (showsFiles(call) || !mayBeRow.test(text)) return 0;
    const lines = linesOf(text);
    if (!findTables(lines, commandOf(call) ?? '').next().done) return 0.8;
    const close = gapCloser(commandOf(call) ?? '');
    return close && lines.some((line) => close(line) !== line) ? 0.7 : 0;
  },
  shrink: ({ text: given, call }) => untilStable(given, (text) => withoutPadding({ text, call }, tablesOf(linesOf(text), call))),
  excerpt: (input) => excerptOf(input),
};

function tablesOf(lines: readonly string[], call: TextToShrink['call']): CommandTable[] {
  return [...findTables(lines, commandOf(call) ?? '')];
}

function withoutPadding({ text, call }: TextToShrink, tables: readonly CommandTable[]): SmallerText | undefined {
  const lines = linesOf(text).map(gapCloser(commandOf(call) ?? '') ?? ((line) => line));
  for (const { from, rows } of tables) {
    const parsed = rows.filter((row) => row !== undefined);
    const written = writeRows(parsed)[Symbol.iterator]();
    for (const [n, row] of rows.entries()) if (row) lines[from + n] = written.next().value ?? '';
  }
  const shorter = lines.join('\n');
  return shorter.length < text.length ? { text: shorter, form: 'same-to-the-eye' } : undefined;
}

/** Rows at either end of a table that are shown in any case, and how many of one sort. */
const firstRows = 4;
const lastRows = 2;
const mostAsked = 30;

function excerptOf(input: TextToShrink): Excerpt | undefined {
  const lines = linesOf(input.text);
  const keeps = lines.map(() => true);
  const sorts: (string | undefined)[] = lines.map(() => undefined);
  const isAsked = findAsked(input.asked);
  const tables = tablesOf(lines, input.call);
  for (const table of tables) {
    const dull = dullnessOf(table);
    for (const [n, sort] of dull.entries()) {
      const at = table.from + n;
      sorts[at] = sort;
      if (sort !== undefined && n >= firstRows && n < table.rows.length - lastRows) keeps[at] = false;
    }
  }
  const asked = isAsked ? lines.flatMap((line, at) => (!keeps[at] && isAsked(line) ? [at] : [])) : [];
  if (asked.length <= mostAsked) for (const at of asked) keeps[at] = true;
  if (!keeps.includes(false)) return undefined;
  const of = withoutPadding(input, tables);
  return { ...(of ? { of } : {}), keeps, unit: 'row', tell: (from, until) => tellSorts(sorts.slice(from, until)) };
}

function tellSorts(sorts: readonly (string | undefined)[]): string | undefined {
  const counts = new Map<string, number>();
  for (const sort of sorts) counts.set(sort ?? 'other', (counts.get(sort ?? 'other') ?? 0) + 1);
  const named = [...counts].sort((one, other) => other[1] - one[1]);
  if (named.length === 1) return named[0]?.[0];
  const shown = named.slice(0, 5);
  const others = sorts.length - shown.reduce((sum, [, count]) => sum + count, 0);
  return [...shown.map(([sort, count]) => `${count} ${sort}`), ...(others > 0 ? [`${others} other`] : [])].join(', ');
}
