/** Whether the time that a wrong secret takes tells how much of it is right. */
import type { IncomingMessage } from 'node:http';
import { admit } from '../../src/proxy/admission.ts';
import { secret } from '../../test/helpers/loopback-settings.ts';
import { printTable } from '../bench/statistics.ts';
import type { PartOptions } from './part.ts';

const batch = 200;

export function timeSecret({ checks, isQuick }: PartOptions): void {
  const guesses = {
    'nothing right': `f${'f'.repeat(31)}`,
    'half of it right': `${secret.slice(0, 16)}${'x'.repeat(16)}`,
    'all but the last digit': `${secret.slice(0, 31)}x`,
  };
  const times = new Map(Object.keys(guesses).map((name) => [name, [] as number[]]));
  const rounds = isQuick ? 300 : 3000;
  for (let round = 0; round < rounds; round++) {
    for (const [name, guess] of Object.entries(guesses)) {
      const request = {
        url: `/${guess}/v1/messages`,
        headers: {},
        headersDistinct: { host: ['127.0.0.1:1'] },
      } as unknown as IncomingMessage;
      const began = process.hrtime.bigint();
      for (let each = 0; each < batch; each++) admit(request, secret, 1);
      times.get(name)?.push(Number(process.hrtime.bigint() - began) / batch);
    }
  }
  const medians = [...times].map(
    ([name, taken]) => [name, taken.sort((one, other) => one - other)[Math.floor(taken.length / 4)] ?? 0] as const,
  );
  printTable(`A wrong secret, ns until it is refused, of ${rounds * batch} each`, [
    ['', 'lower quartile'],
    ...medians.map(([name, value]) => [name, value.toFixed(0)]),
  ]);
  const all = medians.map(([, value]) => value);
  const spread = (Math.max(...all) - Math.min(...all)) / Math.min(...all);
  checks.check('what is right of a wrong secret does not show in the time', spread < 0.1, `${(spread * 100).toFixed(1)}% apart`);
}
