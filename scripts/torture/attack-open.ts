/** The same where the door stands open, as with `headroom proxy`: to programs of this machine and no page, or to whoever shows the token. */
import type { Besieged } from './attack.ts';
import type { PartOptions } from './part.ts';
import { shout } from './shout.ts';

const token = 'f00dfeedf00dfeedf00dfeedf00dfeed';
const request = (path: string, more = '', host = '127.0.0.1:PORT') =>
  `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${more}Connection: close\r\n\r\n`;

const shut: Readonly<Record<string, string>> = {
  'another Host (rebinding)': request('/v1/models', '', 'evil.example'),
  'another Host with our port (rebinding)': request('/v1/models', '', 'evil.example:PORT'),
  'a Host that begins as ours': request('/v1/models', '', '127.0.0.1.evil.example:PORT'),
  'two Hosts': request('/v1/models', 'Host: evil.example\r\n'),
  'an Origin': request('/v1/models', 'Origin: http://evil.example\r\n'),
  'the Origin null': request('/v1/models', 'Origin: null\r\n'),
  'a picture in a page': request('/v1/models', 'Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n'),
  'another’s address as target': request('http://127.0.0.1:TRAP/v1/models'),
};
const withoutToken: Readonly<Record<string, string>> = {
  'no token': request('/v1/models'),
  'a wrong token': request('/v1/models', `X-Headroom-Token: ${token.replace('f', 'e')}\r\n`),
  'half a token': request('/v1/models', `X-Headroom-Token: ${token.slice(0, 16)}\r\n`),
  'two tokens': request('/v1/models', `X-Headroom-Token: x\r\nX-Headroom-Token: ${token}\r\n`),
  'the token as a query': request(`/v1/models?${token}`),
  'the token as second segment': request(`/v1/${token}/models`),
};
const withToken: Readonly<Record<string, string>> = {
  'in its header': request('/v1/models', `X-Headroom-Token: ${token}\r\n`),
  'as a key': request('/v1/models', `Authorization: Bearer ${token}\r\n`),
  'first in the path': request(`/${token}/v1/models`),
};

export async function attackOpenDoor({ proxy, upstream, trap }: Besieged, { checks }: PartOptions): Promise<void> {
  const open = await proxy.start(upstream.url, { open: { token: undefined } });
  const guarded = await proxy.start(upstream.url, { open: { token } });
  const send = (port: number, text: string) => shout(port, text.replaceAll('PORT', String(port)).replaceAll('TRAP', String(trap.port)));
  upstream.take('');
  for (const [port, door, requests] of [
    [open.port, 'open door', shut],
    [guarded.port, 'door with a token', withoutToken],
  ] as const) {
    for (const [name, text] of Object.entries(requests)) {
      const got = await send(port, text);
      const arrived = upstream.take('');
      checks.check(
        `${door}, ${name}: is refused`,
        /^HTTP\/1\.1 4\d\d /.test(got) && !/access-control/i.test(got) && arrived.length === 0,
        got,
      );
    }
  }
  for (const [name, text] of Object.entries(withToken)) {
    await send(guarded.port, text);
    const [arrival, ...others] = upstream.take('');
    const isClean = arrival?.head.startsWith('GET /v1/models HTTP/1.1\r\n') && !arrival.head.includes(token) && others.length === 0;
    checks.check(`the token ${name} opens, and goes no further`, isClean === true, arrival?.head);
  }
}
