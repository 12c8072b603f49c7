/** The rows of JSON that must stay in sight, found by parsing it: those where something went wrong, and outliers. It knows no compressor. */

type Row = Readonly<Record<string, unknown>>;
interface Value {
  readonly name: string;
  readonly value: string | number;
}

/** Ways in which a value may be written: whole, or only what differs between the rows, where the rest is said once above them. */
type Spellings = readonly string[];

export interface WantedRow {
  /** Why it is wanted: the level and every text of several words, or the value that stands out. All of it stands in one line. */
  readonly says: readonly Spellings[];
  /** Values that only this row has under their name; one of them stands in the same line. */
  readonly marks: readonly Spellings[];
}

const levelField = /^(level|severity|status|state|log_?level|type|priority)$/i;
const wrong = /^(error|err|critical|fatal|fail|failed|failure|panic|alert|emergency)$/i;
/** Fewer rows have no outliers; a column has few values where it has at most so many and four times as many rows. */
const leastRows = 10;
const fewValues = 12;

/** Rows with a level or status that says that something went wrong. */
export function errorRows(json: string): WantedRow[] {
  const says = ({ name, value }: Value): boolean => levelField.test(name) || (typeof value === 'string' && value.includes(' '));
  return listsOf(JSON.parse(json)).flatMap((rows) => rows.filter(isWrong).map((row) => wantedOf(row, rows, says)));
}

/** Rows with a number more than three median absolute deviations from the median, or with a value seen once among few others. */
export function outlierRows(json: string): WantedRow[] {
  return listsOf(JSON.parse(json)).flatMap((rows) => {
    if (rows.length < leastRows) return [];
    const names = [...new Set(rows.flatMap((row) => valuesOf(row).map(({ name }) => name)))];
    return names.flatMap((name) => {
      const standsOut = outliersOf(columnOf(rows, name));
      const outlying = rows.filter((row) => isScalar(row[name]) && standsOut(row[name]));
      return outlying.map((row) => wantedOf(row, rows, (value) => value.name === name));
    });
  });
}

/** A row is shown where one line of the text says why it is wanted and which row it is. */
export function isRowShown({ says, marks }: WantedRow, text: string): boolean {
  return text.split('\n').some((line) => {
    const holds = (spellings: Spellings): boolean => spellings.some((spelling) => line.includes(spelling));
    return says.every(holds) && (marks.length === 0 || marks.some(holds));
  });
}

function isWrong(row: Row): boolean {
  return valuesOf(row).some(({ name, value }) => levelField.test(name) && typeof value === 'string' && wrong.test(value));
}

function outliersOf(column: readonly (string | number)[]): (value: string | number) => boolean {
  const different = new Set(column).size;
  const isAlone = (value: string | number): boolean => column.filter((other) => other === value).length === 1;
  if (different > 1 && different <= fewValues && column.length > different * 4) return isAlone;
  const numbers = column.filter((value) => typeof value === 'number');
  const middle = median(numbers);
  const deviation = median(numbers.map((number) => Math.abs(number - middle)));
  return (value) => typeof value === 'number' && numbers.length >= leastRows && deviation > 0 && Math.abs(value - middle) > 3 * deviation;
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
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

function wantedOf(row: Row, rows: readonly Row[], isSaid: (value: Value) => boolean): WantedRow {
  const values = valuesOf(row);
  const spell = ({ name, value }: Value): Spellings => [String(value), differing(String(value), columnOf(rows, name).map(String))];
  const isAlone = ({ name, value }: Value): boolean => rows.filter((other) => other[name] === value).length === 1;
  return {
    says: values.filter(isSaid).map(spell),
    marks: values.filter((value) => !isSaid(value) && isAlone(value)).map(spell),
  };
}

function valuesOf(row: Row): Value[] {
  return Object.entries(row).flatMap(([name, value]) => (isScalar(value) ? [{ name, value }] : []));
}

function columnOf(rows: readonly Row[], name: string): (string | number)[] {
  return rows.flatMap((row) => (isScalar(row[name]) ? [row[name]] : []));
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
