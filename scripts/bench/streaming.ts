/** How much later the first byte and every event of a streamed reply come with us in between. */
import { createPlace, programCommand, runWrapped, startProgram } from './place.ts';
import type { StreamingFigures } from './programs/streaming-agent.ts';
import { differences, milliseconds, printTable, quantiles } from './statistics.ts';

export async function benchStreaming(): Promise<void> {
  const upstream = await startProgram(new URL('./programs/upstream.ts', import.meta.url));
  const forwarder = await startProgram(new URL('./programs/forwarder.ts', import.meta.url), upstream.firstLine);
  const place = createPlace(programCommand(new URL('./programs/streaming-agent.ts', import.meta.url)));
  try {
    const printed = await runWrapped(place, {
      ANTHROPIC_BASE_URL: upstream.firstLine,
      BENCH_DIRECT: upstream.firstLine,
      BENCH_FORWARDER: forwarder.firstLine,
    });
    print(JSON.parse(printed) as StreamingFigures);
  } finally {
    place.close();
    await Promise.all([upstream.close(), forwarder.close()]);
  }
}

function print({ direct, forwarder, headroom }: StreamingFigures): void {
  const row = (title: string, what: 'first' | 'event') => [
    title,
    String(direct[what].length),
    ...[direct[what], forwarder[what], headroom[what], differences(direct[what], headroom[what])].flatMap((values) =>
      milliseconds(quantiles(values)),
    ),
  ];
  printTable(
    'Server-sent events, ms: a request of 10 KB already known, answered by a stream of events 4 ms apart, by every way in turn in each round.\n' +
      'First byte: from the request to the first byte of the reply. Event: from upstream writing it to the agent reading it. "Added" is the\n' +
      'difference to no proxy, round by round and event by event.',
    [
      ['', 'count', 'direct', 'p95', 'p99', 'forwarder', 'p95', 'p99', 'headroom', 'p95', 'p99', 'added p50', 'p95', 'p99'],
      row('first byte', 'first'),
      row('each event', 'event'),
    ],
  );
}
