/** Which of several forms a text goes out in. */
import { expect, test, vi } from 'vitest';
import { route, routeExcerpt } from '../src/pipeline/route.ts';
import { compressorFixtures } from './helpers/compressor-fixtures.ts';

const inputOf = (name: string) => {
  const { call, input } = compressorFixtures().find((fixture) => fixture.name === name) ?? { call: undefined, input: '' };
  return { text: input, call };
};

test('of several forms the one with the fewest tokens wins, whatever its length', () => {
  const input = inputOf('absolute-paths.txt');
  const shortest = route(input, (text) => text.length).text;
  const other = route(input, (text) => -text.length).text;
  expect(shortest.length).toBeLessThan(other.length);
  expect(other.length).toBeLessThan(input.text.length);
});

test('a single form is not counted', () => {
  const count = vi.fn(() => 1);
  expect(route(inputOf('git-grep-in-a-revision.txt'), count).form).toBe('invertible');
  expect(count).not.toHaveBeenCalled();
});

test('an excerpt answers the question that is asked with it, though who claims the text is known already', () => {
  const rows = Array.from({ length: 600 }, (_, n) => `${n},customer-${n},${n % 7},Lisbon`);
  const input = {
    text: ['id,name,orders,city', ...rows].join('\n'),
    call: { tool: 'Bash', input: { command: 'mlr --icsv --ocsv cat orders.csv' } },
  };
  route(input, (text) => text.length);
  const excerpts = ['customer-333', 'customer-444'].map((name) => routeExcerpt({ ...input, asked: `where does ${name} live` })?.text ?? '');
  expect(excerpts.map((text) => [text.includes('customer-333'), text.includes('customer-444')])).toEqual([
    [true, false],
    [false, true],
  ]);
});
