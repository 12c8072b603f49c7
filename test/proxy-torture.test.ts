/** The laws of `npm run torture`, each in its smallest size: every fault once, every cut of a stream, every edge of JSON. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { edgeBodies } from '../scripts/torture/bodies.ts';
import { compare } from '../scripts/torture/differential.ts';
import { faultList } from '../scripts/torture/faults.ts';
import { pathFor } from '../scripts/torture/part.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../scripts/torture/scripted-upstream.ts';
import { createHistory } from '../scripts/torture/sent-history.ts';
import { arrives } from '../scripts/torture/split.ts';
import { streams } from '../scripts/torture/streams.ts';
import { playTurn } from '../scripts/torture/turn.ts';
import { conversation } from './helpers/conversations.ts';
import { createDice } from './helpers/dice.ts';
import { type LoopbackProxy, startTestProxy } from './helpers/loopback-proxy.ts';
import { wireSpellings } from './helpers/wire-spellings.ts';

let upstream: ScriptedUpstream;
let proxy: LoopbackProxy;
beforeAll(async () => {
  upstream = await startScriptedUpstream();
  proxy = await startTestProxy(upstream.url);
});
afterAll(async () => {
  await proxy.close();
  await upstream.close();
});
const place = () => ({ upstream, address: proxy.address });

describe('every fault: the agent sees what it would have seen without us, or our 502, and upstream one request', () => {
  const bodies = wireSpellings.map(({ protocol, bodyOf }) => {
    const [messages = []] = fc.sample(conversation, { seed: 7, numRuns: 30 }).sort((one, other) => other.length - one.length);
    return { path: pathFor(protocol) ?? '', body: bodyOf(messages) };
  });
  test.each(faultList.map((fault, at) => [fault.name, fault, at] as const))('%s', async (_, fault, at) => {
    for (const path of [bodies[at % bodies.length]!.path, '/v1/other']) {
      const { body } = bodies[at % bodies.length]!;
      const { wrong } = await playTurn(place(), { id: `fault-${at}${path}`, fault, seed: at, path, body });
      expect(wrong).toEqual([]);
    }
  });
});

test('whatever happened in between, what was sent is sent so again', async () => {
  const dice = createDice(11);
  for (const [lane, messages] of fc.sample(conversation, { seed: 11, numRuns: 12 }).entries()) {
    const { protocol, bodyOf } = wireSpellings[lane % wireSpellings.length]!;
    const history = createHistory();
    for (let length = 1; length <= messages.length; length += 2) {
      const body = bodyOf(messages.slice(0, length));
      const fault = faultList[dice(faultList.length)]!;
      const turn = await playTurn(place(), { id: `turn-${lane}-${length}`, fault, seed: length, path: pathFor(protocol) ?? '', body });
      expect({ fault: fault.name, wrong: history.add(turn, body) }).toEqual({ fault: fault.name, wrong: [] });
    }
  }
});

const shortest = new Map(streams().map((stream) => [stream.name.replace(/\/.*,/, ','), stream]));
test.each([...shortest])('a stream of %s, cut at every place', async (_, stream) => {
  const { bytes } = stream;
  for (let at = 1; at < bytes.length; at++)
    expect({ at, same: await arrives(place(), `cut-${at}`, stream, [bytes.subarray(0, at), bytes.subarray(at)]) }).toEqual({
      at,
      same: true,
    });
});

test('at the edges of JSON what reaches upstream is what was sent, but for what the explain log lists', async () => {
  const own = await startTestProxy(upstream.url);
  let taken = 0;
  const records = async () => [await own.record(taken++)];
  const counts = new Map();
  try {
    // The largest take long, and are for the script.
    for (const body of edgeBodies(5).filter(({ bytes }) => bytes.length < 1_000_000)) {
      expect({ kind: body.kind, wrong: await compare(body, { proxy: { records }, upstream, address: own.address }, counts) }).toEqual({
        kind: body.kind,
        wrong: '',
      });
    }
  } finally {
    await own.close();
  }
  expect([...counts.values()].filter(({ shrunk }) => shrunk > 0).length).toBeGreaterThan(5);
});
