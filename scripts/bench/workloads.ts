/** The showcase workloads, JSON from MCP-like tools: share removed, time, and whether everything that must be there still is. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Block, chain, type ToolCall } from '../../src/block.ts';
import type { Compressor, SmallerText } from '../../src/compressors/compressor.ts';
import { compressors } from '../../src/compressors/index.ts';
import { createPipeline } from '../../src/pipeline/create.ts';
import type { Rewriting } from '../../src/pipeline/pipeline.ts';
import { loadCounter, type TokenCounter } from '../../src/tokens/count.ts';
import { percent } from './corpus.ts';

import { type Profile, pipelineOptions } from './profiles.ts';
import { millisecondsOf, printTable } from './statistics.ts';
import { errorRows, isRowShown, outlierRows, type WantedRow } from './telling-rows.ts';

interface Message {
  readonly tool: string;
  readonly content: string;
}

export interface Workload {
  readonly name: string;
  readonly seed: string;
  readonly messages: readonly Message[];
}

/** What is to be reached, in percent: lossless, standard, and what others reach without loss. */
export const workloadBars: Readonly<Record<string, readonly [number, number, number]>> = {
  'code-search': [60, 92, 58],
  'sre-incident': [50, 92, 43],
  'codebase-exploration': [55, 60, 51],
  'issue-triage': [50, 80, 41],
};
const rounds = 9;
const warmUps = 2;

export async function benchWorkloads(folder: string): Promise<void> {
  const count = await loadCounter();
  const workloads = readWorkloads(folder);
  // The first run in a process pays for compiling; a proxy is past that.
  for (let round = 0; round < warmUps; round++) for (const { messages } of workloads) rewrite(messages, count, 'standard');
  printTable(
    `The showcase workloads: share of o200k tokens removed, beside the bars and what others reach without loss. Milliseconds: the median of\n` +
      `${rounds} runs (lossless, standard), tokenizer loaded, nothing remembered; bar 50. "Reads back": results whose lossless form gives the same\n` +
      'JSON again. Error rows have an error level or status; outliers a number beyond three median absolute deviations or a value seen once among\n' +
      'few: how many of them the standard form shows.',
    [
      ['', 'seed', 'lossless', 'bar', 'others', 'standard', 'bar', 'ms', 'ms', 'reads back', 'error rows', 'outliers'],
      ...workloads.map((workload) => row(workload, count)),
    ],
  );
}

/** The figures of the first file are for its own seed, those of the second for two others. */
export function readWorkloads(folder: string): Workload[] {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const four = Object.entries(read('four.json') as Record<string, Message[]>);
  const others = Object.entries(read('other-seeds.json') as Record<string, Message[][]>);
  return four.flatMap(([name, messages]) => [
    { name, seed: 'own', messages },
    ...(others.find(([other]) => other === name)?.[1] ?? []).map((other, n) => ({ name, seed: String(n + 1), messages: other })),
  ]);
}

/** What a workload came to; rows that must stay in sight as shown of all. */
export interface MeasuredWorkload {
  readonly removed: Readonly<Record<Profile, number>>;
  /** Results whose lossless form gives the same JSON again. */
  readonly readBack: number;
  readonly errors: Sighted;
  readonly outliers: Sighted;
}

interface Sighted {
  readonly shown: number;
  readonly of: number;
}

export function measureWorkload({ messages }: Workload, count: TokenCounter): MeasuredWorkload {
  const before = messages.reduce((sum, { content }) => sum + count(content), 0);
  const forms = { lossless: outgoing(messages, count, 'lossless'), standard: outgoing(messages, count, 'standard') };
  const removed = (profile: Profile): number => 1 - forms[profile].reduce((sum, text) => sum + count(text), 0) / before;
  const sight = (find: (json: string) => WantedRow[]): Sighted => {
    const rows = messages.flatMap(({ content }, at) => find(content).map((wanted) => isRowShown(wanted, forms.standard[at] ?? '')));
    return { shown: rows.filter(Boolean).length, of: rows.length };
  };
  return {
    removed: { lossless: removed('lossless'), standard: removed('standard') },
    readBack: messages.filter((message) => readsBack(message)).length,
    errors: sight(errorRows),
    outliers: sight(outlierRows),
  };
}

function row(workload: Workload, count: TokenCounter): string[] {
  const { name, seed, messages } = workload;
  const [lossless = 0, standard = 0, others = 0] = workloadBars[name] ?? [];
  const { removed, readBack, errors, outliers } = measureWorkload(workload, count);
  return [
    name,
    seed,
    percent(removed.lossless),
    `${lossless}%`,
    `${others}%`,
    percent(removed.standard),
    `${standard}%`,
    time(messages, count, 'lossless'),
    time(messages, count, 'standard'),
    `${readBack} of ${messages.length}`,
    ...[errors, outliers].map(({ shown, of }) => `${shown} of ${of}`),
  ];
}

function outgoing(messages: readonly Message[], count: TokenCounter, profile: Profile): string[] {
  const { replacements } = rewrite(messages, count, profile);
  return messages.map(({ content }, at) => replacements.get(2 * at + 1) ?? content);
}

function rewrite(messages: readonly Message[], count: TokenCounter, profile: Profile): Rewriting {
  return createPipeline(pipelineOptions(count, profile)).rewrite({ model: undefined, blocks: blocksOf(messages), allowsRepeats: true });
}

function blocksOf(messages: readonly Message[]): Block[] {
  let key = '';
  return messages.flatMap(({ tool, content }) => {
    const call: ToolCall = { tool, input: {} };
    key = chain(key, tool);
    const asking: Block = { key, source: 'call', text: '', call };
    key = chain(key, content);
    return [asking, { key, source: 'result', text: content, call }];
  });
}

function time(messages: readonly Message[], count: TokenCounter, profile: Profile): string {
  // Members remember the last text: another one in its place.
  const others = messages.map(({ tool, content }) => ({ tool, content: `${content}\n` }));
  const times = Array.from({ length: rounds }, () => {
    rewrite(others, count, profile);
    return millisecondsOf(() => void rewrite(messages, count, profile));
  }).sort((one, other) => one - other);
  return (times[times.length >> 1] ?? Number.NaN).toFixed(0);
}

/** True where some member writes the result smaller, and its inverse reads the smallest such form as the same JSON. */
function readsBack({ tool, content }: Message): boolean {
  const input = { text: content, call: { tool, input: {} } };
  const claims = compressors.filter((compressor) => compressor.claim(input) >= 0.5);
  const forms = claims.sort((one, other) => other.claim(input) - one.claim(input)).map((compressor) => smallest(compressor, input));
  const form = forms.find((found) => found !== undefined);
  return form?.inverse !== undefined && isDeepStrictEqual(JSON.parse(form.inverse(form.text)), JSON.parse(content));
}

function smallest(compressor: Compressor, input: { text: string; call: ToolCall }): SmallerText | undefined {
  const found = compressor.shrink(input);
  const forms = (found === undefined ? [] : [found].flat()) as readonly SmallerText[];
  return forms
    .filter(({ form, text }) => form === 'invertible' && text.length < input.text.length)
    .sort((one, other) => one.text.length - other.text.length)[0];
}
