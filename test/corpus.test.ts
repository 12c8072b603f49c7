/** The laws over real sessions, request by request, where a corpus is at hand (HEADROOM_CORPUS); else `skipped: no corpus`. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { passOver } from '../scripts/bench/corpus-pass.ts';
import { type Profile, pipelineOptions, profiles } from '../scripts/bench/profiles.ts';
import { recallShare } from '../scripts/bench/recall.ts';
import { findRecall, type Recalled } from '../scripts/bench/recall-finder.ts';
import { type Entry, resultsOf } from '../scripts/bench/replay.ts';
import type { Block } from '../src/block.ts';
import { createPipeline } from '../src/pipeline/create.ts';
import { createMessageReader } from '../src/protocols/parsed-messages.ts';
import { loadCounter } from '../src/tokens/count.ts';
import { createBesideCache, partsOfBlocks } from './helpers/beside-cache.ts';
import { corpusFolder, type Session, sessions } from './helpers/corpus.ts';
import { hiddenRuns, shows } from './helpers/read-notes.ts';
import { recordedRequests } from './helpers/recorded-requests.ts';

if (!corpusFolder) console.log('skipped: no corpus (HEADROOM_CORPUS names its folder)');

/** What every session together came to, as one profile. */
interface Found {
  readonly results: Pick<Entry, 'before' | 'after'>[];
  readonly recalled: Recalled[];
  /** Sessions in which a request changed what an earlier one sent. */
  readonly moved: string[];
  readonly excerpts: { readonly text: string; readonly original: string }[];
}

// The corpus is not part of the project, so these cannot run everywhere.
describe.skipIf(!corpusFolder)('real sessions', () => {
  const found: Record<Profile, Found> = {
    lossless: { results: [], recalled: [], moved: [], excerpts: [] },
    standard: { results: [], recalled: [], moved: [], excerpts: [] },
  };
  beforeAll(async () => {
    const take = (session: Session, replays: Parameters<typeof findRecall>[0]): void => {
      const recall = findRecall(replays);
      for (const profile of profiles) {
        for (const { before, after, block, record, replacement } of resultsOf(replays[profile])) {
          found[profile].results.push({ before, after });
          if (record?.form === 'excerpt') found[profile].excerpts.push({ text: replacement ?? '', original: block.text });
        }
        for (const recalled of recall[profile].recalled) found[profile].recalled.push(recalled);
        if (replays[profile].prefixViolations > 0) found[profile].moved.push(session.id);
      }
    };
    await passOver(corpusFolder ?? '', [{ take, print: () => {} }]);
  }, 300_000);

  describe.each(profiles)('%s', (profile) => {
    test('no request changes a byte that an earlier one sent', () => {
      expect(found[profile].results.length).toBeGreaterThan(5000);
      expect(found[profile].moved).toEqual([]);
    });

    test('what a later edit quotes of a result is still shown', () => {
      const edits = found[profile].recalled.filter(({ isEdit }) => isEdit);
      expect(edits.length).toBeGreaterThan(5000);
      expect(edits.filter(({ way }) => way === 'lost').map(tell)).toEqual([]);
    });

    test('of what later calls say of earlier results at least 99.9% is still shown', () => {
      const { recalled } = found[profile];
      expect(recalled.length).toBeGreaterThan(50_000);
      expect(recallShare(recalled)).toBeGreaterThanOrEqual(0.999);
      expect(recallShare(recalled, ({ text }) => text.length)).toBeGreaterThanOrEqual(0.999);
    });
  });

  test('only standard has excerpts; their gaps add up, and each names the file that keeps its original', () => {
    expect(found.lossless.excerpts).toEqual([]);
    expect(found.standard.excerpts.length).toBeGreaterThan(50);
    for (const { text, original } of found.standard.excerpts) {
      const [, hidden, path] = /^\[… (\d+) (?:lines?|rows?) not shown, full text: (.*)\]$/m.exec(text) ?? [];
      const gaps = [...text.matchAll(/^\[… (\d+) (?:lines?|rows?)(?:: [^\n]*)?\]$/gm)].map(([, count]) => Number(count));
      expect(gaps.reduce((sum, count) => sum + count, 0)).toBe(Number(hidden));
      expect(path).toContain(createHash('sha256').update(original).digest('hex').slice(0, 16));
    }
  });

  test('at least a quarter of all tool-result tokens is removed without loss, three tenths with excerpts', () => {
    const removed = (profile: Profile): number => {
      const before = found[profile].results.reduce((sum, result) => sum + result.before, 0);
      return 1 - found[profile].results.reduce((sum, result) => sum + result.after, 0) / before;
    };
    expect(removed('lossless')).toBeGreaterThanOrEqual(0.25);
    expect(removed('standard')).toBeGreaterThanOrEqual(0.3);
  });

  test.each(profiles)(
    'what a note of %s leaves out stands above, and a fresh pipeline says the same',
    async (profile) => {
      const options = pipelineOptions(await loadCounter(), profile);
      let runs = 0;
      for (const session of firstOfEachAgent(corpusFolder ?? '')) {
        const blocks = blocksOfLastContext(session);
        const { replacements, records } = createPipeline(options).rewrite({ model: undefined, blocks, allowsRepeats: true });
        expect(createPipeline(options).rewrite({ model: undefined, blocks, allowsRepeats: true }).replacements).toEqual(replacements);
        const recordOf = new Map(records.map((record) => [record.key, record]));
        const texts = blocks.map(
          (block, at) => replacements.get(at) ?? (block.source === 'call' ? strings(block.call?.input).join('\n') : block.text),
        );
        for (const [at, outgoing] of replacements) {
          const original = blocks[at]?.text ?? '';
          const { kind = '', form } = recordOf.get(blocks[at]?.key ?? '') ?? {};
          // Other members' forms, and excerpts, are read back by their own tests.
          if (!['text', 'numbered-lines'].includes(kind) || form === 'excerpt' || original.includes('\x1b')) continue;
          for (const run of hiddenRuns(original, outgoing)) {
            runs++;
            expect(texts.slice(0, at + 1).some((text) => shows(text, run))).toBe(true);
          }
        }
      }
      expect(runs).toBeGreaterThan(100);
    },
    300_000,
  );
});

test.skipIf(!corpusFolder)(
  'real sessions at their recorded times, beside a cache of the provider: not one avoidable write, and cold moments are used',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'headroom-recorded-'));
    const keep = () => ({ path: '/originals/0123456789abcdef' });
    const count = (text: string) => Math.ceil(text.length / 4);
    const sums = { avoidable: 0, cold: 0, replaced: 0, requests: 0 };
    try {
      for (const [n, session] of [...sessions(corpusFolder ?? '')].entries()) {
        if (!hasPause(session)) continue;
        const cache = createBesideCache(join(folder, `${n}`), () => createPipeline({ count, keep }));
        for (const { conversation, size, time } of recordedRequests(session)) {
          if (time === undefined || conversation.blocks.length === 0) continue;
          // Now and then another process goes on, as after a resume.
          if (sums.requests++ % 50 === 49) cache.restart();
          await cache.send(conversation, size, partsOfBlocks(conversation), time);
        }
        if (cache.figures.avoidable > 0) console.log(session.id, cache.figures);
        for (const name of ['avoidable', 'cold', 'replaced'] as const) sums[name] += cache.figures[name];
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    expect(sums.avoidable).toBe(0);
    expect(sums.cold).toBeGreaterThan(10);
    expect(sums.replaced).toBeGreaterThan(10_000);
  },
  300_000,
);

/** A loss as a failing test shows it. */
function tell({ text, origin, action }: Recalled): string {
  return `${JSON.stringify(text)} of ${origin?.record?.kind} for ${action?.tool}`;
}

/** Longer than the shortest life. */
function hasPause({ requests }: Session): boolean {
  const times = requests.flatMap(({ timestamp }) => (timestamp == null ? [] : [new Date(timestamp).getTime()]));
  return times.some((time, at) => at > 0 && time - times[at - 1]! > 360_000);
}

function blocksOfLastContext(session: Session): Block[] {
  const last = session.requests.at(-1);
  const reader = createMessageReader(session.id);
  return session.messages.slice(last?.context_start, last?.message_index).flatMap((message) => reader.next(message));
}

function* firstOfEachAgent(folder: string): Generator<Session> {
  const seen = new Map<string, number>();
  for (const session of sessions(folder)) {
    const before = seen.get(session.agent) ?? 0;
    seen.set(session.agent, before + 1);
    if (before < 2) yield session;
  }
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}
