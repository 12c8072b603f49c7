/** How long upstream works for an agent that has gone. */
import { printTable, quantiles } from '../bench/statistics.ts';
import { agentFaults } from './faults-agent.ts';
import { inParallel, type PartOptions } from './part.ts';
import { playTurn, type TurnPlace } from './turn.ts';

const mostMs = 100;
const stages = agentFaults.filter(({ name }) => /before the reply|after the head|in mid-stream/.test(name));

export async function cancel(place: TurnPlace, { checks, seed, isQuick }: PartOptions): Promise<void> {
  const found = new Map(stages.map(({ name }) => [name, [] as number[]]));
  const all = Array.from({ length: isQuick ? 60 : 600 }, (_, at) => stages[at % stages.length]!);
  await inParallel(
    all,
    async (fault, at) => {
      const body = Buffer.from('{"messages":[]}');
      const { cancelledAfter } = await playTurn(place, { id: `cancel-${at}`, fault, seed: seed + at, path: '/v1/messages', body });
      if (cancelledAfter !== undefined) found.get(fault.name)?.push(cancelledAfter);
    },
    4,
  );
  const rows = [...found].map(([name, taken]) => {
    const { p50, p99 } = quantiles(taken);
    return [name, String(taken.length), ...[p50, p99, Math.max(...taken)].map((value) => value.toFixed(1))];
  });
  printTable('From the agent’s leaving to upstream’s knowing, ms', [['', 'count', 'p50', 'p99', 'longest'], ...rows]);
  const taken = [...found.values()].flat();
  const { p99 } = quantiles(taken);
  checks.check(
    `cancellation reaches upstream, ${taken.length} times of ${all.length}, within ${mostMs} ms at p99`,
    p99 < mostMs && taken.length === all.length,
    `${p99.toFixed(1)} ms`,
  );
}
