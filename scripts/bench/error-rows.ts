/** The rows of JSON that say something went wrong, and whether an outgoing text still shows them. It knows no compressor. */

type Row = Readonly<Record<string, unknown>>;

/** Ways in which a value may be written: whole, or only what differs between the rows, where the rest is said once above them. */
type Spellings = readonly string[];

export interface WantedRow {
  /** What went wrong: the level and every text of several words. All of it stands in one line. */
  readonly says: readonly Spellings[];
  /** Values that only this row has under their name; one of them stands in the same line. */
  readonly marks: readonly Spellings[];
}

const levelField = /^(level|severity|status|state|log_?level|type|priority)$/i;
const wrong = /^(error|err|critical|fatal|fail|failed|failure|panic|alert|emergency)$/i;

export function errorRows(json: string): WantedRow[] {
  return listsOf(JSON.parse(json)).flatMap((rows) => rows.filter(isWrong).map((row) => wantedOf(row, rows)));
}

export function isRowShown({ says, marks }: WantedRow, text: string): boolean {
  return text.split('\n').some((line) => {
    const holds = (spellings: Spellings): boolean => spellings.some((spelling) => line.includes(spelling));
    return says.every(holds) && (marks.length === 0 || marks.some(holds));
  });
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

function wantedOf(row: Row, rows: readonly Row[]): WantedRow {
  const values = Object.entries(row).flatMap(([name, value]) => (isScalar(value) ? [{ name, value: String(value) }] : []));
  const columnOf = (name: string): string[] => rows.flatMap((other) => (isScalar(other[name]) ? [String(other[name])] : []));
  const spell = ({ name, value }: { name: string; value: string }): Spellings => [value, differing(value, columnOf(name))];
  const isSaid = ({ name, value }: { name: string; value: string }): boolean => levelField.test(name) || value.includes(' ');
  const isAlone = ({ name, value }: { name: string; value: string }): boolean =>
    columnOf(name).filter((other) => other === value).length === 1;
  return {
    says: values.filter(isSaid).map(spell),
    marks: values.filter((value) => !isSaid(value) && isAlone(value)).map(spell),
  };
}

function isScalar(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

/** The value without what all values of its column begin and end with. */
function differing(value: string, column: readonly string[]): string {
  let from = 0;
  while (from < value.length && column.every((other) => other[from] === value[from])) from++;
  let until = value.length;
  while (
    until > from &&
    column.every((other) => other.length - from > value.length - until && other.at(until - value.length - 1) === value[until - 1])
  )
    until--;
  return value.slice(from, until);
}
