/** How the last launches went, as the ledger tells: what was refused, repeated, unread or written twice. */
import type { Surroundings } from '../launch/launch.ts';
import { findRunningLaunches } from '../launch/private-folder.ts';
import { type SessionHealth, startHealth } from '../perf/session-health.ts';
import { cacheParts, findPlaces } from '../store/place.ts';
import { readLedger } from '../store/read-ledger.ts';
import { sayCount, sayNumber } from '../text/say-amount.ts';
import type { Finding } from './doctor.ts';

const mostLaunches = 5;

export async function checkSessions({ platform, environment, homeFolder }: Surroundings): Promise<readonly Finding[]> {
  const { cacheFolder } = findPlaces(platform, environment, homeFolder);
  const health = startHealth();
  const { skipped, errors } = readLedger(cacheParts(cacheFolder).ledger, health.add);
  const last = health.end(mostLaunches);
  const running = await findRunningLaunches(cacheFolder, platform);
  const silent = running.filter(({ id, since }) => Date.now() - since > 60_000 && !last.some(({ launch }) => launch === id));
  return [
    ...last.map(describe),
    ...silent.map(
      ({ pid }): Finding => ({
        ...{ part: 'session', state: 'note', text: `process ${pid} has run for a while without a request in the ledger` },
        advice: 'it waits for you, keeps no ledger (--ephemeral), or its agent goes past us: see the lines of the agent above',
      }),
    ),
    ...errors.map((text): Finding => ({ part: 'ledger', state: 'todo', text, advice: 'make it readable, or: headroom clean --all' })),
    ...(skipped.broken > 0
      ? [{ part: 'ledger', state: 'note', text: `${sayCount(skipped.broken, 'line')} damaged and left out` } as const]
      : []),
    ...(last.length === 0 ? [{ part: 'sessions', state: 'ok', text: 'none in the ledger yet' } as const] : []),
  ];
}

function describe(session: SessionHealth): Finding {
  const { agent, project, since, requests, retried, refused, status, unreached, unread, reason, rewritten, tripped } = session;
  const text = `${agent} in ${project}, ${since.slice(0, 16).replace('T', ' ')}: ${sayCount(requests, 'request')}`;
  const faults: readonly (readonly [isOne: boolean, what: string, advice: string])[] = [
    [unreached > 0, `${unreached} without an answer`, 'the upstream could not be reached: look at the network, HTTPS_PROXY and --upstream'],
    [refused > 0, `${refused} refused, mostly with ${status}`, adviceFor(status)],
    [retried > 0, `${retried} sent again with the originals after a 400`, 'should it go on: headroom wrap --profile lossless'],
    [unread > 0, `${unread} passed unread (${reason})`, 'they cost nothing and save nothing; a newer headroom may read them'],
    [rewritten > 0, `${sayNumber(rewritten)} tokens cached once more because of us`, 'headroom perf shows what that cost'],
    [tripped > 0, `${sayCount(tripped, 'lever')} switched off for breaking the cache`, 'nothing to do: they stay off in that launch'],
  ];
  const there = faults.filter(([isOne]) => isOne);
  if (there.length === 0) return { part: 'session', state: 'ok', text };
  return {
    part: 'session',
    state: 'note',
    text: [text, ...there.map(([, what]) => what)].join(' · '),
    advice: there.map(([, , advice]) => advice).join('; '),
  };
}

function adviceFor(status: number | undefined): string {
  if (status === 401 || status === 403) return 'the provider knows no such key or login: sign in with the agent itself';
  if (status === 429 || status === 529) return 'the provider was busy or your limit reached: nothing of ours';
  if (status !== undefined && status >= 500) return 'the provider failed: nothing of ours';
  return 'compare with --off: if it is refused there too, it is not ours';
}
