/** A request that is asked again says nothing new of its system prompt: what differs in every request may be no part of the provider's cache. */
import { expect, test } from 'vitest';
import { chooseCourse } from '../src/pipeline/course.ts';
import { createHistory, take } from '../src/pipeline/history.ts';
import type { ClockReading } from '../src/store/decisions.ts';

const now: ClockReading = { time: 1_000_000_000, up: 1000, host: 'here' };
const scopes = ['a', 'b'].map((letter) => letter + '0'.repeat(15));

/** What becomes of the third turn under another system prompt, where the first two were served so often. */
function courseAfter(sent: readonly string[]) {
  const history = createHistory();
  for (const [at, key] of sent.entries())
    take(history, { v: 1, id: `${at}`, scope: scopes[0]!, era: scopes[0]!, sent: key, used: { ...now, life: 300 } }, now);
  const blocks = ['1', '2', '3'].map((key) => ({ key: scopes[1]! + key, source: 'said' as const, text: 'go on', call: undefined }));
  return chooseCourse(history, { model: undefined, allowsRepeats: true, scope: scopes[1]!, opening: 1, turn: 3, blocks, life: 300 }, now, {
    isOurs: true,
    allowsCold: true,
  });
}

test('three requests with one system prompt make another one a change', () => {
  expect(courseAfter(['1', '2', '3']).cold).toBe('model');
});

test('the same request three times, as after an overload, does not', () => {
  expect(courseAfter(['3', '3', '3']).cold).toBeUndefined();
});
