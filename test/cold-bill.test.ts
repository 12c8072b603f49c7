/** What cold moments save in the benches: a loss is found where there is one, it is a turn on the bill, and chance is told from need. */
import { beforeAll, describe, expect, test } from 'vitest';
import { billSession } from '../scripts/bench/bill.ts';
import { billCold, type ColdBill, foreseen, withHindsight } from '../scripts/bench/cold-bill.ts';
import { replayAll } from '../scripts/bench/replay.ts';
import { loadCounter, type TokenCounter } from '../src/tokens/count.ts';
import type { Session } from './helpers/corpus.ts';

let count: TokenCounter;
beforeAll(async () => {
  count = await loadCounter();
});

const report = (of: number) =>
  Array.from({ length: 300 }, (_, n) => `a plain sentence about nothing in particular, ${n} of ${of}`).join('\n');
const hidden = 'a plain sentence about nothing in particular, 150 of 0';

/** Ten reports of commands and thirty calls more, then after a pause of so many seconds these calls. */
function session(pause: number, ...actions: readonly Readonly<Record<string, unknown>>[]): Session {
  const messages: { role: string; content: unknown }[] = [{ role: 'user', content: 'please' }];
  const requests: object[] = [];
  let time = 0;
  const step = (name: string, input: unknown, output: string) => {
    const isWarm = requests.length > 0;
    const usage = { input_tokens: 2, cache_read_input_tokens: isWarm ? 20_000 : 0, cache_creation_input_tokens: 5000, output_tokens: 50 };
    requests.push({
      message_index: messages.length,
      context_start: 0,
      timestamp: new Date(time).toISOString(),
      model: 'claude-opus-4-5',
      usage,
    });
    const id = `t${messages.length}`;
    messages.push({ role: 'assistant', content: [{ type: 'tool_use', id, name, input }] });
    messages.push({ role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: output }] });
    time += 10_000;
  };
  for (let n = 0; n < 10; n++) step('Bash', { command: `make ${n}` }, `${report(n)}\nsee src/part-${n}.ts`);
  for (let n = 0; n < 30; n++) step('Bash', { command: `sleep ${n}` }, 'slept');
  time += pause * 1000;
  for (const action of [...actions, {}]) step('Bash', { command: 'true', ...action }, 'done');
  return { id: 's', agent: 'Claude Code', model: 'claude-opus-4-5', usage_reliable: true, messages, requests } as unknown as Session;
}

function billOf(one: Session, states = foreseen(one)): ColdBill {
  const replays = replayAll(one, count);
  return billCold(one, replays, billSession(one, replays, count).requests, states, count);
}

describe('a session with a pause', () => {
  test('saves at the cold moment and after it, and nothing is opened where nothing is needed', () => {
    const bill = billOf(session(400, { command: 'ls src/part-0.ts' }));
    expect(bill).toMatchObject({ moments: 1, opened: 0, openedCost: 0 });
    expect(bill.recall.misses).toEqual([]);
    expect(bill.savedThen).toBeGreaterThan(5000);
    expect(bill.saved).toBeGreaterThan(bill.savedThen);
    expect(bill.ceiling).toBeGreaterThan(bill.saved);
  });

  test('pays a turn for each original that a later call needs, once', () => {
    const bill = billOf(session(400, { description: hidden }, { description: `${hidden}; and more` }));
    expect(bill.losses.map(({ text, isNeeded, entry }) => [text, isNeeded, entry?.record?.kind])).toEqual([[hidden, true, 'old result']]);
    expect(bill.opened).toBe(1);
    expect(bill.openedCost).toBeGreaterThan(2000);
  });

  test('counts what an edit quotes, and tells short pieces of prose from what is needed', () => {
    const bill = billOf(session(400, { old_string: hidden, new_string: 'x' }, { description: 'so: in particular, 77 of 1' }));
    expect(bill.losses.map(({ isEdit, isNeeded }) => [isEdit, isNeeded])).toEqual([
      [true, true],
      [false, false],
    ]);
    expect(bill.recall).toMatchObject({ edits: 1 });
    expect(bill.opened).toBe(1);
  });

  test('is not cold too early, unless with hindsight', () => {
    expect(billOf(session(300, { description: hidden }))).toMatchObject({ moments: 0, saved: 0, opened: 0 });
    const missed = session(300);
    const states = withHindsight({
      ...missed,
      requests: missed.requests.map((request, n) => (n === 40 ? { ...request, usage: { input_tokens: 30_000 } } : request)),
    } as Session);
    expect(states.flatMap(({ cold }, n) => (cold ? [n] : []))).toEqual([40]);
  });
});
