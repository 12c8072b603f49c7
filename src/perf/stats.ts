/** What runs now and what was saved in all: the short answer, for a terminal, a status line or another program. Pure. */
import type { RunningLaunch } from '../launch/private-folder.ts';
import type { PerfSummary, RequestSum } from './summary.ts';

interface RunningSession {
  readonly launch: string;
  readonly pid: number;
  readonly since: string;
  /** Unknown until its first request is in the ledger, and for launches that keep none. */
  readonly agent: string | undefined;
  readonly project: string | undefined;
  readonly sum: RequestSum | undefined;
}

export interface Stats {
  readonly running: readonly RunningSession[];
  readonly launches: number;
  readonly since: string | undefined;
  readonly all: RequestSum;
}

export function sumUpStats(running: readonly RunningLaunch[], summary: PerfSummary): Stats {
  const { launches, from, all, sessions } = summary;
  return {
    running: running.map(({ id, pid, since }) => {
      const session = sessions.find(({ launch }) => launch === id);
      const { agent, project, launch: _, began: __, ...sum } = session ?? { agent: undefined, project: undefined, launch: id, began: '' };
      return { launch: id, pid, since: new Date(since).toISOString(), agent, project, sum: session ? (sum as RequestSum) : undefined };
    }),
    launches,
    since: from,
    all,
  };
}
