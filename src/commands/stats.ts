/** `headroom stats`: the launches that run now, and the totals of the ledger. Reads, and writes nothing. */
import { Command } from 'commander';
import { findRunningLaunches } from '../launch/private-folder.ts';
import { say } from '../launch/say.ts';
import { sayCost, sayInput } from '../perf/report.ts';
import { type Stats, sumUpStats } from '../perf/stats.ts';
import { startSumming } from '../perf/summary.ts';
import { cacheParts } from '../store/place.ts';
import { readLedger } from '../store/read-ledger.ts';
import { sayCount, sayDuration } from '../text/say-amount.ts';
import { loadPrices, priceSource } from '../tokens/prices.ts';
import { ownPlaces } from './own-places.ts';
import { readOwnPrices } from './settings.ts';

const examples = `
Examples:
  headroom stats
  headroom stats --json | jq .all.saved`;

export function createStatsCommand(): Command {
  return new Command('stats')
    .description('the sessions that run now, and the totals so far')
    .helpOption('-h, --help', 'print this page')
    .option('--json', 'print the figures as JSON')
    .addHelpText('after', examples)
    .action(stats);
}

async function stats({ json }: { readonly json?: boolean }): Promise<void> {
  const found = await readStats();
  if (json) process.stdout.write(`${JSON.stringify({ ...found, prices: priceSource, estimated: ['removed', 'saved'] }, undefined, 2)}\n`);
  else process.stdout.write(`${lines(found, Date.now()).join('\n')}\n`);
}

/** What `headroom stats` tells, for others that tell it too. */
export async function readStats(): Promise<Stats> {
  const { cacheFolder } = ownPlaces();
  const summing = startSumming(await loadPrices(await readOwnPrices()));
  const { errors } = readLedger(cacheParts(cacheFolder).ledger, summing.add);
  for (const error of errors) say(`headroom: ${error}`);
  return sumUpStats(await findRunningLaunches(cacheFolder, process.platform), summing.end());
}

function lines({ running, all, launches, since }: Stats, now: number): readonly string[] {
  const rows = running.map(({ agent, project, pid, since: began, sum }) => {
    const who = agent === undefined ? `process ${pid}` : `${agent} in ${project}`;
    const what = sum ? `${sayCount(sum.requests, 'request')} · ${sayInput(sum)} · ${sayCost(sum)}` : 'no request yet, or none kept';
    return `running  ${who}, ${sayDuration(now - Date.parse(began))} · ${what}`;
  });
  const none = running.length === 0 ? ['running  nothing'] : rows;
  if (launches === 0) return [...none, 'in all   the ledger is empty'];
  const head = `in all   ${sayCount(launches, 'launch')} since ${since?.slice(0, 10)}`;
  return [...none, `${head} · ${sayCount(all.requests, 'request')} · ${sayInput(all)} · ${sayCost(all)}`];
}
