/** How much later a reply comes with us in between: against no proxy at all and against bare forwarding, side by side. */
import { createPlace, programCommand, runWrapped, startProgram } from './place.ts';
import type { LatencyCase } from './programs/latency-agent.ts';
import { differences, milliseconds, printTable, quantiles } from './statistics.ts';

/** The bar: a body of 1 MB with one new block of 4 KB, median. */
const mostAddedMs = 5;

export async function benchLatency(): Promise<void> {
  const upstream = await startProgram(new URL('./programs/upstream.ts', import.meta.url));
  const forwarder = await startProgram(new URL('./programs/forwarder.ts', import.meta.url), upstream.firstLine);
  const place = createPlace(programCommand(new URL('./programs/latency-agent.ts', import.meta.url)));
  try {
    const printed = await runWrapped(place, {
      ANTHROPIC_BASE_URL: upstream.firstLine,
      BENCH_DIRECT: upstream.firstLine,
      BENCH_FORWARDER: forwarder.firstLine,
    });
    print(JSON.parse(printed) as LatencyCase[]);
  } finally {
    place.close();
    await Promise.all([upstream.close(), forwarder.close()]);
  }
}

function print(cases: readonly LatencyCase[]): void {
  const rounds = cases[0]?.direct.length ?? 0;
  printTable(
    `Added latency, ms: from the first byte of a request to the last of its reply, ${rounds} rounds a row. In every round the stand-in agent, a\n` +
      'process of its own under `headroom wrap claude`, sends the same body directly, by a bare forwarder (two pipes in Node) and by us,\n' +
      'in turn, over kept connections, to one loopback upstream that answers at once. "Added" is the difference within a round.',
    [
      [
        'body',
        'blocks',
        'new block',
        'direct',
        'p95',
        'p99',
        'forwarder',
        'p95',
        'p99',
        'headroom',
        'p95',
        'p99',
        'added p50',
        'p95',
        'p99',
        'to forwarder',
      ],
      ...cases.map(row),
    ],
  );
  const barred = cases.find(({ size, added }) => size === '1 MB' && added === 4096);
  if (!barred) return;
  const { p50 } = quantiles(differences(barred.forwarder, barred.headroom));
  const toDirect = quantiles(differences(barred.direct, barred.headroom)).p50;
  console.log(
    `\n  1 MB with a new block of 4 KB: ${p50.toFixed(2)} ms more than bare forwarding, ${toDirect.toFixed(2)} ms more than no proxy, at the median;` +
      ` bar ${mostAddedMs} ms: ${p50 < mostAddedMs ? 'met' : 'MISSED'}`,
  );
}

function row({ size, blocks, added, direct, forwarder, headroom }: LatencyCase): string[] {
  return [
    size,
    String(blocks),
    added === 0 ? 'none' : `${added / 1024} KB`,
    ...[direct, forwarder, headroom, differences(direct, headroom)].flatMap((values) => milliseconds(quantiles(values))),
    quantiles(differences(forwarder, headroom)).p50.toFixed(2),
  ];
}
