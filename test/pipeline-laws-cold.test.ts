/** The laws of the pipeline through cold moments: random conversations, forks, processes and pauses, beside a cache of the provider. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { createPipeline } from '../src/pipeline/create.ts';
import type { ParsedMessage } from '../src/protocols/parsed-messages.ts';
import { loadCounter, type TokenCounter } from '../src/tokens/count.ts';
import { createBesideCache, partsOfBlocks } from './helpers/beside-cache.ts';
import { conversation } from './helpers/conversations.ts';
import { readNotes } from './helpers/read-notes.ts';
import { asRequest } from './helpers/recorded-requests.ts';

// Shrinking whole conversations takes minutes; the seed in the report finds the case again.
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });

let count: TokenCounter;
beforeAll(async () => {
  count = await loadCounter();
});

test('through cold moments, forks, two processes and their deaths: not one avoidable cache write, and no note of what is gone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-laws-'));
  const keep = () => ({ path: '/originals/0123456789abcdef' });
  const pause = fc.constantFrom(5, 5, 5, 5, 250, 340, 400, 3700);
  const visit = fc.record({ pause, which: fc.nat(1), by: fc.nat(1), back: fc.constantFrom(0, 0, 0, 0, 3), restarts: fc.nat(9) });
  const visits = fc.array(visit, { minLength: 30, maxLength: 40, size: 'max' });
  const sums = { cold: 0, replaced: 0, rewritten: 0, notes: 0 };
  let run = 0;
  try {
    await fc.assert(
      fc.asyncProperty(conversation, conversation, visits, async (one, other, each) => {
        // A fork: what it shares with the other is sent by both.
        const fork = withReports([...one.slice(0, 9), ...other.slice(1)]);
        const talk = withReports(one);
        // The other one would decide otherwise, had it to decide.
        const counts = [count, (text: string) => count(text) >> 3];
        const cache = createBesideCache(join(folder, `${run++}`), (by) => createPipeline({ count: counts[by]!, keep }), 2);
        const lengths = [1, 1];
        let now = 1_000_000;
        for (const { pause: seconds, which, by, back, restarts } of each) {
          const messages = which === 0 ? talk : fork;
          const length = Math.max(1, Math.min(messages.length, lengths[which]! - 2 * back));
          lengths[which] = length + 2;
          now += seconds;
          if (restarts === 0) cache.restart(by);
          const { conversation: sent, size } = asRequest(messages.slice(0, length));
          const rewriting = await cache.send(sent, size, partsOfBlocks(sent), now, by);
          const { hidden, gone } = readNotes(sent.blocks, rewriting);
          expect(gone).toEqual([]);
          sums.notes += hidden;
          sums.rewritten += rewriting.records.filter(({ kind }) => kind === 'old result').length;
        }
        expect(cache.figures.avoidable).toBe(0);
        for (const name of ['cold', 'replaced'] as const) sums[name] += cache.figures[name];
      }),
      { numRuns: 20 },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  expect(sums.cold).toBeGreaterThan(20);
  expect(sums.replaced).toBeGreaterThan(500);
  expect(sums.rewritten).toBeGreaterThan(20);
  expect(sums.notes).toBeGreaterThan(100);
});

/** After each turn the same report once more, half of it as before, half of it new; and the agent writes the new half into a file. */
function withReports(messages: readonly ParsedMessage[]): ParsedMessage[] {
  return messages.flatMap((message, n) => {
    if (n === 0 || n % 2 === 1) return [message];
    const rows = Array.from({ length: 80 }, (_, at) => `row ${at} of the report: ${(at * 7919 * (at < 40 ? 1 : n + 3)) % 10_007} items`);
    const file = { file_path: `/project/report-${n}.txt`, content: rows.slice(40).join('\n') };
    return [
      message,
      ...turn(`report${n}`, 'Bash', { command: 'npm run report' }, rows.join('\n')),
      ...turn(`write${n}`, 'Write', file, 'File created successfully.'),
    ];
  });
}

function turn(id: string, name: string, input: object, content: string): ParsedMessage[] {
  return [
    { role: 'assistant', content: [{ type: 'tool_use', id, name, input }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content }] },
  ];
}
