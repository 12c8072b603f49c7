/** The share of tool-result tokens removed on recorded sessions: by agent, lever and kind, with quantiles over sessions. */

import { loadCounter } from '../../src/tokens/count.ts';
import { sessions } from '../../test/helpers/corpus.ts';
import { type ReplayedResult, type ReplayedSession, replay } from './replay.ts';

export async function benchCorpus(folder: string): Promise<void> {
  const count = await loadCounter();
  const replayed: ReplayedSession[] = [];
  for (const session of sessions(folder)) replayed.push(replay(session, count));
  const results = replayed.flatMap((session) => session.results);
  console.log(`\nTool results of ${replayed.length} sessions, o200k tokens, each counted once\n`);
  table('all', [['all', results]]);
  table('agent', group(replayed.flatMap((session) => session.results.map((result) => [session.agent, result] as const))));
  table('kind', group(results.map((result) => [result.kind, result] as const)));
  table('tool', group(results.map((result) => [result.tool, result] as const)).slice(0, 14));
  printLevers(results);
  printReasons(results);
  const shares = replayed.map((session) => share(session.results)).sort((a, b) => a - b);
  const quantile = (q: number): string => percent(shares[Math.min(shares.length - 1, Math.floor(q * shares.length))] ?? 0);
  console.log(
    `sessions: min ${quantile(0)}  p10 ${quantile(0.1)}  p25 ${quantile(0.25)}  p50 ${quantile(0.5)}  p75 ${quantile(0.75)}  p90 ${quantile(0.9)}  max ${quantile(1)}`,
  );
  const quoted = replayed.reduce((sum, session) => sum + session.quoted, 0);
  const lost = replayed.flatMap((session) => session.lost.map((line) => `${session.id}: ${line}`));
  console.log(`prefix violations: ${replayed.reduce((sum, session) => sum + session.prefixViolations, 0)}`);
  console.log(`lines quoted by later edits: ${quoted}, no longer visible: ${lost.length}`);
  for (const line of lost.slice(0, 20)) console.log(`  lost ${line}`);
}

function group(pairs: readonly (readonly [string, ReplayedResult])[]): [string, ReplayedResult[]][] {
  const groups = new Map<string, ReplayedResult[]>();
  for (const [name, result] of pairs) {
    const list = groups.get(name);
    if (list) list.push(result);
    else groups.set(name, [result]);
  }
  return [...groups].sort((a, b) => tokens(b[1]) - tokens(a[1]));
}

function table(title: string, rows: readonly (readonly [string, readonly ReplayedResult[]])[]): void {
  console.log(`${title.padEnd(28)}${'results'.padStart(9)}${'before'.padStart(12)}${'after'.padStart(12)}${'removed'.padStart(10)}`);
  for (const [name, results] of rows) {
    const before = tokens(results);
    const after = results.reduce((sum, result) => sum + result.after, 0);
    console.log(
      `${name.slice(0, 27).padEnd(28)}${String(results.length).padStart(9)}${String(before).padStart(12)}${String(after).padStart(12)}${percent(share(results)).padStart(10)}`,
    );
  }
  console.log('');
}

function printLevers(results: readonly ReplayedResult[]): void {
  const levers = new Map<string, number>();
  for (const result of results)
    for (const [lever, saved] of Object.entries(result.levers)) levers.set(lever, (levers.get(lever) ?? 0) + saved);
  const all = tokens(results);
  for (const [lever, saved] of levers)
    console.log(`lever ${lever.padEnd(22)}${String(saved).padStart(12)}${percent(saved / all).padStart(10)}`);
  console.log('');
}

function printReasons(results: readonly ReplayedResult[]): void {
  for (const [reason, list] of group(results.map((result) => [result.reason, result] as const)))
    console.log(`reason ${reason.slice(0, 40).padEnd(42)}${String(list.length).padStart(8)}${String(tokens(list)).padStart(12)}`);
  console.log('');
}

function tokens(results: readonly ReplayedResult[]): number {
  return results.reduce((sum, result) => sum + result.before, 0);
}

function share(results: readonly ReplayedResult[]): number {
  const before = tokens(results);
  return before === 0 ? 0 : 1 - results.reduce((sum, result) => sum + result.after, 0) / before;
}

function percent(value: number): string {
  return `${(value * 100).toFixed(1)}%`;
}
