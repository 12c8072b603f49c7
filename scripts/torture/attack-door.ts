/** Who gets in, and where what got in can go: tricks with paths, hosts, origins and headers. */
import { secret } from '../../test/helpers/loopback-settings.ts';
import type { Besieged } from './attack.ts';
import type { PartOptions } from './part.ts';
import { shout } from './shout.ts';

const wrong = secret.replace('0', 'f');
const request = (line: string, more = '', host = '127.0.0.1:PORT') =>
  `${line} HTTP/1.1\r\nHost: ${host}\r\n${more}Connection: close\r\n\r\n`;

/** Answered 400, 403 or 404, and nothing reaches upstream. */
const refused: Readonly<Record<string, string>> = {
  'no secret': request('GET /v1/messages'),
  'a wrong secret': request(`GET /${wrong}/v1/messages`),
  'the secret in capitals': request(`GET /${secret.toUpperCase()}/x`),
  'the secret, escaped': request(`GET /%30${secret.slice(1)}/x`),
  'the secret behind dots': request(`GET /x/../${secret}/x`),
  'the secret behind a slash': request(`GET //${secret}/x`),
  'the secret behind a backslash': request(`GET /\\${secret}/x`),
  'the secret as a query': request(`GET /?${secret}/x`),
  'the secret as a parameter': request(`GET /x;${secret}/x`),
  'a whole address as target': request(`GET http://127.0.0.1:PORT/${secret}/x`),
  'another’s address as target': request(`GET http://127.0.0.1:TRAP/${secret}/x`),
  CONNECT: request('CONNECT 127.0.0.1:TRAP'),
  'an asterisk': request('OPTIONS *'),
  'another Host (rebinding)': request(`GET /${secret}/x`, '', 'evil.example'),
  'another Host with our port (rebinding)': request(`GET /${secret}/x`, '', 'evil.example:PORT'),
  'a Host that begins as ours': request(`GET /${secret}/x`, '', '127.0.0.1.evil.example:PORT'),
  'a Host with a user': request(`GET /${secret}/x`, '', 'evil@127.0.0.1:PORT'),
  'a Host with a dot behind': request(`GET /${secret}/x`, '', 'localhost.:PORT'),
  'a Host in decimal': request(`GET /${secret}/x`, '', '2130706433:PORT'),
  'a Host with another port': request(`GET /${secret}/x`, '', '127.0.0.1:TRAP'),
  'two Hosts': request(`GET /${secret}/x`, 'Host: evil.example\r\n'),
  'an Origin': request(`POST /${secret}/x`, 'Origin: http://localhost\r\nContent-Length: 0\r\n'),
  'the Origin null': request(`POST /${secret}/x`, 'Origin: null\r\nContent-Length: 0\r\n'),
  'a preflight': request(`OPTIONS /${secret}/x`, 'Origin: http://x\r\nAccess-Control-Request-Method: POST\r\n'),
  'a WebSocket from a page': request(`GET /${secret}/x`, 'Origin: http://x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'),
};

/** What stands behind the secret, and goes on as it is: to our upstream, and nowhere else. */
const paths = ['/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '//127.0.0.1:TRAP/x', '/@127.0.0.1:TRAP/x', '/http://127.0.0.1:TRAP/x'];
paths.push(
  '/\\127.0.0.1:TRAP/x',
  '/x?u=http://127.0.0.1:TRAP',
  '/%0d%0aX-Injected:%20yes',
  '/x#y',
  '/;x=1//y',
  '/%00',
  '/.%2f.%2f',
  '/x%2fy',
);

/** Headers that somewhere else choose the upstream, or the path. */
const steering = [
  'X-Forwarded-Host',
  'X-Forwarded-Server',
  'Forwarded',
  'X-Original-URL',
  'X-Rewrite-URL',
  'X-Host',
  'X-Upstream',
  'Proxy-Host',
];
steering.push('X-Headroom-Base-Url', 'X-Headroom-Upstream', 'X-Target-Url', 'Destination', 'X-Forwarded-For', 'Proxy-Connection');

export async function attackDoor({ port, upstream, trap }: Besieged, { checks }: PartOptions): Promise<void> {
  const place = (text: string) => text.replaceAll('PORT', String(port)).replaceAll('TRAP', String(trap.port));
  upstream.take('');
  for (const [name, text] of Object.entries(refused)) {
    const got = await shout(port, place(text));
    const isShut = /^HTTP\/1\.1 4\d\d /.test(got) && !/access-control/i.test(got) && !got.includes(secret);
    const arrived = upstream.take('');
    checks.check(
      `${name}: is refused, and told nothing`,
      isShut && arrived.length === 0,
      `${got}\n${arrived.map(({ head }) => head).join('')}`,
    );
  }
  const astray: string[] = [];
  for (const path of paths.map(place)) {
    const got = await shout(port, place(request(`GET /${secret}${path}`)));
    const [arrival, ...others] = upstream.take('');
    const line = arrival?.head.split('\r\n', 1)[0];
    const isSame = line === `GET ${path} HTTP/1.1` && others.length === 0 && !/^x-injected/im.test(arrival?.head ?? '');
    // What Node takes for no request at all is refused by it.
    if (!isSame && !(arrival === undefined && /^HTTP\/1\.1 4/.test(got))) astray.push(`${path}: ${line} ${got.slice(0, 80)}`);
  }
  checks.check(`${paths.length} odd paths go on as they are, to our upstream alone`, astray.length === 0, astray.join('\n'));

  const lines = steering.map((name) => `${name}: http://127.0.0.1:${trap.port}/x\r\n`).join('');
  await shout(port, place(request(`GET /${secret}/steered`, lines)));
  const [steered] = upstream.take('');
  const host = /^host: (.*)$/im.exec(steered?.head ?? '')?.[1];
  checks.check('no header chooses another upstream', steered !== undefined && host === upstream.url.replace('http://', ''), steered?.head);

  await shout(port, place(request(`GET /${secret}/injected`, 'X-A: one%0d%0aX-B: two\r\nX-C: \xe2\x80\xa8x\r\n')));
  const [injected] = upstream.take('');
  const names = (injected?.head.split('\r\n').slice(1) ?? []).map((line) => line.split(':', 1)[0]?.toLowerCase()).filter(Boolean);
  checks.check('no header becomes two', injected !== undefined && !names.includes('x-b'), injected?.head);
  checks.equal('nobody was ever led to another address', String(trap.visits()), '0');
}
