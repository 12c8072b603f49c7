/** For as long as one likes: faults, streams and conversations without end, and a look at memory, sockets, files and handles that must stay where they are. */
import fc from 'fast-check';
import type { ParsedMessage } from '../../src/protocols/parsed-messages.ts';
import { conversation } from '../../test/helpers/conversations.ts';
import { createDice } from '../../test/helpers/dice.ts';
import { wireSpellings } from '../../test/helpers/wire-spellings.ts';
import { printTable } from '../bench/statistics.ts';
import { attempt } from './attempt.ts';
import { agentFaults } from './faults-agent.ts';
import { replyFaults } from './faults-replies.ts';
import { upstreamFaults } from './faults-upstream.ts';
import { comesTrue, inParallel, type Part, pathFor } from './part.ts';
import { type Health, type ProxyProcess, startProxyProcess } from './proxy-process.ts';
import { type ScriptedUpstream, startScriptedUpstream } from './scripted-upstream.ts';
import { playTurn } from './turn.ts';

const faults = [...upstreamFaults, ...replyFaults, ...agentFaults].filter(({ isAlone }) => !isAlone);
/** Good replies go between: three of four. */
const good = replyFaults.filter(({ name }) => /^a good reply|^a stream|pieces$/.test(name));

const spellings = wireSpellings.flatMap(({ protocol, bodyOf }) => {
  const path = pathFor(protocol);
  return path ? [{ path, bodyOf }] : [];
});
const batch = 500;
const mostConversations = 12_000;

interface Look extends Health {
  readonly minute: number;
  readonly turns: number;
}

export const soak: Part = async ({ checks, seed, seconds = 120, isQuick }) => {
  const length = isQuick ? Math.min(seconds, 16) : seconds;
  const upstream = await startScriptedUpstream();
  const proxy = await startProxyProcess();
  const dice = createDice(seed);
  const looks: Look[] = [];
  let turns = 0;
  try {
    // In little room memory comes to rest soon.
    const { address } = await proxy.start(upstream.url, {}, length < 1200 ? 256 * 1024 : undefined);
    if (!isQuick) await fill({ upstream, proxy, address }, -seed);
    const began = performance.now();
    const isOver = () => performance.now() - began > length * 1000;
    const rounds = isQuick ? 8 : 24;
    for (let round = 0; round < rounds && !isOver(); round++) {
      const end = began + ((round + 1) * length * 1000) / rounds;
      while (performance.now() < end) {
        const talks = fc.sample(conversation, { seed: seed + turns, numRuns: 16 });
        await inParallel(talks, async (talk, lane) => {
          const messages = begunAs(`${seed} ${turns} ${lane}`, talk);
          const { path, bodyOf } = spellings[(lane + turns) % spellings.length]!;
          for (let many = 1; many <= messages.length && performance.now() < end; many += 2) {
            const from = dice(4) === 0 ? faults : good;
            const fault = from[dice(from.length)]!;
            const body = bodyOf(messages.slice(0, many));
            await playTurn({ upstream, address }, { id: `soak-${turns++}`, fault, seed: dice(1 << 30), path, body });
          }
        });
      }
      looks.push(await quietLook(proxy, () => upstream.hangUp(), (performance.now() - began) / 60_000, turns));
      await proxy.records();
    }
    print(looks);
    const half = looks.slice(Math.floor(looks.length / 2));
    const [first, last] = [looks[Math.floor(looks.length / 4)]!, looks.at(-1)!];
    const rise = Math.min(...half.map(({ heapMegabytes }) => heapMegabytes)) - first.heapMegabytes;
    checks.check(
      `${turns} turns: the heap is no larger in the second half`,
      rise < Math.max(4, first.heapMegabytes * 0.1),
      `${rise.toFixed(1)} MB more`,
    );
    for (const what of ['sockets', 'files', 'handles'] as const)
      checks.check(`${what} are as many as in the beginning`, last[what] <= first[what], `${last[what]}, ${first[what]} before`);
    checks.equal('nothing was left uncaught', last.uncaught.join('\n'), '');
  } finally {
    await proxy.close();
    await upstream.close();
  }
};

/** Until as much is remembered of conversations as ever is: from there on one is forgotten for each that comes. */
async function fill({ upstream, proxy, address }: FillPlace, seed: number): Promise<void> {
  for (let [played, before, grown] = [0, 0, Number.POSITIVE_INFINITY]; grown > 1 && played < mostConversations; played += batch) {
    const talks = fc.sample(conversation, { seed: seed + played, numRuns: batch });
    await inParallel(talks, async (talk, at) => {
      const { path, bodyOf } = spellings[at % spellings.length]!;
      await attempt('fill', address + path, bodyOf(begunAs(`${played} ${at}`, talk))).view;
    });
    upstream.take('fill');
    await proxy.records();
    const { heapMegabytes } = await proxy.health(true);
    grown = heapMegabytes - before;
    before = heapMegabytes;
  }
}

interface FillPlace {
  readonly upstream: ScriptedUpstream;
  readonly proxy: ProxyProcess;
  readonly address: string;
}

/** No two begin alike: what is known of those that do is kept together. */
function begunAs(id: string, [first, ...rest]: readonly ParsedMessage[]): readonly ParsedMessage[] {
  return [{ ...first!, content: `please do it: ${id}` }, ...rest];
}

/** When everything in flight has ended and no connection is kept. */
async function quietLook(proxy: ProxyProcess, hangUp: () => void, minute: number, turns: number): Promise<Look> {
  hangUp();
  await comesTrue(async () => (await proxy.health()).sockets === 0);
  return { ...(await proxy.health(true)), minute, turns };
}

function print(looks: readonly Look[]): void {
  const every = Math.max(1, Math.floor(looks.length / 8));
  printTable('The proxy while it goes on', [
    ['minute', 'turns', 'heap MB', 'resident MB', 'sockets', 'files', 'handles'],
    ...looks
      .filter((_, at) => at % every === 0 || at === looks.length - 1)
      .map(({ minute, turns, heapMegabytes, megabytes, sockets, files, handles }) => [
        minute.toFixed(1),
        String(turns),
        heapMegabytes.toFixed(1),
        megabytes.toFixed(0),
        ...[sockets, files, handles].map(String),
      ]),
  ]);
}
