/** Little that unpacks to much, both ways: it passes as it is, and is never held. */
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { repeated } from '../../test/helpers/zstd-frames.ts';
import { printTable } from '../bench/statistics.ts';
import type { Besieged } from './attack.ts';
import { attempt } from './attempt.ts';
import { afterBody, json, plainHead } from './fault.ts';
import { type PartOptions, pause } from './part.ts';
import type { ProxyProcess } from './proxy-process.ts';

const mostMegabytes = 400;

export async function bomb({ proxy, address, upstream }: Besieged, { checks, isQuick }: PartOptions): Promise<void> {
  const megabytes = isQuick ? 512 : 1024;
  const plain = Buffer.alloc(megabytes * 1024 * 1024, ' ');
  const bombs = {
    gzip: gzipSync(plain),
    deflate: deflateSync(plain),
    br: brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
    zstd: repeated(32, plain.length, plain.length),
    'zstd of unknown size': repeated(32, plain.length),
  };
  const rows: string[][] = [];
  for (const [name, packed] of Object.entries(bombs)) {
    const [encoding = ''] = name.split(' ');
    for (const way of ['request', 'reply'] as const) {
      const before = (await proxy.health(true)).megabytes;
      const began = performance.now();
      const head = `${plainHead(packed.length, '200 OK', `Content-Encoding: ${encoding}\r\n`)}`;
      upstream.play(
        'bomb',
        afterBody(({ write }) =>
          way === 'reply' ? write(Buffer.concat([Buffer.from(head), packed])) : write(plainHead(json.length) + json),
        ),
      );
      const sending =
        way === 'request'
          ? attempt('bomb', `${address}/v1/messages`, packed, { headers: { 'content-encoding': encoding } })
          : attempt('bomb', `${address}/v1/messages`, Buffer.from('{}'));
      const view = await sending.view;
      const taken = performance.now() - began;
      const after = await most(proxy);
      const [arrival] = upstream.take('bomb');
      const isSame = way === 'reply' ? view.body.equals(packed) : arrival?.body?.equals(packed) === true;
      rows.push([`${name}, ${way}`, (packed.length / 1e6).toFixed(2), taken.toFixed(0), (after - before).toFixed(0)]);
      checks.check(
        `${megabytes} MB in a ${way}, ${name}: passes as it is`,
        isSame && after - before < mostMegabytes,
        `${after - before} MB`,
      );
    }
  }
  printTable(`${megabytes} MB packed`, [['', 'MB on the wire', 'ms', 'MB of memory more'], ...rows]);
}

/** Megabytes at most, for as long as the copy of a reply may still be read. */
async function most(proxy: ProxyProcess): Promise<number> {
  let found = 0;
  for (let look = 0; look < 10; look++) {
    found = Math.max(found, (await proxy.health()).megabytes);
    await pause(50);
  }
  return found;
}
