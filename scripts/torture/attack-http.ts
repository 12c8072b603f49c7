/** Originals over HTTP, from the real `headroom proxy`: by their whole hash, to programs of this machine, and nothing else from our disk. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Place } from '../bench/place.ts';
import type { PartOptions } from './part.ts';
import { planted } from './planted.ts';
import { shout } from './shout.ts';

export interface Lures {
  /** An original that is there. */
  readonly name: string;
  /** A file with a planted key that is no original, and a link to it among the originals. */
  readonly outside: string;
  readonly link: string;
}

export async function retrieveOverHttp(
  place: Place,
  { name, outside, link }: Lures,
  { checks }: Pick<PartOptions, 'checks'>,
): Promise<void> {
  const child = spawn(process.execPath, [place.cli, 'proxy', '--port', '0'], {
    env: place.environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const port = Number(/:(\d+)/.exec(line.toString())?.[1]);
    const ask = (target: string, more = '', body = '') =>
      shout(
        port,
        `${body ? 'POST' : 'GET'} ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${more}${body ? `Content-Length: ${Buffer.byteLength(body)}\r\n` : ''}Connection: close\r\n\r\n${body}`,
      );
    const words = [
      '../../outside.txt',
      '..%2f..%2foutside.txt',
      '%2e%2e/%2e%2e/outside.txt',
      outside,
      encodeURIComponent(outside),
      link,
      link.slice(0, 6),
    ];
    words.push(`${name}/../../../outside.txt`, `${name}%00.txt`, `${name.slice(0, 15)}`, `${name}%0a`, '%', '..', '.', '0'.repeat(60_000));
    const answers = [
      ...(await Promise.all(words.map((word) => ask(`/v1/retrieve/${word}`)))),
      ...(await Promise.all(words.map((word) => ask('/v1/retrieve', '', JSON.stringify({ hash: word }))))),
      ...(await Promise.all(
        [{ hash: [name] }, { hash: { toString: name } }, { hash: null }, []].map((body) => ask('/v1/retrieve', '', JSON.stringify(body))),
      )),
      await ask(`/v1/retrieve/${name}`, 'Origin: http://evil.example\r\n'),
      await ask(`/v1/retrieve/${name}`, 'Sec-Fetch-Site: cross-site\r\n'),
      await ask('/stats', 'Origin: http://evil.example\r\n'),
      await ask('/metrics', 'Origin: null\r\n'),
    ];
    const wrong = answers.filter(
      (answer) => !/^HTTP\/1\.1 [45]\d\d /.test(answer) || answer.includes(planted.key) || /access-control/i.test(answer),
    );
    const right = await ask(`/v1/retrieve/${name}`);
    checks.check(
      `${answers.length} requests that lead elsewhere get nothing over HTTP either, and the right one does`,
      wrong.length === 0 && /^HTTP\/1\.1 200 /.test(right) && right.length > 1000,
      wrong.map((answer) => answer.slice(0, 300)).join('\n'),
    );
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
    process.off('exit', kill);
  }
}
