/** Every compressor by itself: claim, shrink and excerpt on texts of about 100 KB of its own kind. */
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

/** A text and where it is from. */
interface Named extends TextToShrink {
  readonly name: string;
}

export async function benchCompressors(corpus: string | undefined): Promise<void> {
  const outputs = (corpus ? recordedOutputs(corpus) : []).map(({ call, text, name }) => toSize({ call, text, name }));
  const fixtures = compressorFixtures().map(({ kind, call, input, name }) => ({
    kind,
    ...toSize({ call, text: input, name: name.replace('.txt', '') }),
  }));
  const all = [cleaner, ...compressors];
  const surest = new Map(outputs.map((input) => [input, surestOf(input)]));
  printTable(
    `Compressors alone, ms at 100 KB: claim, shrink and excerpt, ${rounds} rounds on each of up to ${mostTexts} texts of about that size: ${corpus ? 'recorded\noutputs that it claims, ' : ''}` +
      `its own fixtures repeated. Every claim: all members on each text. Bar: p99 ${bar} ms, 10 MB/s.`,
    [
      ['', 'texts', 'p50', 'p95', 'p99', 'MB/s', '', 'slowest', 'p50'],
      ...all.map((compressor) => {
        const own = fixtures.filter(({ kind, ...input }) => kind === compressor.kind && compressor.claim(input) >= 0.5);
        return row(
          compressor.kind,
          [...outputs.filter((input) => surest.get(input) === compressor), ...own].slice(0, mostTexts),
          (input) => {
            if (compressor.claim(input) < 0.5) return;
            compressor.shrink(input);
            compressor.excerpt?.(input);
          },
        );
      }),
      row('every claim', outputs.length > 0 ? outputs : fixtures, (input) => {
        for (const compressor of all) compressor.claim(input);
      }),
    ],
  );
}

function surestOf(input: TextToShrink): Compressor | undefined {
  const claims = [cleaner, ...compressors].map((compressor) => ({ compressor, claim: compressor.claim(input) }));
  return claims.sort((one, other) => other.claim - one.claim).find(({ claim }) => claim >= 0.5)?.compressor;
}

function row(name: string, texts: readonly Named[], run: (input: TextToShrink) => void): string[] {
  if (texts.length === 0) return [name, '0', ...Array.from({ length: 7 }, () => '-')];
  const times = texts.map((input) => {
    const other = { ...input, text: `${input.text}\n` };
    return time(
      () => run(input),
      () => run(other),
      input.text.length,
    );
  });
  const { p50, p95, p99 } = quantiles(times.flat());
  const medians = times.map((list) => quantiles(list).p50);
  const slowest = medians.indexOf(Math.max(...medians));
  const speed = (times.flat().length * size) / 1000 / times.flat().reduce((sum, one) => sum + one, 0);
  const verdict = p99 <= bar && speed >= 10 ? 'met' : 'MISSED';
  return [
    name,
    String(texts.length),
    ...[p50, p95, p99].map((value) => value.toFixed(2)),
    speed.toFixed(0),
    verdict,
    (texts[slowest]?.name ?? '').slice(0, 32),
    (medians[slowest] ?? 0).toFixed(2),
  ];
}

/** Times for 100 KB, the text being somewhat more or less. `forget`: another text, in whose place the last answer is remembered. */
function time(run: () => void, forget: () => void, length: number): number[] {
  for (let round = 0; round < warmUps; round++) run();
  return Array.from({ length: rounds }, () => {
    forget();
    return (millisecondsOf(run) * size) / length;
  });
}

/** A text of about the size wanted, out of its envelope: cut at a line's end, or repeated. JSON stays JSON, and larger where it is. */
function toSize({ call, text, name }: Named): Named {
  const { body } = splitEnvelope(text);
  const isWhole = isJson(body);
  if (body.length >= size) return { name, call, text: isWhole ? body : cut(body) };
  const times = Math.ceil(size / Math.max(1, body.length));
  if (isWhole) return { name, call, text: `[${Array.from({ length: times }, () => body.trim()).join(',')}]` };
  return { name, call, text: `${body.replace(/\n$/, '')}\n`.repeat(times) };
}

function cut(text: string): string {
  const end = text.lastIndexOf('\n', size) + 1;
  return text.slice(0, end > size / 2 ? end : size);
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
