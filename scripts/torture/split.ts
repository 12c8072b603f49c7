/** Replies are a pipe: whatever the cut, whatever the size, the same bytes at the same time, and neither side can fill our memory. */
import { deepStrictEqual } from 'node:assert';
import { createDice } from '../../test/helpers/dice.ts';
import { printTable, quantiles } from '../bench/statistics.ts';
import { attempt } from './attempt.ts';
import { inParallel, type Part, type PartOptions, pause } from './part.ts';
import { pushAgainst } from './pressure.ts';
import { type ProxyProcess, startProxyProcess } from './proxy-process.ts';
import { type ScriptedUpstream, startScriptedUpstream } from './scripted-upstream.ts';
import { type Stream, streams } from './streams.ts';

interface Place {
  readonly proxy: ProxyProcess;
  readonly address: string;
  readonly upstream: ScriptedUpstream;
}

const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n';
const body = Buffer.from('{}');
const chunked = (bytes: Buffer) => Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);

export const split: Part = async (options) => {
  const { checks } = options;
  const upstream = await startScriptedUpstream();
  const proxy = await startProxyProcess();
  try {
    const place = { proxy, upstream, address: (await proxy.start(upstream.url)).address };
    await cutEverywhere(place, options);
    await sendByteByByte(place, options);
    await sendBigEvents(place, options);
    await keepTime(place, options);
    await pushAgainst(place, options);
    checks.equal('nothing was left uncaught', (await proxy.health()).uncaught.join('\n'), '');
  } finally {
    await proxy.close();
    await upstream.close();
  }
};

/** At every position, in the end: what comes before the cut must arrive before what comes after it is sent. */
async function cutEverywhere(place: Place, { checks, seed, isQuick }: PartOptions): Promise<void> {
  const dice = createDice(seed);
  let cuts = 0;
  for (const stream of streams()) {
    const step = isQuick ? 23 : 1;
    const positions: number[] = [];
    for (let at = 1 + dice(step); at < stream.bytes.length; at += step) positions.push(at);
    // Within characters and between the two bytes of a line's end, always.
    for (let at = 1; at < stream.bytes.length; at++) if (isDelicate(stream.bytes, at) && !positions.includes(at)) positions.push(at);
    const wrong: number[] = [];
    await inParallel(positions, async (at, index) => {
      if (!(await arrives(place, `cut-${index}`, stream, [stream.bytes.subarray(0, at), stream.bytes.subarray(at)]))) wrong.push(at);
    });
    cuts += positions.length;
    const read = await usageRead(place, stream, positions.length);
    checks.check(
      `${stream.name}: the same bytes, none held, and the usage read, at ${positions.length} cuts`,
      wrong.length === 0 && read === '',
      `cuts ${wrong.join(', ')} ${read}`,
    );
  }
  checks.note(`${cuts} cuts`);
}

function isDelicate(bytes: Buffer, at: number): boolean {
  return (bytes[at]! & 0xc0) === 0x80 || (bytes[at - 1] === 13 && bytes[at] === 10);
}

/** Every piece is sent when the one before has come; false where one does not come by itself, or the whole is not the same. */
export async function arrives(
  { upstream, address }: Pick<Place, 'upstream' | 'address'>,
  id: string,
  { path, bytes }: Stream,
  pieces: readonly Buffer[],
): Promise<boolean> {
  let held = false;
  upstream.play(id, async (turn) => {
    await turn.body;
    turn.write(head);
    let sent = 0;
    for (const piece of pieces) {
      turn.write(chunked(piece));
      sent += piece.length;
      held ||= !(await present.until(sent));
    }
    turn.write('0\r\n\r\n');
  });
  const present = attempt(id, address + path, body);
  const view = await present.view;
  upstream.take(id);
  return !held && view.ending === 'complete' && view.body.equals(bytes);
}

async function usageRead({ proxy }: Place, { usage }: Stream, count: number): Promise<string> {
  const records = await proxy.records();
  if (records.length !== count) return `${records.length} records of ${count} requests`;
  for (const record of records) {
    try {
      deepStrictEqual(record.usage, usage);
    } catch {
      return `usage ${JSON.stringify(record.usage)} instead of ${JSON.stringify(usage)}`;
    }
  }
  return '';
}

async function sendByteByByte(place: Place, { checks, isQuick }: PartOptions): Promise<void> {
  const chosen = streams().filter((_, at) => !isQuick || at % 4 === 1);
  let count = 0;
  await inParallel(chosen, async (stream, index) => {
    const pieces = Array.from(stream.bytes, (byte) => Buffer.of(byte));
    count += pieces.length;
    checks.check(`${stream.name}: byte by byte`, await arrives(place, `bytes-${index}`, stream, pieces));
  });
  await place.proxy.records();
  checks.note(`${count} bytes, each sent when the one before had come`);
}

/** One event of 8 MB between others, in pieces of any size. */
async function sendBigEvents(place: Place, { checks, seed }: PartOptions): Promise<void> {
  const dice = createDice(seed);
  const seen = new Set<string>();
  for (const stream of streams().filter(({ path }) => !seen.has(path) && seen.add(path))) {
    const text = 'Größe 世界 👩‍💻 — 8 MB of it. '.repeat(200_000).slice(0, 5_600_000);
    const event = Buffer.from(`event: big\ndata: ${JSON.stringify({ type: 'big', text })}\n\n`);
    const bytes = Buffer.concat([event, stream.bytes]);
    const pieces: Buffer[] = [];
    for (let at = 0; at < bytes.length; ) {
      const size = 1 + dice(400_000);
      pieces.push(bytes.subarray(at, at + size));
      at += size;
    }
    const same = await arrives(place, `big-${stream.path}`, { ...stream, bytes }, pieces);
    const read = await usageRead(place, stream, 1);
    checks.check(
      `${stream.path}: an event of ${(event.length / 1e6).toFixed(1)} MB in ${pieces.length} pieces, usage read behind it`,
      same && read === '',
      read,
    );
  }
}

/** Chunks a few milliseconds apart stay apart: each is seen alone, and about when it was sent. */
async function keepTime({ upstream, address }: Place, { checks, isQuick }: PartOptions): Promise<void> {
  const count = isQuick ? 100 : 500;
  const run = async (url: string, id: string) => {
    const taken: number[] = [];
    upstream.play(id, async (turn) => {
      await turn.body;
      turn.write(head);
      await present.until(0);
      for (let sent = 1; sent <= count; sent++) {
        const began = performance.now();
        turn.write(chunked(Buffer.from('x')));
        await present.until(sent);
        taken.push(performance.now() - began);
        await pause(3);
      }
      turn.write('0\r\n\r\n');
    });
    const present = attempt(id, url, body);
    await present.view;
    upstream.take(id);
    return quantiles(taken);
  };
  const direct = await run(`${upstream.url}/v1/messages`, 'time-direct');
  const ours = await run(`${address}/v1/messages`, 'time-ours');
  const row = (name: string, { p50, p95, p99 }: typeof ours) => [name, ...[p50, p95, p99].map((value) => value.toFixed(2))];
  printTable(`How long a chunk is under way, ms: ${count} chunks, 3 ms apart`, [
    ['', 'p50', 'p95', 'p99'],
    row('direct', direct),
    row('headroom', ours),
  ]);
  checks.check('half of all chunks come within 5 ms of when they would have', ours.p50 - direct.p50 < 5, `${ours.p50} and ${direct.p50}`);
}
