/** Replies that are answers all the same: every status that providers send, odd framing, odd headers, broken encodings, early and late ones. */
import { gzipSync } from 'node:zlib';
import { afterBody, answerWell, chunk, event, type Fault, json, plainHead, streamHead } from './fault.ts';
import type { Turn } from './scripted-upstream.ts';

const statuses = ['400 Bad Request', '401 Unauthorized', '403 Forbidden', '404 Not Found', '408 Request Timeout', '413 Payload Too Large'];
statuses.push(
  '422 Unprocessable Entity',
  '429 Too Many Requests',
  '500 Internal Server Error',
  '503 Service Unavailable',
  '529 Overloaded',
);
const errorBody = (status: string) => JSON.stringify({ type: 'error', error: { type: 'torture', message: `said ${status}` } });

const withStatus = (status: string, retryAfter: string): Fault => ({
  name: retryAfter ? `${status}, ${retryAfter.trim()}` : status,
  script: () => afterBody(({ write }) => write(plainHead(errorBody(status).length, status, retryAfter) + errorBody(status))),
});

/** The first of these for the first request, the second for the one that follows a 400. */
const afterRefusal = (name: string, second: (turn: Turn) => void): Fault => ({
  name: `400, and to what follows ${name}`,
  script: () =>
    afterBody((turn) => {
      if (turn.count > 1) return second(turn);
      turn.write(`${plainHead(2, '400 Bad Request')}{}`);
    }),
});

const zipped = gzipSync(json);
const encoded = (bytes: Buffer, encoding: string) =>
  Buffer.concat([Buffer.from(plainHead(bytes.length, '200 OK', `Content-Encoding: ${encoding}\r\n`)), bytes]);
const well = (name: string, answer: (turn: Turn) => void): Fault => ({ name, script: () => afterBody(answer) });

export const replyFaults: readonly Fault[] = [
  ...statuses.map((status) => withStatus(status, '')),
  ...statuses.map((status) => withStatus(status, 'Retry-After: 1\r\n')),
  afterRefusal('a good reply', answerWell),
  afterRefusal('the same', ({ write }) => write(plainHead(json.length, '400 Bad Request') + json)),
  afterRefusal('429', ({ write }) => write(`${plainHead(2, '429 Too Many Requests')}{}`)),
  well('a good reply', answerWell),
  well('a stream', ({ write }) => write(streamHead + chunk(event('one')) + chunk(event('two')) + chunk(''))),
  well('a stream with a trailer', ({ write }) =>
    write(`${streamHead.replace('\r\n\r\n', '\r\nTrailer: X-Sum\r\n\r\n')}${chunk(event('one'))}0\r\nX-Sum: 7\r\n\r\n`),
  ),
  well('gzip cut short', ({ write }) => write(encoded(zipped.subarray(0, zipped.length - 9), 'gzip'))),
  well('gzip that is none', ({ write }) => write(encoded(Buffer.from('plain'), 'gzip'))),
  well('an unknown encoding', ({ write }) => write(encoded(Buffer.from('plain'), 'unknown'))),
  well('HTTP/1.0', ({ write, end }) => {
    write(`HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n${json}`);
    end();
  }),
  well('HTTP/1.0 with a length', ({ write, end }) => {
    write(`HTTP/1.0 200 OK\r\nContent-Length: ${json.length}\r\n\r\n${json}`);
    end();
  }),
  well('no length, closed at its end', ({ write, end }) => {
    write(`HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n${event('one')}`);
    end();
  }),
  well('204', ({ write }) => write('HTTP/1.1 204 No Content\r\nX-Kept: yes\r\n\r\n')),
  well('304', ({ write }) => write('HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n')),
  well('no reason', ({ write }) => write(`HTTP/1.1 200 \r\nContent-Length: ${json.length}\r\n\r\n${json}`)),
  well('a reason and headers of odd bytes', ({ write }) =>
    write(`HTTP/1.1 299 S\xfcdlich\r\nX-Odd: gr\xfc\xdfe\r\nContent-Length: 2\r\n\r\n{}`),
  ),
  well('headers that stand twice', ({ write }) =>
    write(`${plainHead(2, '200 OK', 'Set-Cookie: a=1\r\nset-cookie: b=2\r\nX-Twice: 1\r\nx-twice: 2\r\nVia: 1.1 gateway\r\n')}{}`),
  ),
  well('a header of 12 KB', ({ write }) => write(`${plainHead(2, '200 OK', `X-Long: ${'x'.repeat(12_000)}\r\n`)}{}`)),
  well('100 Continue, unasked', ({ write }) => write(`HTTP/1.1 100 Continue\r\n\r\n${plainHead(2)}{}`)),
  well('103 Early Hints', ({ write }) => write(`HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${plainHead(2)}{}`)),
  well('a reply in 40 pieces', async ({ write }) => {
    for (const byte of plainHead(20)) {
      write(byte);
      if (byte === '\n') await new Promise(setImmediate);
    }
    for (let at = 0; at < 20; at++) {
      write('x');
      await new Promise(setImmediate);
    }
  }),
  {
    name: 'HEAD',
    way: () => ({ method: 'HEAD' }),
    script:
      () =>
      ({ write }) =>
        write(plainHead(json.length)),
  },
  {
    name: 'GET',
    way: () => ({ method: 'GET' }),
    script:
      () =>
      ({ write }) =>
        write(plainHead(json.length) + json),
  },
  {
    name: 'a reply before the body, which is read all the same',
    way: (dice) => ({ pieces: 1 + dice(8) }),
    script: () => async (turn) => {
      turn.write(`${plainHead(2, '413 Payload Too Large')}{}`);
      await turn.body.catch(() => {});
    },
    mayNotArrive: true,
  },
  {
    name: 'a reply before the body, and closed',
    way: (dice) => ({ pieces: 1 + dice(8) }),
    script:
      () =>
      ({ write, end }) => {
        write(`${plainHead(2, '413 Payload Too Large', 'Connection: close\r\n')}{}`);
        end();
      },
    isRace: true,
    mayNotArrive: true,
  },
];
