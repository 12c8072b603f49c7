/** The page's figures, kept up to date: the ledger is read once and then followed. Reads, and writes nothing. */
import type { RunningLaunch } from '../launch/private-folder.ts';
import type { PageData, PageRequest } from '../page/data.ts';
import { followLedger } from '../store/follow-ledger.ts';
import type { LedgerLine } from '../store/ledger.ts';
import { type PriceList, priceSource } from '../tokens/prices.ts';
import { version } from '../version.ts';
import { sumUpStats } from './stats.ts';
import { startSumming, sumRequest } from './summary.ts';

const mostLatest = 200;

/** `findRunning`: the launches that run at the moment it is called. */
export function followFigures(
  ledgerFolder: string,
  priceOf: PriceList,
  findRunning: () => Promise<readonly RunningLaunch[]>,
): () => Promise<PageData> {
  const follower = followLedger(ledgerFolder);
  let summing = startSumming(priceOf);
  let latest: LedgerLine[] = [];
  const add = (line: LedgerLine) => {
    summing.add(line);
    if (line.kind !== 'turn' && line.kind !== 'tool-output') return;
    latest.push(line);
    if (latest.length >= 2 * mostLatest) latest = latest.slice(-mostLatest);
  };
  const restart = () => {
    summing = startSumming(priceOf);
    latest = [];
  };
  return async () => {
    const running = await findRunning();
    const { skipped, errors } = follower.next(add, restart);
    const summary = summing.end();
    const { sessions: _, ...figures } = summary;
    const left = skipped.broken + skipped.newer;
    return {
      version,
      figures,
      running: sumUpStats(running, summary).running,
      // Lines of several launches stand in the order in which their replies ended.
      latest: latest
        .slice(-mostLatest)
        .sort((one, other) => (one.time < other.time ? 1 : -1))
        .map((line) => requestOf(line, priceOf)),
      prices: priceSource,
      problems: [
        ...errors,
        ...(left > 0 ? [`${left} ${left === 1 ? 'line' : 'lines'} of the ledger left out: damaged, or of a newer version`] : []),
      ],
    };
  };
}

function requestOf(line: LedgerLine, priceOf: PriceList): PageRequest {
  const { time, launch, agent, project, mode, kind, model, outcome, status, retried, untouched, first, carried, blocks, cold, addedMs } =
    line;
  const sum = sumRequest(line, priceOf);
  const rest = { ...(blocks === undefined ? {} : { blocks }), ...(cold === undefined ? {} : { cold }) };
  return { time, launch, agent, project, mode, kind, model, outcome, status, retried, untouched, first, carried, ...rest, sum, addedMs };
}
