/**
 * Finds tables that a tool drew with bars: psql's (` a | b ` over a rule of dashes), boxes of mysql, sqlite, duckdb and their kin, and what is
 * separated by commas or tabs. A table whose rows do not all have as many cells as its head is none.
 */

export interface DrawnTable {
  /** First line, and the line behind the last. */
  readonly from: number;
  readonly until: number;
  readonly head: readonly string[];
  /** A second line of the head: types of the columns. */
  readonly types?: readonly string[];
  readonly rows: readonly TableRow[];
  /** Whether only a rule tells its head from its rows. */
  readonly isBox: boolean;
  /** Rows that the tool counted; undefined where it did not. */
  readonly counted?: number;
}

export interface TableRow {
  readonly line: number;
  readonly cells: readonly string[];
}

const psqlRule = /^-+(?:\+-+)*$/;
const psqlFooter = /^\((\d+) rows?\)$/;
const border = /^[+|├└┌╭╰╞┡┢╔╠╚┣┏┗╟][-+=|:─━┄┈┬┼┴┳╋┻═╤╪╧╦╬╩╇╈╂┿]{2,}[+|┤┘┐╮╯╡┩┪╗╣╝┫┓┛╢]$/;
const bar = /^[|│┃║]/;
const bars = /[|│┃║]/;

/** All bar-drawn tables of a text, in order. */
export function findDrawnTables(lines: readonly string[]): DrawnTable[] {
  const tables: DrawnTable[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const table = isBorder(line) ? readBox(lines, at) : psqlRule.test(line) ? readPsql(lines, at) : undefined;
    if (table) {
      tables.push(table);
      at = table.until - 1;
    } else if (isBorder(line)) {
      while (at + 1 < lines.length && (isBorder(lines[at + 1] ?? '') || bar.test(lines[at + 1] ?? ''))) at++;
    }
  }
  return tables;
}

function isBorder(line: string): boolean {
  return line.length > 3 && border.test(line.trimEnd());
}

/** Head above the rule, rows below it up to `(3 rows)`; a description (`\\d`) has no such line and at least two columns. */
function readPsql(lines: readonly string[], rule: number): DrawnTable | undefined {
  const columns = (lines[rule] ?? '').split('+').length;
  const head = splitCells(lines[rule - 1] ?? '', columns);
  if (rule === 0 || !head || (columns === 1 && !/^ \S/.test(lines[rule - 1]?.replace(/^ +/, ' ') ?? ''))) return undefined;
  const rows: TableRow[] = [];
  for (let at = rule + 1; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const cells = line.startsWith(' ') ? splitCells(line, columns) : undefined;
    if (cells) rows.push({ line: at, cells });
    else {
      const counted = psqlFooter.exec(line)?.[1];
      const table = { from: rule - 1, until: at, head, rows, isBox: false };
      if (counted !== undefined) return { ...table, counted: Number(counted) };
      return columns > 1 && rows.length > 0 && !line.includes('|') ? table : undefined;
    }
  }
  return undefined;
}

/** A border, lines between bars, a border; where there are rules within, what stands above the first is the head. */
function readBox(lines: readonly string[], from: number): DrawnTable | undefined {
  const rows: TableRow[] = [];
  const rules: number[] = [];
  let columns: number | undefined;
  let last = -1;
  for (let at = from; at < lines.length; at++) {
    const line = (lines[at] ?? '').trimEnd();
    if (isBorder(line)) {
      rules.push(at);
      last = at;
      // Two borders in a row: the next table.
      if (at > from && isBorder(lines[at + 1] ?? '')) break;
    } else if (bar.test(line) && bars.test(line.at(-1) ?? '') && line.length > 2) {
      const cells = line.slice(1, -1).split(bars);
      columns ??= cells.length;
      // What stands below a rule across all columns is said of the table.
      if (cells.length !== columns && last === at - 1 && rules.length > 2) break;
      if (cells.length !== columns) return undefined;
      rows.push({ line: at, cells: cells.map((cell) => cell.trim()) });
    } else break;
  }
  const [, second] = rules;
  if (rows.length < 2 || rules.length < 3 || second === undefined || rows.some(({ line }) => line > last)) return undefined;
  const [names, types, ...more] = rows.filter(({ line }) => line < second);
  if (!names || more.length > 0) return undefined;
  // Rules between rows tell where a row of several lines ends.
  if (rules.length > 3 && (types || rows.length !== rules.length - 1)) return undefined;
  const body = rows.filter(({ line }) => line > second);
  return { from, until: last + 1, head: names.cells, ...(types ? { types: types.cells } : {}), rows: body, isBox: true };
}

function splitCells(line: string, columns: number): string[] | undefined {
  const cells = line.split('|');
  return cells.length === columns ? cells.map((cell) => cell.trim()) : undefined;
}

/** A text that is rows of cells between commas or tabs and nothing else, the first of them the head; undefined where one does not fit. */
export function readSeparated(lines: readonly string[]): DrawnTable | undefined {
  const until = lines.at(-1) === '' ? lines.length - 1 : lines.length;
  const first = lines[0] ?? '';
  const separator = first.includes('\t') ? '\t' : ',';
  const head = splitSeparated(first, separator);
  if (!head || head.length < 2 || head.some((name) => name === '' || /^-?\d+(?:\.\d+)?$/.test(name)) || new Set(head).size < head.length)
    return undefined;
  const rows: TableRow[] = [];
  for (let line = 1; line < until; line++) {
    const cells = splitSeparated(lines[line] ?? '', separator);
    if (cells?.length !== head.length) return undefined;
    rows.push({ line, cells });
  }
  return { from: 0, until, head, rows, isBox: false };
}

/** Cells of one line; undefined where a quoted cell goes on in the next. */
function splitSeparated(line: string, separator: string): string[] | undefined {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  if (!text.includes('"')) return text.split(separator);
  const cells: string[] = [];
  for (let at = 0; at <= text.length; ) {
    let end = text.indexOf(separator, at);
    if (text[at] === '"') {
      let quote = text.indexOf('"', at + 1);
      while (quote >= 0 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2);
      if (quote < 0 || (quote + 1 < text.length && text[quote + 1] !== separator)) return undefined;
      cells.push(text.slice(at + 1, quote).replaceAll('""', '"'));
      at = quote + 2;
      if (quote + 1 === text.length) break;
      continue;
    }
    if (end < 0) end = text.length;
    cells.push(text.slice(at, end));
    at = end + 1;
  }
  return cells;
}
