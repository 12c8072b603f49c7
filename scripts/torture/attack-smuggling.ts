/** Requests whose end is a matter of opinion: whoever reads them otherwise than we do must never get to see them. */
import { secret } from '../../test/helpers/loopback-settings.ts';
import type { Besieged } from './attack.ts';
import type { PartOptions } from './part.ts';
import { shout } from './shout.ts';

const hidden = `GET /${secret}/smuggled HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n`;
const post = (lines: string, body: string, path = '/v1/other') =>
  `POST /${secret}${path} HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n${lines}\r\n${body}`;
const chunkedBody = `0\r\n\r\n${hidden}`;
const length = (text: string) => text.replaceAll('PORT', '00000').length;

/** Nothing of these may reach upstream as a whole request. */
const ambiguous: Readonly<Record<string, string>> = {
  'a length and chunks': post(`Content-Length: ${length(chunkedBody)}\r\nTransfer-Encoding: chunked\r\n`, chunkedBody),
  'chunks and a length': post(`Transfer-Encoding: chunked\r\nContent-Length: 4\r\n`, `5c\r\n${hidden}\r\n0\r\n\r\n`),
  'two lengths that differ': post(`Content-Length: 0\r\nContent-Length: ${length(hidden)}\r\n`, hidden),
  'two lengths that agree': post(`Content-Length: 2\r\nContent-Length: 2\r\n`, `{}${hidden}`),
  'two lengths in a line': post(`Content-Length: 0, ${length(hidden)}\r\n`, hidden),
  'a length with a sign': post(`Content-Length: +2\r\n`, `{}${hidden}`),
  'a negative length': post(`Content-Length: -2\r\n`, `{}${hidden}`),
  'a length in hexadecimal': post(`Content-Length: 0x2\r\n`, `{}${hidden}`),
  'a length that overflows': post(`Content-Length: 18446744073709551618\r\n`, `{}${hidden}`),
  'an empty length': post(`Content-Length:\r\n`, hidden),
  'a space before the colon': post(`Content-Length : ${length(hidden)}\r\n`, hidden),
  'a space before the colon of chunks': post(`Transfer-Encoding : chunked\r\n`, chunkedBody),
  'chunks that are none': post(`Transfer-Encoding: xchunked\r\n`, chunkedBody),
  'chunks, and something after': post(`Transfer-Encoding: chunked, identity\r\n`, chunkedBody),
  'chunks, hidden by a tab': post(`Transfer-Encoding:\x0bchunked\r\n`, chunkedBody),
  'chunks twice': post(`Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n`, chunkedBody),
  'a header that is folded': post(`X-Odd: a\r\n Transfer-Encoding: chunked\r\nContent-Length: x\r\n`, chunkedBody),
  'a header behind a bare line feed': post(`X-Odd: a\nTransfer-Encoding: chunked\nContent-Length: 5\r\n`, chunkedBody),
  'a header behind a bare return': post(`X-Odd: a\rTransfer-Encoding: chunked\r\nContent-Length: 5\r\n`, chunkedBody),
  'a zero byte in a header': post(`X-Odd: a\0b\r\nContent-Length: 2\r\n`, `{}${hidden}`),
  'a header without a name': post(`: x\r\nContent-Length: 2\r\n`, `{}${hidden}`),
  'a chunk size with a sign': post('Transfer-Encoding: chunked\r\n', `+2\r\n{}\r\n${chunkedBody}`),
  'a chunk size with a prefix': post('Transfer-Encoding: chunked\r\n', `0x2\r\n{}\r\n${chunkedBody}`),
  'a chunk size that overflows': post('Transfer-Encoding: chunked\r\n', `10000000000000002\r\n{}\r\n${chunkedBody}`),
  'a chunk size with a bare line feed': post('Transfer-Encoding: chunked\r\n', `2\n{}\r\n${chunkedBody}`),
  'a chunk without its end': post('Transfer-Encoding: chunked\r\n', `2\r\n{}${chunkedBody}`),
  'a request line with a tab': `GET\t/${secret}/smuggled\tHTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n`,
  'HTTP/2 spoken plainly': `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${hidden}`,
  'no HTTP version': `GET /${secret}/smuggled\r\n\r\n`,
  'HTTP/1.1 without a Host': `GET /${secret}/smuggled HTTP/1.1\r\n\r\n`,
  'a header of a megabyte': post(`X-Long: ${'x'.repeat(1_000_000)}\r\nContent-Length: 2\r\n`, '{}'),
  'a hundred thousand headers': post(`${'X: y\r\n'.repeat(100_000)}Content-Length: 2\r\n`, '{}'),
};

export async function smuggle({ port, upstream }: Besieged, { checks }: PartOptions): Promise<void> {
  upstream.take('');
  for (const [name, text] of Object.entries(ambiguous)) {
    for (const path of ['/v1/other', '/v1/messages']) {
      const got = await shout(port, text.replaceAll('PORT', String(port)).replaceAll('/v1/other', path));
      const arrived = upstream.take('').filter(({ body }) => body !== undefined);
      const statuses = [...got.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
      const isRefused = statuses.every((status) => Number(status) >= 400);
      if (arrived.length > 0 || !isRefused) {
        checks.check(`${name}, ${path}: is refused`, false, `${statuses.join(' ')}\n${arrived.map(({ head }) => head).join('\n')}`);
      } else if (path === '/v1/messages') checks.check(`${name}: is refused`, true);
    }
  }
  const odd = `${post('X-Folded: one\r\n two\r\nContent-Length: 2\r\nConnection: close\r\n', '{}')}`;
  await shout(port, odd.replaceAll('PORT', String(port)));
  const heads = upstream.take('').map(({ head }) => head);
  checks.check(
    'a folded header goes on in one line, or not at all',
    heads.every((head) => !/\r\n[ \t]/.test(head)),
    heads.join('\n'),
  );
}
