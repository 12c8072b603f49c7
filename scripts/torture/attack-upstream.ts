/** An upstream that is not our friend: replies that carry more than one, and headers that would become two. */
import { secret } from '../../test/helpers/loopback-settings.ts';
import type { Besieged } from './attack.ts';
import { attempt } from './attempt.ts';
import { afterBody, json, plainHead } from './fault.ts';
import { type PartOptions, pause } from './part.ts';
import type { Turn } from './scripted-upstream.ts';
import { shout } from './shout.ts';

const second = 'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\npoison!';
/**
 * A whole reply with another behind it: what is left over must not be taken for the reply to whoever comes next. What crosses the next request
 * on its way cannot be told from a quick answer, by nobody who speaks HTTP/1.1.
 */
const behind: Readonly<Record<string, (turn: Turn) => Promise<void> | void>> = {
  'at once': ({ write }) => write(plainHead(json.length) + json + second),
  'on a connection that is idle': async ({ write }) => {
    write(plainHead(json.length) + json);
    await pause(3);
    write(second);
  },
  'behind a reply without a body': ({ write }) => write(`HTTP/1.1 204 No Content\r\n\r\n${second}`),
  'behind chunks': ({ write }) => write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n${second}`),
};

/** Headers of a reply that a careless reader would take for two. */
const split = [
  'X-A: one\rX-Injected: yes',
  'X-A: one\nX-Injected: yes',
  'X-A: one\0X-Injected: yes',
  'X-A: one\r\n X-Injected: yes',
  'X-A: \u000d\u000aX-Injected%0d%0a: yes',
];

export async function poison({ address, port, upstream }: Besieged, { checks, isQuick }: PartOptions): Promise<void> {
  for (const [name, answer] of Object.entries(behind)) {
    let poisoned = 0;
    const rounds = isQuick ? 30 : 200;
    for (let round = 0; round < rounds; round++) {
      upstream.play('bad', afterBody(answer));
      upstream.play(
        'next',
        afterBody(({ write }) => write(plainHead(json.length) + json)),
      );
      await attempt('bad', `${address}/v1/messages`, Buffer.from('{}')).view;
      await pause(name.includes('idle') ? 20 : round % 7);
      const { body } = await attempt('next', `${address}/v1/messages`, Buffer.from('{}')).view;
      if (body.includes('poison')) poisoned++;
      upstream.take('bad');
      upstream.take('next');
    }
    checks.equal(`a second reply ${name} is nobody’s, ${rounds} times`, String(poisoned), '0');
  }
  for (const line of split) {
    upstream.play(
      'split',
      afterBody(({ write }) => write(`HTTP/1.1 200 OK\r\n${line}\r\nContent-Length: 2\r\n\r\n{}`)),
    );
    const got = await shout(port, `GET /${secret}/x HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX-Torture: split\r\nConnection: close\r\n\r\n`);
    upstream.take('split');
    checks.check(
      `${JSON.stringify(line)} from upstream makes no header of its own`,
      !/^x-injected: yes\r?$/im.test(got) && got !== '',
      got,
    );
  }
}
