/** From a request's record to its line in the ledger. No text of the conversation, no path, no address that holds a secret. */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { BlockRecord } from '../pipeline/decision.ts';
import type { ExchangeRecord, ProxyMode } from '../proxy/records.ts';
import type { LedgerLine, ResultSums } from '../store/ledger.ts';
import { tokensIn } from '../tokens/bill.ts';
import { listBlocks, withoutDetail } from './ledger-blocks.ts';
import { isShrunk } from './totals.ts';

/** What all lines of a launch say alike. */
export type LaunchPart = Pick<LedgerLine, 'launch' | 'agent' | 'project' | 'version' | 'mode' | 'profile'>;

export interface LaunchFacts {
  readonly id: string;
  readonly agent: string;
  readonly projectFolder: string;
  readonly version: string;
  readonly mode: ProxyMode;
  readonly profile: string;
}

export function launchPart({ id, agent, projectFolder, version, mode, profile }: LaunchFacts): LaunchPart {
  return {
    launch: id,
    agent,
    project: { name: basename(projectFolder), id: createHash('sha256').update(projectFolder).digest('hex').slice(0, 16) },
    version,
    mode,
    profile,
  };
}

/** Undefined for what was refused at the door: no request of the agent's. */
export function ledgerLine(record: ExchangeRecord, launch: LaunchPart): LedgerLine | undefined {
  const { time, upstream, protocol, kind, model, status, outcome, bytesReceived, bytesSent, blocks, untouched, retried, usage, addedMs } =
    record;
  if (outcome === 'refused') return undefined;
  // Whoever only observes keeps no original.
  const listed = listBlocks(record, launch.mode === 'shrink');
  return {
    v: 1,
    time: new Date(time).toISOString(),
    ...launch,
    upstream: upstream ?? '',
    protocol: protocol ?? null,
    kind,
    model: (usage?.model ?? model)?.slice(0, 100) ?? null,
    outcome,
    status: status ?? null,
    retried,
    untouched: untouched === undefined ? null : withoutDetail(untouched),
    bytes: { received: bytesReceived, sent: bytesSent },
    usage: usage ? tokensIn(usage) : null,
    ...(record.rewritten ? { rewritten: record.rewritten } : {}),
    ...(record.cold ? { cold: { why: record.cold.why, before: record.cold.before, after: record.cold.after } } : {}),
    ...(record.tripped === undefined ? {} : { tripped: record.tripped }),
    ...(record.bySubscription ? { bySubscription: true } : {}),
    first: sumUp(blocks.filter(({ carried }) => !carried)),
    carried: sumUp(blocks.filter(({ carried }) => carried)),
    ...(listed.length > 0 ? { blocks: listed } : {}),
    addedMs: Math.round(addedMs * 1000) / 1000,
  };
}

function sumUp(blocks: readonly BlockRecord[]): ResultSums {
  const none = { results: 0, before: 0, after: 0 };
  const whole = { ...none };
  const byKind: Record<string, typeof whole> = {};
  const byLever: Record<string, number> = {};
  const leftAlone: Record<string, { results: number; tokens: number }> = {};
  for (const block of blocks) {
    byKind[block.kind] ??= { ...none };
    for (const sum of [whole, byKind[block.kind]!]) {
      sum.results++;
      sum.before += block.tokensBefore;
      sum.after += block.tokensAfter;
    }
    for (const [lever, tokens] of Object.entries(block.levers)) byLever[lever] = (byLever[lever] ?? 0) + tokens;
    if (isShrunk(block)) continue;
    const reason = withoutDetail(block.reason);
    leftAlone[reason] ??= { results: 0, tokens: 0 };
    leftAlone[reason].results++;
    leftAlone[reason].tokens += block.tokensBefore;
  }
  return { ...whole, byKind, byLever, leftAlone };
}
