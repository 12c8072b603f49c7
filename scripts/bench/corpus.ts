/** Prints the share of tool-result tokens removed on recorded sessions, as both profiles: by agent, kind, tool and lever, with quantiles over sessions. */
import type { Gauge } from './corpus-pass.ts';
import { type Profile, profiles } from './profiles.ts';
import { type Entry, type ReplayedSession, resultsOf } from './replay.ts';
import { printTable } from './statistics.ts';

interface OfSession {
  readonly agent: string;
  readonly prefixViolations: number;
  readonly results: readonly Entry[];
}

type Sessions = Readonly<Record<Profile, OfSession[]>>;

/** Lines that a table may have: what is rarer stands in one row at its end. */
const mostRows = 24;
const bars: Readonly<Record<Profile, number>> = { lossless: 0.25, standard: 0.3 };

export function createCorpusGauge(): Gauge {
  const sessions: Sessions = { lossless: [], standard: [] };
  return {
    take: (_, replays) => {
      for (const profile of profiles) sessions[profile].push(summarize(replays[profile]));
    },
    print: () => print(sessions),
  };
}

/** The share of tokens that is no longer sent. */
export function shareRemoved(results: readonly Entry[]): number {
  const before = sum(results, 'before');
  return before === 0 ? 0 : 1 - sum(results, 'after') / before;
}

function summarize(session: ReplayedSession): OfSession {
  return { agent: session.agent, prefixViolations: session.prefixViolations, results: resultsOf(session) };
}

function print(sessions: Sessions): void {
  const of = (profile: Profile) => sessions[profile].flatMap(({ results }) => results);
  const byAgent = (profile: Profile) =>
    sessions[profile].flatMap(({ agent, results }) => results.map((result) => [agent, result] as const));
  const by = (name: (result: Entry) => string) => (profile: Profile) => of(profile).map((result) => [name(result), result] as const);
  printTable(
    `Tool results of ${sessions.lossless.length} sessions, o200k tokens, each counted once, and the share removed. Bars: 25% lossless, 30% standard.`,
    [['', 'results', 'tokens', 'lossless', 'standard'], ...table(by(() => 'all'))],
  );
  console.log(`\n${profiles.map((profile) => `  ${profile}: ${shareRemoved(of(profile)) >= bars[profile] ? 'met' : 'MISSED'}`).join('')}`);
  printTable('By agent', table(byAgent));
  printTable('By kind, as standard tells them', table(by(kindOf)));
  printTable('By tool', table(by(({ block }) => block.call?.tool ?? 'unknown')).slice(0, 14));
  for (const profile of profiles) printLevers(profile, of(profile));
  printReasons(of('standard'));
  for (const profile of profiles) printQuantiles(profile, sessions[profile]);
  console.log(
    `  prefix violations: ${profiles.map((profile) => `${profile} ${sessions[profile].reduce((all, { prefixViolations }) => all + prefixViolations, 0)}`).join(', ')}`,
  );

  function kindOf({ record }: Entry): string {
    return record?.kind ?? 'text';
  }
}

/** One row per name with both profiles beside each other, those with most tokens first; names are taken from `standard`. */
function table(named: (profile: Profile) => readonly (readonly [string, Entry])[]): string[][] {
  const nameOf = new Map(named('standard').map(([name, { block }]) => [block, name]));
  const lossless = group(named('lossless').map(([name, result]) => [nameOf.get(result.block) ?? name, result] as const));
  const standard = new Map(group(named('standard')));
  const rows = lossless.map(([name, results]) => row(name, results, standard.get(name) ?? []));
  if (rows.length <= mostRows) return rows;
  const rest = lossless.slice(mostRows);
  const names = rest.map(([name]) => name);
  return [
    ...rows.slice(0, mostRows),
    row(
      `${rest.length} more`,
      rest.flatMap(([, results]) => results),
      names.flatMap((name) => standard.get(name) ?? []),
    ),
  ];
}

function row(name: string, lossless: readonly Entry[], standard: readonly Entry[]): string[] {
  return [
    name.slice(0, 27),
    String(lossless.length),
    String(sum(lossless, 'before')),
    percent(shareRemoved(lossless)),
    percent(shareRemoved(standard)),
  ];
}

function group(pairs: readonly (readonly [string, Entry])[]): [string, Entry[]][] {
  const groups = new Map<string, Entry[]>();
  for (const [name, result] of pairs) {
    const list = groups.get(name);
    if (list) list.push(result);
    else groups.set(name, [result]);
  }
  return [...groups].sort((one, other) => sum(other[1], 'before') - sum(one[1], 'before'));
}

function printLevers(profile: Profile, results: readonly Entry[]): void {
  const levers = new Map<string, number>();
  for (const { record } of results)
    for (const [lever, saved] of Object.entries(record?.levers ?? {})) levers.set(lever, (levers.get(lever) ?? 0) + saved);
  const all = sum(results, 'before');
  const said = [...levers].sort((one, other) => other[1] - one[1]).map(([lever, saved]) => `${lever} ${percent(saved / all)}`);
  console.log(`\n  ${profile}, by lever: ${said.join(', ')}`);
}

function printReasons(results: readonly Entry[]): void {
  const reasons = group(results.map((result) => [result.record?.reason ?? 'unknown', result] as const));
  printTable('By reason (standard)', [
    ['', 'results', 'tokens'],
    ...reasons.slice(0, mostRows).map(([reason, list]) => [reason.slice(0, 60), String(list.length), String(sum(list, 'before'))]),
  ]);
  console.log('');
}

function printQuantiles(profile: Profile, sessions: readonly OfSession[]): void {
  console.log(`  sessions, ${profile}: ${sayQuantiles(sessions.map(({ results }) => shareRemoved(results)))}`);
}

/** The spread of shares over sessions in one line. */
export function sayQuantiles(shares: readonly number[]): string {
  const sorted = [...shares].sort((one, other) => one - other);
  const at = (q: number): string => percent(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0);
  return `min ${at(0)}, p10 ${at(0.1)}, p25 ${at(0.25)}, p50 ${at(0.5)}, p75 ${at(0.75)}, p90 ${at(0.9)}, max ${at(1)}`;
}

function sum(results: readonly Entry[], what: 'before' | 'after'): number {
  return results.reduce((all, result) => all + result[what], 0);
}

/** One digit after the point. */
export function percent(value: number): string {
  return `${(value * 100).toFixed(1)}%`;
}
