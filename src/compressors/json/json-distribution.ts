/** What rows that are not shown hold, in a few words: values and how often each stands there, or from what to what they go. */
import { orderingColumn } from './json-order.ts';
import type { Table, TableColumn } from './json-table.ts';

const mostColumns = 8;
const mostValues = 6;
const mostUnits = 420;

export function tellRows(table: Table, rows: readonly number[]): string | undefined {
  // The first and the last row are shown, and with them from where to where it goes.
  const ordering = orderingColumn(table);
  const told: string[] = [];
  for (const column of table.columns) {
    if (column === ordering || !isTold(column)) continue;
    const words = tellColumn(column, rows);
    if (words !== undefined && told.length < mostColumns) told.push(`${column.name} ${words}`);
  }
  const kept: string[] = [];
  for (const words of told) if (kept.join('; ').length + words.length <= mostUnits) kept.push(words);
  return kept.length === 0 ? undefined : kept.join('; ').replaceAll('[', '(').replaceAll(']', ')');
}

/** What stands in the rows, and not what another column says already. */
function isTold({ shown }: TableColumn): boolean {
  if (shown.how !== 'template') return shown.how === 'cell';
  return shown.template.blankAt !== undefined && shown.template.parts.every((part) => typeof part === 'string');
}

function tellColumn({ cells }: TableColumn, rows: readonly number[]): string | undefined {
  const values = rows.map((row) => {
    const cell = cells[row];
    if (!cell) return 'none';
    if (cell.type !== 'scalar') return undefined;
    return cell.text === '' ? '""' : (cell.text ?? cell.raw);
  });
  if (values.some((value) => value === undefined)) return undefined;
  const spelled = values as string[];
  return (
    tellRange(cells, rows, spelled) ??
    tellCounts(spelled, 1) ??
    tellCounts(
      spelled.map((value) => value.replace(/\d+/g, '#')),
      2,
    )
  );
}

/** Numbers and dates by their ends. */
function tellRange(cells: TableColumn['cells'], rows: readonly number[], spelled: readonly string[]): string | undefined {
  if (new Set(spelled.slice(0, 200)).size <= mostValues) return undefined;
  const areNumbers = rows.every((row) => cells[row]?.type === 'scalar' && /^-?\d/.test((cells[row] as { raw: string }).raw));
  if (areNumbers) {
    const [least, most] = ends(spelled, (one, other) => Number(one) - Number(other));
    return `${least} to ${most}`;
  }
  if (!spelled.every((value) => /^\d{4}-\d\d-\d\d/.test(value))) return undefined;
  const [first, last] = ends(spelled, (one, other) => (one < other ? -1 : one > other ? 1 : 0));
  const days = [first.slice(0, 10), last.slice(0, 10)];
  return days[0] === days[1] ? `${first} to ${last.slice(11)}` : days.join(' to ');
}

function tellCounts(values: readonly string[], least: number): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) {
    counts.set(value, (counts.get(value) ?? 0) + 1);
    if (counts.size > mostValues) return undefined;
  }
  if (counts.size < least || [...counts.keys()].some((value) => value.length > 60 || /[\n,;]/.test(value))) return undefined;
  return [...counts]
    .sort((one, other) => other[1] - one[1])
    .map(([value, count]) => `${value} ${count}`)
    .join(', ');
}

function ends(values: readonly string[], compare: (one: string, other: string) => number): [string, string] {
  let [least = '', most = ''] = [values[0], values[0]];
  for (const value of values) {
    if (compare(value, least) < 0) least = value;
    if (compare(value, most) > 0) most = value;
  }
  return [least, most];
}
