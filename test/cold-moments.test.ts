/** At which requests of a past conversation the provider certainly held nothing, told beforehand. */
import { beforeAll, describe, expect, test } from 'vitest';
import { findCacheStates, type PastRequest } from '../src/perf/cold-moments.ts';
import { replayTranscript } from '../src/perf/replay.ts';
import { replayLines } from '../src/perf/replay-report.ts';
import { startReplaySumming } from '../src/perf/replay-summary.ts';
import type { Transcript } from '../src/perf/transcript.ts';
import { inputTokens } from '../src/tokens/bill.ts';
import { loadCounter, type TokenCounter } from '../src/tokens/count.ts';
import { loadPrices } from '../src/tokens/prices.ts';

const short = { cacheWrite5m: 900, cacheWrite1h: 0 };
const long = { cacheWrite5m: 0, cacheWrite1h: 900 };
const nothing = { cacheWrite5m: 0, cacheWrite1h: 0 };

function at(second: number | undefined, usage: PastRequest['usage'] = short, model = 'claude-a', begins = false): PastRequest {
  return { time: second === undefined ? undefined : second * 1000, model, usage, begins };
}

function cold(...requests: readonly PastRequest[]): (string | undefined)[] {
  return findCacheStates(requests).map((state) => state.cold);
}

describe('idle for longer than the life and a minute', () => {
  test('is cold, and not a second before', () => {
    expect(cold(at(0), at(360), at(721))).toEqual([undefined, undefined, 'idle']);
    expect(cold(at(0, long), at(3660, long), at(3660 + 3661, long))).toEqual([undefined, undefined, 'idle']);
  });

  test('counts from the last use, however little it wrote', () => {
    expect(cold(at(0), at(300, nothing), at(600, nothing), at(961, nothing))).toEqual([undefined, undefined, undefined, 'idle']);
  });

  test('waits an hour once something was written for an hour, though later requests ask for less', () => {
    expect(cold(at(0, long), at(10), at(1000), at(3661), at(3700), at(7361), at(7722), at(7730 + 361))).toEqual([
      ...Array.from({ length: 5 }, () => undefined),
      'idle',
      'idle',
      'idle',
    ]);
  });

  test('is never cold where the life or the time is unknown', () => {
    expect(cold(at(0, nothing), at(90_000, nothing), at(900_000, nothing))).toEqual([undefined, undefined, undefined]);
    expect(cold(at(undefined), at(90_000), at(900_000))).toEqual([undefined, undefined, undefined]);
    expect(cold(at(0), at(undefined), at(900_000))).toEqual([undefined, undefined, undefined]);
    expect(cold(at(9000), at(0), at(9300))).toEqual([undefined, undefined, undefined]);
  });

  test('is a day for OpenAI', () => {
    expect(cold(at(0, undefined, 'gpt-5'), at(86_000, undefined, 'gpt-5'), at(200_000, undefined, 'gpt-5'))).toEqual([
      undefined,
      undefined,
      'idle',
    ]);
  });

  test('does not count where the conversation was begun anew', () => {
    expect(cold(at(0), at(9000, short, 'claude-a', true), at(9100))).toEqual([undefined, undefined, undefined]);
  });
});

describe('another model', () => {
  test('is cold once, where the one before had served three requests; back at the first, what was sent to it stands', () => {
    const requests = [at(0), at(1), at(2), at(3, short, 'claude-b'), at(4), at(5, short, 'claude-b')];
    const states = findCacheStates(requests);
    expect(states.map((state) => state.cold)).toEqual([undefined, undefined, undefined, 'model', undefined, undefined]);
    const eras = states.map(({ era }) => era);
    expect(new Set(eras).size).toBe(2);
    expect([eras[4], eras[5]]).toEqual([eras[0], eras[3]]);
  });

  test('that changes with every request is none', () => {
    expect(cold(...Array.from({ length: 6 }, (_, n) => at(n, short, `claude-${n}`)))).toEqual(Array.from({ length: 6 }, () => undefined));
  });
});

describe('a replay', () => {
  let count: TokenCounter;
  beforeAll(async () => {
    count = await loadCounter();
  });
  const keep = () => ({ path: '/home/dev/.cache/headroom/originals/0123456789abcdef' });
  const report = (of: number) =>
    Array.from({ length: 400 }, (_, n) => `a plain sentence about nothing in particular, ${n} of ${of}`).join('\n');

  /** One turn a minute, the first six with a report; a quarter of an hour passes before the turn `pause`. */
  function transcript(pause: number): Transcript {
    const input = (n: number) => ({ command: `make ${n}` });
    const call = (n: number) => ({ role: 'assistant', content: [{ type: 'tool_use', id: `t${n}`, name: 'Bash', input: input(n) }] });
    const output = (n: number) => (n <= 6 ? report(n) : 'made');
    const result = (n: number) => ({ role: 'user', content: [{ type: 'tool_result', tool_use_id: `t${n}`, content: output(n) }] });
    const requests = Array.from({ length: 44 }, (_, n) => ({
      messages: n === 0 ? [{ role: 'user', content: 'please' }] : [call(n), result(n)],
      begins: n === 0,
      time: 60_000 * (n + (n >= pause ? 15 : 0)),
      model: 'claude-opus-4-5',
      usage: { fresh: 2, cacheWrite5m: 6000, cacheWrite1h: 0, cacheRead: n === 0 ? 0 : 12_000 + 6000 * n, output: 80 },
    }));
    return { name: 's', agent: 'Claude Code', requests };
  }

  test('rewrites old results at the cold moment and keeps them so', async () => {
    const { requests } = replayTranscript(transcript(42), { count, keep });
    expect(requests.flatMap(({ isCold }, n) => (isCold ? [n] : []))).toEqual([42]);
    const less = requests.map(({ afterWarm, after }) => inputTokens(afterWarm) - inputTokens(after));
    expect(less.slice(0, 42).every((tokens) => tokens === 0)).toBe(true);
    expect(less[42]).toBeGreaterThan(20_000);
    expect(less[43]).toBe(less[42]);
    expect(requests[43]!.after.cacheRead).toBe(inputTokens(requests[42]!.after));
    const summing = startReplaySumming(await loadPrices());
    summing.add({ ...replayTranscript(transcript(42), { count, keep }) });
    const summary = summing.end();
    expect(summary.cold).toMatchObject({ moments: 1 });
    expect(summary.cold.after).toBeLessThan(summary.cold.before);
    expect(summary.cold.saved).toBeGreaterThan(0);
    expect(replayLines(summary, 'standard').join('\n')).toMatch(
      /\n {2}cold {4}1 request to a cold cache, ~\$[\d.]+ → ~\$[\d.]+\n {10}old results rewritten there save ~\$[\d.]+, later turns included\n/,
    );
  });

  test('rewrites nothing without a cold moment, and nothing where originals are not kept', () => {
    const warm = replayTranscript(transcript(99), { count, keep });
    expect(warm.requests.some(({ isCold }) => isCold)).toBe(false);
    const lossless = replayTranscript(transcript(42), { count });
    expect(lossless.requests.every(({ isCold, after, afterWarm }) => !isCold && after.cacheRead === afterWarm.cacheRead)).toBe(true);
  });
});
