/** `headroom perf --replay`: past conversations through the very same pipeline. Reads transcripts, prints, and writes nothing. */
import { homedir } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Failure, messageOf } from '../errors.ts';
import { say } from '../launch/say.ts';
import { findTranscripts, readTranscripts, usualFolders } from '../perf/find-transcripts.ts';
import { replayTranscript } from '../perf/replay.ts';
import { replayLines } from '../perf/replay-report.ts';
import { type ReplaySummary, startReplaySumming } from '../perf/replay-summary.ts';
import { originalPath } from '../store/originals.ts';
import { loadCounter } from '../tokens/count.ts';
import { loadPrices, priceSource } from '../tokens/prices.ts';
import { ownCacheParts } from './own-places.ts';
import { startProgress } from './progress.ts';
import { readOwnPrices } from './settings.ts';

export interface ReplayFlags {
  readonly json?: boolean;
  readonly profile: 'lossless' | 'standard';
}

export async function replay(paths: readonly string[], { json, profile }: ReplayFlags): Promise<void> {
  const folders = paths.length > 0 ? paths : usualFolders(homedir(), process.env);
  const { files, errors } = findTranscripts(folders);
  // Agents that are not there leave no folder: that is no trouble unless the user named it.
  if (paths.length > 0) for (const error of errors) say(`headroom: ${error}`);
  if (files.length === 0)
    throw new Failure(
      'no-transcripts',
      `No transcripts in ${folders.join(' or ')}`,
      'Name a file or a folder: headroom perf --replay PATH',
    );
  const summary = await replayFiles(files, profile);
  if (summary.all.requests === 0)
    throw new Failure(
      'no-transcripts',
      `No conversation in ${files.length} files`,
      'Known are those of Claude Code and Codex, and the normalised form (README).',
    );
  if (json) process.stdout.write(`${JSON.stringify({ ...summary, profile, prices: priceSource }, undefined, 2)}\n`);
  else process.stdout.write(`${replayLines(summary, profile).join('\n')}\n`);
}

/** Ends after the file at hand when the user interrupts, with what was read so far. */
async function replayFiles(files: readonly string[], profile: ReplayFlags['profile']): Promise<ReplaySummary> {
  const [count, prices] = await Promise.all([loadCounter(), readOwnPrices().then(loadPrices)]);
  const { originals } = ownCacheParts();
  // Nothing is written: a note costs what its path costs.
  const keep = profile === 'standard' ? (text: string) => ({ path: originalPath(originals, text) }) : undefined;
  const summing = startReplaySumming(prices);
  const progress = startProgress(files.length, 'files');
  let isInterrupted = false;
  const interrupt = () => {
    isInterrupted = true;
  };
  process.once('SIGINT', interrupt);
  let done = 0;
  for (const file of files) {
    progress.show(done);
    await nextTurn();
    if (isInterrupted) break;
    try {
      for (const transcript of readTranscripts(file)) summing.add(replayTranscript(transcript, { count, keep }));
    } catch (thrown) {
      progress.clear();
      say(`headroom: ${file}: ${messageOf(thrown)}`);
    }
    done++;
  }
  process.off('SIGINT', interrupt);
  progress.clear();
  if (isInterrupted) say(`headroom: interrupted after ${done} of ${files.length} files`);
  return summing.end();
}
