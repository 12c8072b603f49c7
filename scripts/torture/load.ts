/** 200 conversations, 64 agents, as `headroom proxy` serves them: what a request costs beside a bare forwarder, how many go through, and whether memory and event loop bear it. */
import { loadavg } from 'node:os';
import { startProgram } from '../bench/place.ts';
import { createPost, type Post } from '../bench/programs/post.ts';
import { createSession, type Session } from '../bench/session.ts';
import { printTable, quantiles } from '../bench/statistics.ts';
import { type Part, pause } from './part.ts';
import { type Delays, type Health, type ProxyProcess, startProxyProcess } from './proxy-process.ts';

const agents = 64;
const conversations = 200;
/** Every agent asks once in so many milliseconds: several times as often as agents do. */
const pacedMs = 1600;
const mostLoopMs = 20;
/** Messages after which a conversation is compacted. */
const mostBlocks = 120;

interface Phase {
  readonly times: number[];
  readonly seconds: number;
  readonly failed: number;
}

export const load: Part = async ({ checks, seed, seconds = 60, isQuick }) => {
  const all = isQuick ? Math.min(seconds, 16) : seconds;
  const upstream = await startProgram(new URL('../bench/programs/upstream.ts', import.meta.url));
  const forwarder = await startProgram(new URL('../bench/programs/forwarder.ts', import.meta.url), upstream.firstLine);
  const proxy = await startProxyProcess();
  try {
    const { address } = await proxy.start(upstream.firstLine, { open: { token: undefined } });
    const bare = createAgents(forwarder.firstLine);
    const ours = createAgents(address);
    const sessions = Array.from({ length: conversations }, (_, at) => beginAt(seed + at, Math.floor((at * 54) / conversations)));
    let begun = seed + conversations;
    const talks = { sessions, compact: () => beginAt(begun++, 0) };
    const sizes = sessions.map((session) => session.body().length);
    checks.note(
      `${conversations} conversations of ${Math.round(Math.min(...sizes) / 1000)} to ${Math.round(Math.max(...sizes) / 1000)} KB, ${agents} agents, load of the machine before ${loadavg()[0]?.toFixed(1)}`,
    );

    await run(bare, talks, { seconds: 3, isPaced: false });
    const start = await proxy.health(true);
    const opening = await run(ours, talks, { seconds: 60, isPaced: false, rounds: Math.ceil(conversations / agents) });
    const opened = await proxy.health(true);

    const paced: { bare: Phase[]; ours: Phase[] } = { bare: [], ours: [] };
    const healths: Health[] = [];
    let cpuMs = 0;
    const megabytes: number[] = [];
    const rounds = Math.max(2, Math.round((all * 0.75) / 10));
    for (let round = 0; round < rounds; round++) {
      const share = (all * 0.75) / rounds / 2;
      paced.bare.push(await run(bare, talks, { seconds: share, isPaced: true }));
      const before = await proxy.health();
      paced.ours.push(await run(ours, talks, { seconds: share, isPaced: true }));
      const after = await proxy.health();
      healths.push(after);
      cpuMs += after.cpuMs - before.cpuMs;
      megabytes.push((await proxy.health(true)).megabytes);
    }
    await proxy.health();
    const share = Math.min(12, Math.max(3, all / 8));
    const [beside, big] = await Promise.all([run(ours, talks, { seconds: share, isPaced: true }), sendBig(address, seed, share)]);
    const besideBig = await proxy.health();
    const bareFull = await run(bare, talks, { seconds: all / 8, isPaced: false });
    const before = await proxy.health();
    const full = { bare: bareFull, ours: await run(ours, talks, { seconds: all / 8, isPaced: false }) };
    const end = await proxy.health();
    const worst = healths.sort((one, other) => one.work.p99 - other.work.p99).at(-1)!;
    const perRequest = (milliseconds: number, phases: readonly Phase[]) =>
      (milliseconds / phases.flatMap(({ times }) => times).length).toFixed(1);

    printTable('Requests, ms from the first byte sent to the last byte of the reply', [
      ['', 'requests', 'a second', 'p50', 'p95', 'p99', 'failed'],
      row('opening all, headroom', [opening]),
      row('paced, bare forwarder', paced.bare),
      row('paced, headroom', paced.ours),
      row(`paced, beside ${big.times.length} new results of 1 MB`, [beside]),
      row('those of 1 MB', [big]),
      row('as fast as they can, bare forwarder', [full.bare]),
      row('as fast as they can, headroom', [full.ours]),
    ]);
    const [one, other] = [all50(paced.bare), all50(paced.ours)];
    checks.note(
      `paced, added to the bare forwarder: p50 ${(other.p50 - one.p50).toFixed(1)} ms, p99 ${(other.p99 - one.p99).toFixed(1)} ms`,
    );
    printTable('The proxy: processor time a request, and event loop, ms between two turns of a timer of 1 ms; "own": its own work alone', [
      ['', 'a request', 'p50', 'p99', 'longest', 'own p50', 'p99', 'longest'],
      ['opening all', perRequest(opened.cpuMs - start.cpuMs, [opening]), ...delays(opened.loop), ...delays(opened.work)],
      ['paced, the worst round', perRequest(cpuMs, paced.ours), ...delays(worst.loop), ...delays(worst.work)],
      ['paced, beside results of 1 MB', '', ...delays(besideBig.loop), ...delays(besideBig.work)],
      ['as fast as they can', perRequest(end.cpuMs - before.cpuMs, [full.ours]), ...delays(end.loop), ...delays(end.work)],
    ]);
    printTable('Memory of the proxy after each round, MB', [
      ['first', 'last', 'highest'],
      [megabytes[0]!, megabytes.at(-1)!, Math.max(...megabytes)].map((value) => value.toFixed(0)),
    ]);
    const failed = [...paced.bare, ...paced.ours, beside, big, full.bare, full.ours, opening].reduce((sum, phase) => sum + phase.failed, 0);
    checks.equal('no request failed', String(failed), '0');
    // Figures, not checks: on a busy machine a turn takes longer, whatever is done in it.
    for (const [phase, { p99 }] of Object.entries({ paced: worst.work, 'opening all': opened.work }))
      console.log(
        `  event loop, ${phase}, own work: p99 ${p99.toFixed(1)} ms; bar ${mostLoopMs} ms: ${p99 < mostLoopMs ? 'met' : 'MISSED'}`,
      );
    await checkMemory(proxy, megabytes, checks.check);
  } finally {
    await Promise.all([proxy.close(), forwarder.close(), upstream.close()]);
  }
};

/** A conversation some turns after it was compacted: from the first request on there are young and old ones. */
function beginAt(seed: number, turns: number): Session {
  return createSession(seed, 40_000 + turns * 5900, 6 + turns);
}

function createAgents(base: string): readonly Post[] {
  return Array.from({ length: agents }, () => createPost(base));
}

/**
 * Every agent goes through its own conversations in turn; each request brings a result of 4 KB, now and then one of 40 KB. A conversation
 * that has grown long is compacted, as agents do it: what takes its place begins anew.
 */
async function run(
  posts: readonly Post[],
  { sessions, compact }: { readonly sessions: Session[]; readonly compact: () => Session },
  way: { seconds: number; isPaced: boolean; rounds?: number },
): Promise<Phase> {
  const began = performance.now();
  const until = began + way.seconds * 1000;
  const times: number[] = [];
  let failed = 0;
  await Promise.all(
    posts.map(async (post, agent) => {
      const own = [...sessions.keys()].filter((at) => at % agents === agent);
      if (way.isPaced) await pause((agent * pacedMs) / agents);
      for (let turn = 0; performance.now() < until && turn < (way.rounds ?? Number.POSITIVE_INFINITY); turn++) {
        const started = performance.now();
        const at = own[turn % own.length]!;
        if (sessions[at]!.blocks > mostBlocks) sessions[at] = compact();
        const session = sessions[at]!;
        session.addCall(turn % 20 === 19 ? 40_960 : 4096);
        try {
          times.push((await post(session.body())).last);
        } catch {
          failed++;
        }
        if (way.isPaced) await pause(Math.max(0, started + pacedMs - performance.now()));
      }
    }),
  );
  return { times, failed, seconds: (performance.now() - began) / 1000 };
}

/** Every second a conversation whose newest result has 1 MB. */
async function sendBig(base: string, seed: number, seconds: number): Promise<Phase> {
  const post = createPost(base);
  const began = performance.now();
  const times: number[] = [];
  let failed = 0;
  for (let at = 0; at < seconds; at++) {
    await pause(Math.max(0, began + at * 1000 - performance.now()));
    const session = createSession(-seed - at, 20_000, 4);
    session.addCall(1_048_576);
    try {
      times.push((await post(session.body())).last);
    } catch {
      failed++;
    }
  }
  return { times, failed, seconds: (performance.now() - began) / 1000 };
}

function all50(phases: readonly Phase[]) {
  return quantiles(phases.flatMap(({ times }) => times));
}

function row(name: string, phases: readonly Phase[]): string[] {
  const times = phases.flatMap((phase) => phase.times);
  const seconds = phases.reduce((sum, phase) => sum + phase.seconds, 0);
  const failed = phases.reduce((sum, phase) => sum + phase.failed, 0);
  const { p50, p95, p99 } = quantiles(times);
  return [
    name,
    String(times.length),
    (times.length / seconds).toFixed(0),
    ...[p50, p95, p99].map((value) => value.toFixed(1)),
    String(failed),
  ];
}

function delays({ p50, p99, max }: Delays): string[] {
  return [p50, p99, max].map((value) => value.toFixed(1));
}

/** Flat: the second half of the rounds no higher than a tenth over the first. */
async function checkMemory(
  proxy: ProxyProcess,
  megabytes: readonly number[],
  check: (title: string, holds: boolean, detail?: string) => unknown,
) {
  const half = Math.ceil(megabytes.length / 2);
  const [first, second] = [Math.max(...megabytes.slice(0, half)), Math.max(...megabytes.slice(half))];
  const { heapMegabytes } = await proxy.health(true);
  check(
    `memory stays flat: ${second.toFixed(0)} MB at most in the second half, ${first.toFixed(0)} in the first`,
    second < first * 1.1 + 20,
    `heap ${heapMegabytes.toFixed(0)} MB`,
  );
}
