/** The conversations that are remembered, beside a plain list of them that is looked through each time. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Block, scopeLength } from '../src/block.ts';
import { filedUnder } from '../src/pipeline/pipeline.ts';
import type { Thread } from '../src/pipeline/thread.ts';
import { Threads } from '../src/pipeline/threads.ts';

const scope = 's'.repeat(scopeLength);
/** A conversation as the letters of its blocks: keys are chained, so that equal keys have equal pasts. */
const letters = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 6 });
const blocksOf = (conversation: readonly string[]): Block[] =>
  conversation.map((_, at) => ({ key: scope + conversation.slice(0, at + 1).join(''), source: 'said', text: '' }) as Block);
const grow = (thread: Thread, conversation: readonly string[], era: string): void => {
  for (const { key } of blocksOf(conversation).slice(thread.keys.length)) {
    thread.keys.push(filedUnder(key, era));
    thread.decisions.push(undefined);
    thread.marks.push(thread.visible.mark());
    thread.visible.shown += 10;
  }
};
const era = fc.constantFrom('x', 'y');
const act = fc.oneof(
  { weight: 6, arbitrary: fc.record({ grow: letters, era }) },
  { weight: 1, arbitrary: fc.record({ forgetBeginning: fc.constantFrom('xa', 'xb', 'ya') }) },
  { weight: 1, arbitrary: fc.record({ forgetOf: era, key: fc.option(letters) }) },
);

describe('threads', () => {
  it('are taken as one finds them by looking at all of them', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const threads = new Threads(1e9);
        /** The keys of each, under its last one. */
        const plain = new Map<string, readonly string[]>();
        for (const each of acts) {
          if ('grow' in each) {
            const keys = blocksOf(each.grow).map(({ key }) => filedUnder(key, each.era));
            const shares = [...plain].map(([last, known]) => ({ last, known, shared: keys.filter((key, at) => known[at] === key).length }));
            const most = Math.max(0, ...shares.map(({ shared }) => shared));
            const thread = threads.take(blocksOf(each.grow), each.era);
            const begins = thread.keys.length;
            if (begins > 0) {
              expect(begins).toBe(most);
              expect(thread.keys).toEqual(keys.slice(0, begins));
              const taken = shares.filter(({ shared, known }) => shared === most && shared >= known.length / 2);
              expect(taken.length).toBeGreaterThan(0);
              // Which of several was taken shows when it is asked for again: all others are still there.
              plain.delete(taken.find(({ last }) => !threads.has(last))?.last ?? '');
            } else expect(most === 0 || shares.some(({ shared, known }) => shared === most && shared < known.length / 2)).toBe(true);
            grow(thread, each.grow, each.era);
            threads.put(thread);
            plain.set(thread.keys.at(-1)!, [...thread.keys]);
          } else if ('forgetBeginning' in each) {
            threads.forgetBeginningWith(each.forgetBeginning);
            for (const [last, keys] of plain) if (keys[0] === each.forgetBeginning) plain.delete(last);
          } else {
            const key = each.key && each.forgetOf + each.key.join('');
            threads.forgetOf(each.forgetOf, key === null ? undefined : new Set([key]));
            for (const [last, keys] of plain)
              if (last.startsWith(each.forgetOf) && (key === null || keys.includes(key))) plain.delete(last);
          }
          for (const last of plain.keys()) expect(threads.has(last)).toBe(true);
          expect(threads.size).toBe(plain.size);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are found no more once they are forgotten, and leave nothing behind', () => {
    const threads = new Threads(5000);
    for (let at = 0; at < 100; at++) {
      const thread = threads.take(blocksOf([`${at}`, 'b']), 'x');
      grow(thread, [`${at}`, 'b'], 'x');
      threads.put(thread);
    }
    expect(threads.size).toBeLessThanOrEqual(5);
    expect(threads.families).toBe(threads.size);
    expect(threads.take(blocksOf(['0', 'b']), 'x').keys).toEqual([]);
    expect(threads.take(blocksOf(['99', 'b']), 'x').keys).toHaveLength(2);
  });
});
