/** The decision store in plain files, as whoever reads it knows it: a line that was cut short anywhere never happened. */
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDecisions } from '../src/store/decision-files.ts';
import type { DecisionLine } from '../src/store/decisions.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headroom-decisions-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const root = '0123456789abcdef0123456789abcdef';
const line = (id: string): DecisionLine => ({ v: 1, id, scope: 'scope', era: 'era', tripped: `some text, né, of ${id}` });
const file = () => join(folder, readdirSync(folder)[0]!);

test('a decision cut short after any of its bytes never happened, for who reads and for who goes on', async () => {
  const store = openDecisions(folder);
  await store.append(root, line('one'));
  const before = readFileSync(file());
  await store.append(root, line('two'));
  const whole = readFileSync(file());
  for (let length = before.length; length < whole.length; length++) {
    writeFileSync(file(), whole.subarray(0, length));
    const { lines, place } = await openDecisions(folder).read(root);
    expect(lines.map(({ id }) => id)).toEqual(['one']);
    const others = await openDecisions(folder).append(root, line('three'), place);
    expect(others.lines).toEqual([]);
    const after = await openDecisions(folder).read(root);
    expect(after.lines).toEqual([line('one'), line('three')]);
    expect((await openDecisions(folder).read(root, others.place)).lines).toEqual([]);
  }
});

test('what is no line, or of a later version, is passed over', async () => {
  const store = openDecisions(folder);
  await store.append(root, line('one'));
  appendFileSync(file(), '\n{"v":2,"id":"later","scope":"s","era":"e"}\nnull\n[]\n"text"\n{"v":1,"id":"less"}\n\n');
  await store.append(root, line('two'));
  expect((await store.read(root)).lines).toEqual([line('one'), line('two')]);
});
