/** `headroom perf --samples`: what becomes of texts of every kind, of those that ship with us or of the user's own. Writes nothing. */
import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname } from 'node:path';
import type { ToolCall } from '../block.ts';
import { Failure, messageOf } from '../errors.ts';
import { say } from '../launch/say.ts';
import { findFiles } from '../perf/find-transcripts.ts';
import { type MeasuredSample, measureSample, type Sample } from '../perf/samples.ts';
import { table } from '../perf/table.ts';
import { originalPath } from '../store/originals.ts';
import { sayNumber, sayShare } from '../text/say-amount.ts';
import { loadCounter } from '../tokens/count.ts';
import { ownCacheParts } from './own-places.ts';

export async function measureSamples(paths: readonly string[], asJson: boolean): Promise<void> {
  const samples = readSamples(paths);
  if (samples.length === 0)
    throw new Failure('no-samples', `No text files in ${paths.join(' or ')}`, 'Name a file or a folder: headroom perf --samples PATH');
  const count = await loadCounter();
  const { originals } = ownCacheParts();
  const keep = (text: string) => ({ path: originalPath(originals, text) });
  // The first one pays for compiling: it is measured again in its turn.
  if (samples[0]) measureSample(samples[0], count, keep);
  const measured = samples.map((sample) => measureSample(sample, count, keep));
  if (asJson) process.stdout.write(`${JSON.stringify(measured, undefined, 2)}\n`);
  else process.stdout.write(`${lines(measured).join('\n')}\n`);
}

function lines(measured: readonly MeasuredSample[]): readonly string[] {
  const kinds = [...new Set(measured.map(({ kind }) => kind))];
  const rows = kinds.flatMap((kind) => {
    const own = measured.filter((each) => each.kind === kind);
    return [cells(kind, own), ...own.map((each) => cells(`  ${each.name.slice(-48)}`, [each]))];
  });
  const head = ['', 'tokens', 'lossless', '', 'standard', '', 'ms'];
  return [
    ...table([head, ...rows, cells('all', measured)]),
    '',
    'Each text by itself, without a conversation that shows part of it already. ms: median of three runs, standard.',
  ];
}

function cells(name: string, some: readonly MeasuredSample[]): string[] {
  const sum = (of: (each: MeasuredSample) => number) => some.reduce((total, each) => total + of(each), 0);
  const before = sum((each) => each.before);
  const [lossless, standard] = [sum((each) => each.lossless), sum((each) => each.standard)];
  const shares = [lossless, standard].flatMap((after) => [sayNumber(after), `-${sayShare(before - after, before)}`]);
  return [name, sayNumber(before), ...shares, sum((each) => each.milliseconds).toFixed(1)];
}

/** Those that ship with us, unless files or folders are named. */
export function readSamples(paths: readonly string[]): readonly Sample[] {
  return paths.length > 0 ? readOwn(paths) : readBuiltIn();
}

function readBuiltIn(): Sample[] {
  const file = new URL('./samples.json', import.meta.url);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Sample[];
  } catch (thrown) {
    throw new Failure(
      'no-samples',
      `The samples that ship with headroom cannot be read: ${messageOf(thrown)}`,
      'Install it again, or name files of your own.',
    );
  }
}

/** Files as they stand; where a `.json` of the same name lies beside one, its `command` or `tool` is the hint that an agent would give. */
function readOwn(paths: readonly string[]): Sample[] {
  const { files, errors } = findFiles(paths, (name) => extname(name) !== '.json');
  for (const error of errors) say(`headroom: ${error}`);
  return files.flatMap((file) => {
    try {
      if (statSync(file).size > 16 * 1024 * 1024) return [];
      const kind = basename(dirname(file));
      return [{ name: basename(file), kind, call: readHint(file.replace(/\.[^./\\]*$/, '.json')), text: readFileSync(file, 'utf8') }];
    } catch (thrown) {
      say(`headroom: ${messageOf(thrown)}`);
      return [];
    }
  });
}

function readHint(file: string): ToolCall | undefined {
  try {
    const { command, tool } = JSON.parse(readFileSync(file, 'utf8')) as { command?: unknown; tool?: unknown };
    if (typeof command === 'string') return { tool: 'Bash', input: { command } };
    return typeof tool === 'string' ? { tool, input: {} } : undefined;
  } catch {
    return undefined;
  }
}
