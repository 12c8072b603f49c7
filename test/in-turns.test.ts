/** Many who want to work at once: each in a turn of the event loop of its own, in the order in which they came. */
import { expect, test } from 'vitest';
import { inTurns } from '../src/proxy/in-turns.ts';

test('between two of them everything else goes on', async () => {
  const seen: string[] = [];
  const next = inTurns(async () => 'it');
  const work = ['one', 'two', 'three'].map(async (name) => void seen.push(`${name} has ${await next()}`));
  setImmediate(() => {
    seen.push('a turn');
    setImmediate(() => seen.push('a turn'));
  });
  await Promise.all(work);
  expect(seen).toEqual(['one has it', 'a turn', 'two has it', 'a turn', 'three has it']);
});

test('whoever comes alone waits for nobody', async () => {
  let turns = 0;
  const next = inTurns(async () => 'it');
  await next();
  await new Promise(setImmediate);
  setImmediate(() => {
    turns++;
  });
  await next();
  expect(turns).toBe(0);
});

test('one that fails fails alone', async () => {
  let count = 0;
  const next = inTurns(async () => {
    count += 1;
    if (count === 1) throw new Error('not yet');
    return count;
  });
  await expect(next()).rejects.toThrow('not yet');
  await expect(next()).resolves.toBe(2);
});
