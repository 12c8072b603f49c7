/** Every compressor by itself: claim, shrink and excerpt on texts of about 100 KB of its own kind. */
import type { ToolCall } from '../../src/block.ts';
import type { Compressor, TextToShrink } from '../../src/compressors/compressor.ts';
import { cleaner, compressors } from '../../src/compressors/index.ts';
import { splitEnvelope } from '../../src/text/envelope.ts';
import { compressorFixtures } from '../../test/helpers/compressor-fixtures.ts';
import { recordedOutputs } from './recorded-outputs.ts';
import { millisecondsOf, printTable, quantiles } from './statistics.ts';

const size = 100_000;
const mostTexts = 12;
const warmUps = 4;
const rounds = 16;
/** Milliseconds, p99. */
const bar = 10;

export async function benchCompressors(corpus: string | undefined): Promise<void> {
  const outputs = corpus ? recordedOutputs(corpus).map(({ call, text }) => ({ call, text })) : [];
  const fixtures = compressorFixtures();
  printTable(
    `Compressors alone, ms at 100 KB: claim, shrink and excerpt, ${rounds} rounds on each of up to ${mostTexts} texts of about 100 KB that the compressor claims: its own fixtures\n` +
      `repeated to that size${corpus ? ', and recorded outputs' : ''}. Bar: p99 ${bar} ms, 10 MB/s.`,
    [
      ['', 'texts', 'p50', 'p95', 'p99', 'slowest text', 'MB/s', ''],
      ...[cleaner, ...compressors].map((compressor) => {
        const own = fixtures.filter(({ kind }) => kind === compressor.kind).map(({ call, input }) => ({ call, text: input }));
        return row(compressor, [...outputs, ...own].map(fit));
      }),
    ],
  );
}

function row(compressor: Compressor, texts: readonly TextToShrink[]): string[] {
  const own = texts.filter((input) => compressor.claim(input) >= 0.5).slice(0, mostTexts);
  const times = own.map((input) => time(compressor, input));
  if (own.length === 0) return [compressor.kind, '0', '-', '-', '-', '-', '-', 'no text'];
  const { p50, p95, p99 } = quantiles(times.flat());
  const slowest = Math.max(...times.map((list) => quantiles(list).p50));
  const speed = (own.length * rounds * size) / 1000 / times.flat().reduce((sum, one) => sum + one, 0);
  const verdict = p99 <= bar && speed >= 10 ? 'met' : 'MISSED';
  return [compressor.kind, String(own.length), ...[p50, p95, p99, slowest].map((value) => value.toFixed(2)), speed.toFixed(0), verdict];
}

/** Times for 100 KB, the text being somewhat more or less. */
function time(compressor: Compressor, input: TextToShrink): number[] {
  const run = (): void => {
    if (compressor.claim(input) < 0.5) return;
    compressor.shrink(input);
    compressor.excerpt?.(input);
  };
  for (let round = 0; round < warmUps; round++) run();
  return Array.from({ length: rounds }, () => (millisecondsOf(run) * size) / input.text.length);
}

/** A text of about the size wanted, out of its envelope: cut at a line's end, or repeated. JSON stays JSON, and larger where it is. */
function fit({ call, text }: { call: ToolCall; text: string }): TextToShrink {
  const { body } = splitEnvelope(text);
  const isWhole = isJson(body);
  if (body.length >= size) return { call, text: isWhole ? body : body.slice(0, body.lastIndexOf('\n', size) + 1 || size) };
  const times = Math.ceil(size / Math.max(1, body.length));
  if (isWhole) return { call, text: `[${Array.from({ length: times }, () => body.trim()).join(',')}]` };
  return { call, text: `${body.replace(/\n$/, '')}\n`.repeat(times) };
}

function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
