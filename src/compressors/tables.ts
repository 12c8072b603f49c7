/**
 * What databases and their kin print as tables: cells without the padding and the frame around them, as psql's own unaligned output has
 * them; of long ones, and of long rows of comma or tab separated cells, the telling rows. Never tables that stand in files.
 */
import { linesOf as plainLinesOf } from '../text/lines-of.ts';
import { commandOf, showsFiles } from '../text/tool-call.ts';
import type { Compressor, SmallerText, TextToShrink } from './compressor.ts';
import { type DrawnTable, findDrawnTables, readSeparated } from './tables/tables-read.ts';
import { keepRows, tellRows } from './tables/tables-rows.ts';
import { untilStable } from './until-stable.ts';

/** Programs that print tables of their own making. */
const program =
  /\b(?:psql|pgcli|mysql|mariadb|mycli|sqlite3|litecli|duckdb|clickhouse(?:-client)?|cqlsh|cockroach|trino|presto|beeline|hive|impala-shell|bq|snowsql|usql|sqlcmd|turso|d1 execute|influx|mlr|xsv|qsv|csvlook|csvstat|csvsql|csvtk|nu|aws|az|gcloud|openstack)\b/;
const statement = /\b(?:SELECT\b[^;]*\bFROM|SHOW\s+\w+|EXPLAIN|COPY\b[^;]*\bTO)\b/i;
const asCsv = /\bcsv\b|\btsv\b/i;
const record = /^-\[ RECORD (\d+) \][-+]*$/m;
/** Rows from which some may be left out. */
const leastRows = 40;

export const tables: Compressor = {
  kind: 'tables',
  lever: 'table padding',
  claim: ({ text, call }) => {
    if (!printsTables(call)) return 0;
    const lines = linesOf(text);
    if (record.test(text) || findDrawnTables(lines).length > 0) return 0.85;
    return lines.length > leastRows && readSeparated(lines) ? 0.8 : 0;
  },
  shrink: ({ text }) => untilStable(text, (given) => draw(given)?.form),
  excerpt: (input) => {
    const drawn = draw(input.text) ?? separated(input);
    if (!drawn?.tables.some(isLong)) return undefined;
    const lines = drawn.form?.text.split('\n') ?? plainLinesOf(input.text);
    const keeps = lines.map(() => true);
    const places = new Map<number, { table: DrawnTable; at: number }>();
    for (const table of drawn.tables) {
      for (const [at, { line }] of table.rows.entries()) places.set(line, { table, at });
      if (!isLong(table)) continue;
      for (const [at, keep] of keepRows(table, input.asked).entries()) keeps[table.rows[at]?.line ?? 0] = keep;
    }
    return {
      ...(drawn.form ? { of: drawn.form } : {}),
      keeps,
      unit: 'row',
      tell: (from, until) => {
        const { table, at } = places.get(from) ?? {};
        return table && at !== undefined && until <= table.until ? tellRows(table, at, at + until - from) : undefined;
      },
    };
  },
};

/** Where the tool counted fewer rows than there are lines, some rows take several. */
function isLong({ rows, counted }: DrawnTable): boolean {
  return rows.length >= leastRows && (counted === undefined || counted === rows.length);
}

/** A text with its tables undrawn, and where they stand in it. */
interface Drawn {
  readonly form: SmallerText | undefined;
  readonly tables: readonly DrawnTable[];
}

function draw(text: string): Drawn | undefined {
  const lines = undrawRecords(linesOf(text));
  const found = findDrawnTables(lines);
  const written: string[] = [];
  const placed: DrawnTable[] = [];
  let at = 0;
  for (const table of found) {
    while (at < table.from) written.push(lines[at++] ?? '');
    // A bar in a cell would be read as another cell; what is drawn narrowly already stays.
    if ([table.head, ...table.rows.map(({ cells }) => cells)].some((cells) => cells.some((cell) => /[|│┃║]/.test(cell)))) continue;
    const from = written.length;
    written.push(table.head.join('|'));
    if (table.types) written.push(table.types.join('|'));
    if (table.isBox) written.push(table.head.map(() => '-').join('|'));
    const rows = table.rows.map(({ cells }) => ({ line: written.push(cells.join('|')) - 1, cells }));
    placed.push({ ...table, from, until: written.length, rows });
    at = table.until;
  }
  while (at < lines.length) written.push(lines[at++] ?? '');
  const undrawn = written.join(lineEnd(text));
  return undrawn === text ? undefined : { form: { text: undrawn, form: 'same-to-the-eye' }, tables: placed };
}

/** Windows ends every line with two characters: the same at the end of all of them, or content. */
function lineEnd(text: string): '\n' | '\r\n' {
  return text.includes('\r\n') && !/(?:^|[^\r])\n/.test(text) ? '\r\n' : '\n';
}

function linesOf(text: string): readonly string[] {
  return lineEnd(text) === '\n' ? plainLinesOf(text) : text.split('\r\n');
}

function separated({ text }: TextToShrink): Drawn | undefined {
  const table = readSeparated(plainLinesOf(text));
  return table && { form: undefined, tables: [table] };
}

function printsTables(call: TextToShrink['call']): boolean {
  const command = commandOf(call);
  if (command === undefined) return /sql|query|database|(?:^|_)db(?:_|$)|table|csv|sheet|dataset/i.test(call?.tool ?? '');
  return !showsFiles(call) && (program.test(command) || statement.test(command) || asCsv.test(command));
}

function withoutSpaces(name: string): string {
  let end = name.length;
  while (name[end - 1] === ' ') end--;
  return name.slice(0, end);
}

/** Records of psql's expanded output: names of columns in a column of their own. */
function undrawRecords(lines: readonly string[]): string[] {
  let inRecord = false;
  return lines.map((line) => {
    const number = record.exec(line)?.[1];
    if (number !== undefined) {
      inRecord = true;
      return `-[ RECORD ${number} ]`;
    }
    const bar = inRecord ? line.indexOf('|') : -1;
    if (bar < 0 || /\r/.test(line.slice(bar))) inRecord = false;
    return inRecord ? `${withoutSpaces(line.slice(0, bar))}|${line.slice(line[bar + 1] === ' ' ? bar + 2 : bar + 1)}` : line;
  });
}
