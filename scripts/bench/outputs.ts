/** Stand-alone tool outputs by kind: what each profile removes, and who claims them, beside the best figures of others. */
import { type Block, chain, type ToolCall } from '../../src/block.ts';
import { createPipeline } from '../../src/pipeline/create.ts';
import { loadCounter, type TokenCounter } from '../../src/tokens/count.ts';
import { bestFigures } from './best-figures.ts';
import { percent } from './corpus.ts';
import { pipelineOptions, profiles } from './profiles.ts';
import { type RecordedOutput, recordedOutputs } from './recorded-outputs.ts';
import { printTable } from './statistics.ts';

interface Measured {
  readonly output: RecordedOutput;
  readonly before: number;
  readonly lossless: number;
  readonly standard: number;
  /** Who claimed it, or why it was left alone. */
  readonly claimed: string;
}

export async function benchOutputs(folder: string): Promise<void> {
  const count = await loadCounter();
  const measured = recordedOutputs(folder).map((output) => measure(output, count));
  const kinds = [...new Set(measured.map(({ output }) => output.kind))];
  printTable(
    'Recorded outputs of tools, o200k tokens, and the share removed; others: the highest figure stated for the kind, and the best that keeps\n' +
      'all that matters, in percent, where it is told apart.',
    [
      ['', 'tokens', 'lossless', 'standard', 'others', 'faithful', 'claimed by'],
      ...kinds.flatMap((kind) => {
        const own = measured.filter(({ output }) => output.kind === kind);
        const { highest = '', faithful = '' } = bestFigures[kind] ?? {};
        const files = own.map((one) => [`  ${one.output.name}`, ...shares([one]), '', '', one.claimed]);
        return [[kind, ...shares(own), highest, faithful, ''], ...files];
      }),
      ['all', ...shares(measured), '', '', ''],
    ],
  );
}

function measure(output: RecordedOutput, count: TokenCounter): Measured {
  const { call, text } = output;
  const before = count(text);
  const [lossless, standard] = profiles.map((profile) =>
    createPipeline(pipelineOptions(count, profile)).rewrite({ model: undefined, blocks: blocksOf(call, text), allowsRepeats: true }),
  );
  const [record] = standard?.records ?? [];
  const after = (texts: ReadonlyMap<number, string> | undefined): number => count(texts?.get(1) ?? text);
  const claimed = record?.form ? `${record.kind} (${record.form})` : `${record?.kind}: ${record?.reason}`;
  return { output, before, lossless: after(lossless?.replacements), standard: after(standard?.replacements), claimed };
}

function blocksOf(call: ToolCall, text: string): Block[] {
  const key = chain('', JSON.stringify(call));
  return [
    { key, source: 'call', text: '', call },
    { key: chain(key, text), source: 'result', text, call },
  ];
}

function shares(measured: readonly Measured[]): string[] {
  const sum = (what: 'before' | 'lossless' | 'standard'): number => measured.reduce((all, one) => all + one[what], 0);
  return [String(sum('before')), percent(1 - sum('lossless') / sum('before')), percent(1 - sum('standard') / sum('before'))];
}
