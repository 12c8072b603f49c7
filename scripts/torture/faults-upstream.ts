/** Upstreams that refuse, reset, stall and lie about length, before, within and after the head and in mid-stream. */
import { afterBody, chunk, event, type Fault, json, plainHead, streamHead } from './fault.ts';

const half = (text: string) => text.slice(0, Math.floor(text.length / 2));
const partHead = 'HTTP/1.1 200 OK\r\nContent-Type: applic';
/** Bytes that come, how many of them are body, and how it ends: reset or closed. */
const cut = (name: string, bytes: string, bodyBytes: number): Fault[] =>
  (['reset', 'end'] as const).map((way) => ({
    name: `${name}, then ${way === 'reset' ? 'a reset' : 'closed'}`,
    script: (_, present) =>
      afterBody(async (turn) => {
        if (bytes) turn.write(bytes);
        // What is under way is lost in a reset, with us and without: it is waited for.
        if (bytes.includes('\r\n\r\n')) await present().until(bodyBytes);
        turn[way]();
      }),
  }));
const stall = (name: string, bytes: string, bodyBytes: number | undefined): Fault => ({
  name: `${name}, then nothing until the agent leaves`,
  script: (_, present) =>
    afterBody(async (turn) => {
      if (bytes) turn.write(bytes);
      if (bodyBytes !== undefined) await present().until(bodyBytes);
      present().leave();
    }),
});

export const upstreamFaults: readonly Fault[] = [
  ...cut('no reply', '', 0),
  ...cut('half a head', partHead, 0),
  ...cut('a head alone', plainHead(json.length), 0),
  ...cut('half a body', plainHead(json.length) + half(json), half(json).length),
  ...cut('half a body of unknown length', `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n${half(json)}`, half(json).length),
  ...cut('one event of a stream', streamHead + chunk(event('one')), event('one').length),
  ...cut('half a chunk', `${streamHead}40\r\n${'x'.repeat(20)}`, 20),
  ...cut('all but the last chunk', streamHead + chunk(event('one')) + chunk(event('two')), 2 * event('one').length),
  ...cut('half of the last chunk', `${streamHead}${chunk(event('one'))}0\r\n`, event('one').length),
  stall('no reply', '', undefined),
  stall('half a head', partHead, undefined),
  stall('a head alone', streamHead, 0),
  stall('half a body', plainHead(json.length) + half(json), half(json).length),
  stall('two events of a stream', streamHead + chunk(event('one')) + chunk(event('two')), 2 * event('one').length),
  {
    name: 'a reset before the body is read',
    script:
      () =>
      ({ reset }) =>
        reset(),
    isRace: true,
    mayNotArrive: true,
  },
  {
    name: 'closed before the body is read',
    script:
      () =>
      ({ end }) =>
        end(),
    isRace: true,
    mayNotArrive: true,
  },
  {
    name: 'a body longer than it said',
    script: () => afterBody(({ write }) => write(`${plainHead(json.length)}${json} and more`)),
    // What stands behind a reply on a kept connection may be taken for the next one, or for nothing.
    isRace: true,
  },
  {
    name: 'a chunk size that is none',
    script: (_, present) =>
      afterBody(async ({ write, end }) => {
        write(streamHead + chunk(event('one')));
        await present().until(event('one').length);
        write('zz\r\nnever\r\n');
        end();
      }),
  },
  {
    name: 'a chunk longer than it said',
    script: (_, present) =>
      afterBody(async ({ write, end }) => {
        write(streamHead + chunk(event('one')));
        await present().until(event('one').length);
        write('3\r\nabcdef\r\n0\r\n\r\n');
        end();
      }),
    // The first three bytes may come before the break is seen, or not.
    isRace: true,
  },
  {
    name: 'two lengths that differ',
    script: () => afterBody(({ write }) => write(plainHead(5, '200 OK', 'Content-Length: 9\r\n') + json)),
  },
  {
    name: 'a length and chunks',
    script: () =>
      afterBody(({ write }) => write(streamHead.replace('\r\n\r\n', '\r\nContent-Length: 3\r\n\r\n') + chunk(json) + chunk(''))),
  },
  {
    name: 'no HTTP at all',
    script: () =>
      afterBody(({ write, end }) => {
        write('220 mail.example ESMTP\r\n\r\n');
        end();
      }),
  },
  { name: 'a header with a zero byte', script: () => afterBody(({ write }) => write(`${plainHead(2, '200 OK', 'X-Odd: a\0b\r\n')}{}`)) },
  {
    name: 'a header of 200 KB',
    script: () => afterBody(({ write }) => write(`${plainHead(2, '200 OK', `X-Long: ${'x'.repeat(200_000)}\r\n`)}{}`)),
  },
  {
    name: 'another protocol, unasked',
    script: () => afterBody(({ write }) => write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nhm')),
  },
  {
    name: 'a reply, then closed while idle',
    isAlone: true,
    script: () =>
      afterBody(({ write, end }) => {
        write(plainHead(json.length) + json);
        end();
      }),
  },
  {
    name: 'a reply, then reset while idle',
    isAlone: true,
    script: (_, present) =>
      afterBody(async ({ write, reset }) => {
        write(plainHead(json.length) + json);
        await present().until(json.length);
        reset();
      }),
  },
];
