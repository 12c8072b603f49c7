/** Runs the agent of a comparison against a proxy and sorts what arrived upstream by conversation. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CompareFigures } from '../programs/compare-agent.ts';
import type { Conversation, RequestBody } from './conversations.ts';
import type { Recorder } from './recorder.ts';

export interface ByWire extends CompareFigures {
  readonly sent: ReadonlyMap<string, readonly RequestBody[]>;
}

/** `run` starts the agent with this environment and resolves with what it printed. */
export async function sendByWire(
  conversations: readonly Conversation[],
  recorder: Recorder,
  run: (environment: Readonly<Record<string, string>>) => Promise<string>,
): Promise<ByWire> {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-compare-'));
  try {
    const file = join(folder, 'conversations.json');
    writeFileSync(file, JSON.stringify(conversations));
    recorder.play(conversations);
    const figures = JSON.parse(await run({ BENCH_DIRECT: `${recorder.url}/direct`, BENCH_CONVERSATIONS: file })) as CompareFigures;
    return { ...figures, sent: sortBodies(conversations, recorder.take()) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function sortBodies(conversations: readonly Conversation[], bodies: readonly RequestBody[]): Map<string, RequestBody[]> {
  const expected = conversations.reduce((sum, { ends }) => sum + ends.length, 0);
  if (bodies.length !== expected) throw new Error(`${bodies.length} of ${expected} requests arrived`);
  let from = 0;
  return new Map(
    conversations.map(({ name, ends }) => {
      from += ends.length;
      return [name, bodies.slice(from - ends.length, from)];
    }),
  );
}
