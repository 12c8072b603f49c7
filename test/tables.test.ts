/** Long tables: which rows an excerpt shows, and what it says of the others. The common laws of members stand in `compressors.test.ts`. */
import { describe, expect, test } from 'vitest';
import { tables } from '../src/compressors/tables.ts';

const call = { tool: 'Bash', input: { command: 'psql --csv harbour -c "select * from berths"' } };

interface Berth {
  readonly id: number;
  readonly name: string;
  readonly length: number;
  readonly zone: string;
}

/** Sixty rows of a kind, some of them changed. */
function shownRows(changes: Readonly<Record<number, Partial<Berth>>>, asked?: string): { shown: string[]; told: (string | undefined)[] } {
  const rows = Array.from({ length: 60 }, (_, at): Berth => {
    return { id: 100 + at, name: `berth ${at % 7}`, length: 8 + (at % 5), zone: at % 2 ? 'north' : 'south', ...changes[at] };
  });
  const text = `id,name,length,zone\n${rows.map(({ id, name, length, zone }) => `${id},${name},${length},${zone}`).join('\n')}\n`;
  const excerpt = tables.excerpt?.({ text, call, ...(asked ? { asked } : {}) });
  if (!excerpt) return { shown: [], told: [] };
  const shown = text.split('\n').filter((_, at) => excerpt.keeps[at]);
  const from = excerpt.keeps.indexOf(false);
  return { shown, told: [excerpt.tell?.(from, excerpt.keeps.indexOf(true, from))] };
}

describe('of a long table', () => {
  test('the first five and the last three rows are shown, and the others are told by column', () => {
    const { shown, told } = shownRows({});
    expect(shown.map((line) => line.split(',')[0])).toEqual(['id', '100', '101', '102', '103', '104', '157', '158', '159', '']);
    expect(told).toEqual(['id 105 to 156, length 8 to 12, zone north 26 / south 26']);
  });

  test('outliers are shown: far numbers, values seen once among few, cells of another length', () => {
    expect(shownRows({ 20: { length: 90 } }).shown).toContain('120,berth 6,90,south');
    expect(shownRows({ 20: { zone: 'dry dock' } }).shown).toContain('120,berth 6,8,dry dock');
    expect(shownRows({ 21: { name: 'a berth with a very long name' } }).shown).toContain('121,a berth with a very long name,9,north');
  });

  test('rows that failed and rows that were asked for are shown', () => {
    expect(shownRows({ 30: { name: 'failed' } }).shown).toContain('130,failed,8,south');
    expect(shownRows({}, 'how long is the berth with id 131?').shown).toContain('131,berth 3,9,north');
    expect(shownRows({}).shown).not.toContain('131,berth 3,9,north');
  });
});
