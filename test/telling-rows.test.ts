/** Which rows of JSON must stay in sight, and when they are. */
import { expect, test } from 'vitest';
import { errorRows, isRowShown, outlierRows } from '../scripts/bench/telling-rows.ts';

const log = JSON.stringify({
  entries: [
    { time: '2026-11-22T10:01:00Z', level: 'INFO', message: 'all is well', trace: 'aa11' },
    { time: '2026-11-22T10:02:00Z', level: 'ERROR', message: 'it broke here', trace: 'bb22' },
    { time: '2026-11-22T10:03:00Z', level: 'CRITICAL', message: 'it broke here', trace: 'cc33' },
  ],
  jobs: [{ id: 1, status: 'failed' }],
});

test('rows with an error level or status are found in every list', () => {
  expect(errorRows(log)).toHaveLength(3);
  expect(errorRows('{"level": "ERROR"}')).toEqual([]);
});

test('a row is shown by one line that says what went wrong and which row it is', () => {
  const [error, critical] = errorRows(log);
  expect(error && isRowShown(error, log)).toBe(true);
  const table = 'time = 2026-11-22T10:0{}:00Z\n1\tINFO\tall is well\taa11\n2\tERROR\tit broke here\tbb22';
  expect(error && isRowShown(error, table)).toBe(true);
  expect(critical && isRowShown(critical, table)).toBe(false);
});

test('a row is not shown by its values in several lines, or by another row that says the same', () => {
  const [error] = errorRows(log);
  expect(error && isRowShown(error, 'ERROR\nit broke here\nbb22')).toBe(false);
  expect(error && isRowShown(error, 'ERROR\tit broke here\tdd44')).toBe(false);
});

test('outliers are numbers far from the median and values seen once among few', () => {
  const rows = Array.from({ length: 40 }, (_, at) => ({ id: `row-${at}`, took: 10 + (at % 5), plan: at % 2 === 0 ? 'free' : 'paid' }));
  const withOutliers = [...rows, { id: 'slow', took: 500, plan: 'free' }, { id: 'odd', took: 12, plan: 'trial' }];
  expect(outlierRows(JSON.stringify({ rows }))).toEqual([]);
  const found = outlierRows(JSON.stringify({ rows: withOutliers }));
  expect(found).toHaveLength(2);
  expect(found.map((row) => isRowShown(row, 'id\ttook\tplan\nslow\t500\tfree'))).toEqual([true, false]);
  expect(found.map((row) => isRowShown(row, 'id\ttook\tplan\nrow-3\t500\tfree'))).toEqual([false, false]);
});
