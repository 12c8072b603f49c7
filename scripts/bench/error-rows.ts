/** The rows of JSON that say something went wrong, and whether an outgoing text still shows them. It knows no compressor. */

export type Row = Readonly<Record<string, unknown>>;

export interface WantedRow {
  /** Its values as text, those first that no other row of its list has under the same name. */
  readonly telling: readonly string[];
}

const levelField = /^(level|severity|status|state|log_?level|type|priority)$/i;
const wrong = /^(error|err|critical|fatal|fail|failed|failure|panic|alert|emergency)$/i;

export function errorRows(json: string): WantedRow[] {
  return listsOf(JSON.parse(json)).flatMap((rows) => rows.filter(isWrong).map((row) => ({ telling: tellingOf(row, rows) })));
}

/** A row is shown where one line of the text holds what tells it from the others. */
export function isRowShown({ telling }: WantedRow, text: string): boolean {
  return text.split('\n').some((line) => telling.every((value) => line.includes(value)));
}

function isWrong(row: Row): boolean {
  return Object.entries(row).some(([name, value]) => levelField.test(name) && typeof value === 'string' && wrong.test(value));
}

/** Every list of objects, at any depth. */
function listsOf(value: unknown): Row[][] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.values(value).flatMap(listsOf);
  return Array.isArray(value) && value.length > 0 && value.every(isRow) ? [value, ...below] : below;
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Values that only this row has under their name; of a row without such, all that are no shared constants. */
function tellingOf(row: Row, rows: readonly Row[]): string[] {
  const scalars = Object.entries(row).filter(([, value]) => typeof value === 'string' || typeof value === 'number');
  const unique = scalars.filter(([name, value]) => rows.filter((other) => other[name] === value).length === 1);
  return (unique.length > 0 ? unique : scalars).map(([, value]) => String(value));
}
