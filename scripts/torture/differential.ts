/** What reaches upstream is what was sent to us, byte for byte, but for the texts that the explain log calls shrunk. */
import { promisify } from 'node:util';
import { brotliCompress, deflate, gzip } from 'node:zlib';
import { explainLines } from '../../src/launch/explain.ts';
import { protocols } from '../../src/protocols/index.ts';
import type { ExchangeRecord } from '../../src/proxy/records.ts';
import { createDice } from '../../test/helpers/dice.ts';
import { stored } from '../../test/helpers/zstd-frames.ts';
import { printTable } from '../bench/statistics.ts';
import { attempt } from './attempt.ts';
import { type Body, edgeBodies, randomBodies } from './bodies.ts';
import { afterBody, answerWell } from './fault.ts';
import { comesTrue, type Part } from './part.ts';
import { type ProxyProcess, startProxyProcess } from './proxy-process.ts';
import { type ScriptedUpstream, startScriptedUpstream } from './scripted-upstream.ts';

interface Counts {
  bodies: number;
  shrunk: number;
  spans: number;
  untouched: number;
}

const encoders: readonly (readonly [string, (bytes: Buffer) => Promise<Buffer>])[] = [
  ['gzip', promisify<Buffer, Buffer>(gzip)],
  ['br', promisify<Buffer, Buffer>(brotliCompress)],
  ['deflate', promisify<Buffer, Buffer>(deflate)],
  ['zstd', async (bytes) => stored(bytes)],
];

export const differential: Part = async ({ checks, seed, seconds, isQuick }) => {
  const upstream = await startScriptedUpstream();
  const proxy = await startProxyProcess();
  const dice = createDice(seed);
  const counts = new Map<string, Counts>();
  const wrong: string[] = [];
  let until = Number.POSITIVE_INFINITY;
  try {
    const { address } = await proxy.start(upstream.url);
    const pass = async (bodies: readonly Body[], isTimed: boolean) => {
      for (const body of bodies) {
        if (isTimed && performance.now() > until) return false;
        const encoder = body.bytes.length < 1_000_000 && dice(5) === 0 ? encoders[dice(encoders.length)] : undefined;
        const text = await compare(body, { proxy, upstream, address }, counts, encoder);
        if (text) wrong.push(`${body.kind}, ${body.path}: ${text}`);
      }
      return true;
    };
    await pass(edgeBodies(seed), false);
    until = performance.now() + (seconds ?? (isQuick ? 10 : 90)) * 1000;
    for (let round = 0; await pass(randomBodies(seed + round, 50), true); round++);
    print(counts);
    const all = [...counts.values()];
    const sum = (member: keyof Counts) => all.reduce((total, each) => total + each[member], 0);
    checks.check(
      `${sum('bodies')} bodies: what reached upstream is what was sent, but for ${sum('spans')} texts in ${sum('shrunk')} bodies, each listed in the explain log`,
      wrong.length === 0,
      `${wrong.length}:\n${wrong.join('\n')}`,
    );
    checks.check('enough bodies were made smaller to say so', sum('shrunk') > sum('bodies') / 20, String(sum('shrunk')));
    checks.equal('nothing was left uncaught', (await proxy.health()).uncaught.join('\n'), '');
  } finally {
    await proxy.close();
    await upstream.close();
  }
};

interface Place {
  readonly proxy: Pick<ProxyProcess, 'records'>;
  readonly upstream: ScriptedUpstream;
  readonly address: string;
}

let sent = 0;

/** What of one body is not as it should be; empty where all is. */
export async function compare(body: Body, place: Place, counts: Map<string, Counts>, encoder?: (typeof encoders)[number]): Promise<string> {
  const { proxy, upstream, address } = place;
  const id = `body-${sent++}`;
  upstream.play(id, afterBody(answerWell));
  const encoded = encoder ? await encoder[1](body.bytes) : body.bytes;
  const view = await attempt(id, address + body.path, encoded, encoder ? { headers: { 'content-encoding': encoder[0] } } : {}).view;
  const [arrival, ...others] = upstream.take(id);
  let record: ExchangeRecord | undefined;
  await comesTrue(async () => {
    [record] = await proxy.records();
    return record !== undefined;
  });
  if (view.status !== 200 || !arrival?.body || others.length > 0 || !record)
    return `${view.status}, ${others.length + 1} requests, ${record ? 'a' : 'no'} record`;
  const lines = explainLines(record, 1).split('\n').filter(Boolean);
  const shrunk = lines.flatMap((line, at) => ((JSON.parse(line) as { decision: string }).decision === 'shrunk' ? [at] : []));
  const found = counts.get(body.kind) ?? { bodies: 0, shrunk: 0, spans: 0, untouched: 0 };
  counts.set(body.kind, {
    bodies: found.bodies + 1,
    shrunk: found.shrunk + Math.min(1, shrunk.length),
    spans: found.spans + shrunk.length,
    untouched: found.untouched + (record.untouched === undefined ? 0 : 1),
  });
  if (shrunk.length === 0) return arrival.body.equals(encoded) ? '' : 'changed, though the log tells of nothing';
  if (/^content-encoding:/im.test(arrival.head)) return 'changed, and still said to be encoded';
  const results = protocols
    .find((protocol) => protocol.serves('POST', body.path))
    ?.read(body.bytes, 'any')
    ?.blocks.filter(({ source }) => source === 'result');
  return differsOnlyIn(
    body.bytes,
    arrival.body,
    shrunk.map((at) => results?.[at] ?? { start: -1, end: -1 }),
  );
}

/** What stands between the spans must come in order, from the first byte to the last; what stands in their place must be the inside of a JSON string. */
function differsOnlyIn(received: Buffer, outgoing: Buffer, spans: readonly { readonly start: number; readonly end: number }[]): string {
  let from = 0;
  let at = 0;
  for (const [index, { start, end }] of [...spans, { start: received.length, end: received.length }].entries()) {
    const literal = received.subarray(from, start);
    const isLast = index === spans.length;
    const found = isLast ? outgoing.length - literal.length : outgoing.indexOf(literal, at);
    if (found < at || (index === 0 && found !== 0) || !outgoing.subarray(found, found + literal.length).equals(literal))
      return `bytes ${from} to ${start} are not as they were`;
    if (index > 0 && !isInsideOfString(outgoing.subarray(at, found))) return `what stands for bytes up to ${from} is no string`;
    at = found + literal.length;
    from = end;
  }
  return '';
}

function isInsideOfString(bytes: Buffer): boolean {
  try {
    return typeof JSON.parse(`"${bytes.toString()}"`) === 'string';
  } catch {
    return false;
  }
}

function print(counts: ReadonlyMap<string, Counts>): void {
  printTable('Bodies through the proxy, beside what upstream got', [
    ['kind of body', 'bodies', 'left alone as a whole', 'made smaller', 'texts'],
    ...[...counts].map(([kind, { bodies, shrunk, spans, untouched }]) => [kind, ...[bodies, untouched, shrunk, spans].map(String)]),
  ]);
}
