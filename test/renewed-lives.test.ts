/** What was written to a provider's cache for an hour lives on for an hour by every request that reads it, whatever that request asks for. */
import { expect, test } from 'vitest';
import { createHistory, isCold, take } from '../src/pipeline/history.ts';
import type { ClockReading } from '../src/store/decisions.ts';

const at = (seconds: number): ClockReading => ({ time: 1_000_000_000 + seconds * 1000, up: seconds, host: 'here' });

test('an hour that was asked for once counts from the latest use', () => {
  const history = createHistory();
  const use = (seconds: number, life: number) =>
    take(
      history,
      { v: 1, id: `${seconds}`, scope: 's', era: 'e', sent: `${seconds}`, used: { ...at(seconds), life }, isBorneOut: true },
      at(seconds),
    );
  const isColdAt = (seconds: number) => isCold(history.eras.get('e')!, at(seconds));
  use(0, 300);
  expect([300, 500].map(isColdAt)).toEqual([false, true]);
  use(500, 3600);
  use(3000, 300);
  expect([3500, 4200, 6500, 6700].map(isColdAt)).toEqual([false, false, false, true]);
});
