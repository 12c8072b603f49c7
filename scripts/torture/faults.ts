/**
 * A thousand faults from a seed, each a turn of a growing conversation: the agent must see what it would have seen without us, or our 502;
 * upstream must see one request; and what was sent once is sent so again, whatever happened in between.
 */
import fc from 'fast-check';
import type { ParsedMessage } from '../../src/protocols/parsed-messages.ts';
import { conversation } from '../../test/helpers/conversations.ts';
import { createDice } from '../../test/helpers/dice.ts';
import { wireSpellings } from '../../test/helpers/wire-spellings.ts';
import { printTable } from '../bench/statistics.ts';
import { cancel } from './cancel.ts';
import type { Fault } from './fault.ts';
import { agentFaults } from './faults-agent.ts';
import { replyFaults } from './faults-replies.ts';
import { upstreamFaults } from './faults-upstream.ts';
import { createGate } from './gate.ts';
import { hangUp } from './hang-up.ts';
import { comesTrue, inParallel, type Part, type PartOptions, pathFor } from './part.ts';
import { startProxyProcess } from './proxy-process.ts';
import { startScriptedUpstream } from './scripted-upstream.ts';
import { createHistory } from './sent-history.ts';
import { troubleWithin } from './trouble.ts';
import { playTurn, type TurnPlace } from './turn.ts';

/** Every way in which something can go wrong. */
export const faultList: readonly Fault[] = [...upstreamFaults, ...replyFaults, ...agentFaults];

export const faults: Part = async (options) => {
  const { checks, isQuick } = options;
  const count = isQuick ? 250 : 1000;
  const upstream = await startScriptedUpstream();
  const proxy = await startProxyProcess();
  try {
    const { address } = await proxy.start(upstream.url);
    // Everything is loaded before it is looked at.
    await playTurn({ upstream, address }, { id: 'first', fault: replyFaults[14]!, seed: 1, path: '/v1/messages', body: Buffer.from('{}') });
    const before = await proxy.health(true);
    const trouble = troubleWithin(proxy, options.seed);
    const played = await playAll({ upstream, address }, options, count);
    await trouble.stop();
    report(played, options);
    checks.check(
      `our own troubles on the way: a compressor that failed ${trouble.compressors()} times, a store that did ${trouble.stores()} times`,
      trouble.compressors() > 0 && trouble.stores() > 0,
    );

    await cancel({ upstream, address }, options);
    await hangUp({ upstream, address }, options);

    upstream.hangUp();
    const quiet = await comesTrue(async () => (await proxy.health()).sockets <= before.sockets);
    const after = await proxy.health(true);
    checks.check('no socket is left', quiet, `${after.sockets} sockets, ${before.sockets} before`);
    checks.check('no file is left', after.files <= before.files, `${after.files} files, ${before.files} before`);
    checks.equal('nothing was left uncaught', after.uncaught.join('\n'), '');
    await refuse(options);
  } finally {
    await proxy.close();
    await upstream.close();
  }
};

interface Played {
  readonly faults: number;
  readonly wrong: readonly string[];
  readonly prefixes: readonly string[];
  readonly retried: number;
  readonly shrunk: number;
  readonly names: ReadonlySet<string>;
}

async function playAll(place: TurnPlace, { seed }: PartOptions, count: number): Promise<Played> {
  const talks = fc.sample(conversation, { seed, numRuns: count }).filter(({ length }) => length > 8);
  const turns = { left: count };
  const names = new Set<string>();
  const gate = createGate();
  const found = { wrong: [] as string[], prefixes: [] as string[], retried: 0, shrunk: 0 };
  const lanes = Array.from({ length: talks.length }, (_, at) => at);
  await inParallel(lanes, async (lane) => {
    const dice = createDice(seed + lane * 7919);
    const spelling = wireSpellings[dice(wireSpellings.length)]!;
    const path = pathFor(spelling.protocol);
    const messages = talks[lane] as readonly ParsedMessage[];
    if (!path) return;
    const history = createHistory();
    for (let length = 1; length <= messages.length && turns.left > 0; length += 2) {
      turns.left--;
      // Every fault once before any comes twice.
      const at = count - turns.left - 1;
      const fault = at < faultList.length ? faultList[at]! : faultList[dice(faultList.length)]!;
      names.add(fault.name);
      const id = `${seed}-${lane}-${length}`;
      const body = spelling.bodyOf(messages.slice(0, length));
      const isKnown = dice(8) > 0;
      const turn = await gate[fault.isAlone ? 'alone' : 'together'](() =>
        playTurn(place, { id, fault, seed: dice(1 << 30), path: isKnown ? path : '/v1/other', body }),
      );
      for (const text of turn.wrong) found.wrong.push(`${text} (${id}, ${spelling.agent}, ${fault.name})`);
      if (isKnown) for (const text of history.add(turn, body)) found.prefixes.push(`${text} (${id}, ${spelling.agent}, ${fault.name})`);
      if (turn.arrivals.length > 1) found.retried++;
      if (turn.arrivals.some(({ body: sent }) => sent && sent.length < body.length)) found.shrunk++;
    }
  });
  return { faults: count - turns.left, ...found, names };
}

function report({ faults: played, wrong, prefixes, retried, shrunk, names }: Played, { checks }: PartOptions): void {
  printTable(`Faults of ${names.size} kinds`, [
    ['', 'count'],
    ['faults', String(played)],
    ['of them with a body made smaller', String(shrunk)],
    ['sent once more, after 400', String(retried)],
  ]);
  checks.check('every kind of fault was played', names.size === faultList.length, `${names.size} of ${faultList.length}`);
  checks.check(
    `${played} faults: the agent saw what it would have seen without us, or our 502, and upstream one request`,
    wrong.length === 0,
    `${wrong.length}:\n${wrong.join('\n')}`,
  );
  checks.check('and the prefix stood through all of them', prefixes.length === 0, `${prefixes.length}:\n${prefixes.join('\n')}`);
  checks.check('enough of it was with bodies that we changed', shrunk > played / 4, `${shrunk}`);
}

/** Nobody listens: our 502, in the shape of each API. */
async function refuse({ checks }: PartOptions): Promise<void> {
  const closed = await startScriptedUpstream();
  await closed.close();
  const fault: Fault = { ...replyFaults[0]!, name: 'nobody listens', mayNotArrive: true };
  const proxy = await startProxyProcess();
  try {
    const { address } = await proxy.start(closed.url);
    const place = { upstream: closed, address };
    for (const { protocol, agent } of wireSpellings) {
      const path = pathFor(protocol);
      if (!path) continue;
      const turn = await playTurn(place, { id: agent, fault, seed: 1, path, body: Buffer.from('{"messages":[]}') });
      checks.check(`nobody listens, ${agent}: our 502`, turn.wrong.length === 0 && turn.view.status === 502, turn.wrong.join('\n'));
    }
  } finally {
    await proxy.close();
  }
}
