/** The laws over real sessions, request by request, where a corpus is at hand (HEADROOM_CORPUS); else `skipped: no corpus`. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type ReplayedSession, replay } from '../scripts/bench/replay.ts';
import type { Block } from '../src/block.ts';
import { createPipeline } from '../src/pipeline/create.ts';
import { createMessageReader } from '../src/protocols/parsed-messages.ts';
import { loadCounter, type TokenCounter } from '../src/tokens/count.ts';
import { corpusFolder, type Session, sessions } from './helpers/corpus.ts';
import { hiddenRuns, shows } from './helpers/read-notes.ts';

if (!corpusFolder) console.log('skipped: no corpus (HEADROOM_CORPUS names its folder)');

// The corpus is not part of the project, so these cannot run everywhere.
describe.skipIf(!corpusFolder)('real sessions', () => {
  let count: TokenCounter;
  let replayed: ReplayedSession[];
  beforeAll(async () => {
    count = await loadCounter();
    replayed = [...sessions(corpusFolder ?? '')].map((session) => replay(session, count));
  }, 300_000);

  test('no request changes a byte that an earlier one sent', () => {
    expect(replayed.length).toBeGreaterThan(50);
    expect(replayed.filter(({ prefixViolations }) => prefixViolations > 0)).toEqual([]);
  });

  test('every line that a later edit quotes is still visible', () => {
    expect(replayed.reduce((sum, { quoted }) => sum + quoted, 0)).toBeGreaterThan(1000);
    expect(replayed.flatMap(({ lost }) => lost)).toEqual([]);
  });

  test('at least a fifth of all tool-result tokens is removed without loss', () => {
    const results = replayed.flatMap((session) => session.results);
    const before = results.reduce((sum, result) => sum + result.before, 0);
    const after = results.reduce((sum, result) => sum + result.after, 0);
    expect(1 - after / before).toBeGreaterThanOrEqual(0.2);
  });

  test('what a note leaves out stands above, and a fresh pipeline says the same', () => {
    let runs = 0;
    for (const session of firstOfEachAgent(corpusFolder ?? '')) {
      const blocks = blocksOfLastContext(session);
      const { replacements, records } = createPipeline({ count }).rewrite({ model: undefined, blocks, allowsRepeats: true });
      expect(createPipeline({ count }).rewrite({ model: undefined, blocks, allowsRepeats: true }).replacements).toEqual(replacements);
      const kinds = new Map(records.map((record) => [record.key, record.kind]));
      const texts = blocks.map(
        (block, at) => replacements.get(at) ?? (block.source === 'call' ? strings(block.call?.input).join('\n') : block.text),
      );
      for (const [at, outgoing] of replacements) {
        const original = blocks[at]?.text ?? '';
        // Other members' forms are read back by their own tests.
        if (!['text', 'numbered-lines'].includes(kinds.get(blocks[at]?.key ?? '') ?? '') || original.includes('\x1b')) continue;
        for (const run of hiddenRuns(original, outgoing)) {
          runs++;
          expect(texts.slice(0, at + 1).some((text) => shows(text, run))).toBe(true);
        }
      }
    }
    expect(runs).toBeGreaterThan(100);
  }, 300_000);
});

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
