/** What went wrong in the last launches, by their lines in the ledger: what providers refused, what broke, what was never read. Pure. */
import type { LedgerLine } from '../store/ledger.ts';

export interface SessionHealth {
  readonly launch: string;
  readonly agent: string;
  readonly project: string;
  /** ISO 8601, of its first request. */
  readonly since: string;
  readonly requests: number;
  /** Sent once more with the originals, after a 400. */
  readonly retried: number;
  /** Answered with a status of 400 and more: how many, and the one that came most often. */
  readonly refused: number;
  readonly status: number | undefined;
  /** No answer came. */
  readonly unreached: number;
  /** Bodies that passed as they were for a reason that is not theirs: the reason that came most often, and how many there were. */
  readonly unread: number;
  readonly reason: string | undefined;
  /** Tokens that were cached once more because of us: our worker died, or a lever broke a prefix. */
  readonly rewritten: number;
  readonly tripped: number;
}

export interface HealthSumming {
  readonly add: (line: LedgerLine) => void;
  /** The latest launches, the last one first. */
  readonly end: (most: number) => readonly SessionHealth[];
}

/** Reasons for which a request of a model's is left alone that are worth a look; the others are as they should be. */
const odd = /^(?:unknown shape|broken |over |content-encoding |(?:shrinking|reading) failed)/;

export function startHealth(): HealthSumming {
  const lines = new Map<string, LedgerLine[]>();
  return {
    add: (line) => {
      if (line.kind !== 'turn' && line.kind !== 'count') return;
      const known = lines.get(line.launch);
      if (known) known.push(line);
      else lines.set(line.launch, [line]);
    },
    end: (most) =>
      [...lines.values()]
        .map(sumUp)
        .sort((one, other) => (one.since < other.since ? 1 : -1))
        .slice(0, most),
  };
}

function sumUp(lines: readonly LedgerLine[]): SessionHealth {
  const first = lines[0] as LedgerLine;
  const refused = lines.flatMap(({ status }) => (status !== null && status >= 400 ? [status] : []));
  const reasons = lines.flatMap(({ untouched }) => (untouched !== null && odd.test(untouched) ? [untouched] : []));
  return {
    ...{ launch: first.launch, agent: first.agent, project: first.project.name },
    since: lines.reduce((least, { time }) => (time < least ? time : least), first.time),
    requests: lines.length,
    retried: lines.filter(({ retried }) => retried).length,
    refused: refused.length,
    status: mostOften(refused),
    unreached: lines.filter(({ outcome }) => outcome === 'upstream-failed').length,
    unread: reasons.length,
    reason: mostOften(reasons),
    rewritten: lines.reduce((sum, { rewritten = 0 }) => sum + rewritten, 0),
    tripped: lines.filter(({ tripped }) => tripped !== undefined).length,
  };
}

function mostOften<T>(values: readonly T[]): T | undefined {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0];
}
