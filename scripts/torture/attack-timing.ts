/** Whether the time that a wrong secret takes, or a wrong token, tells how much of it is right. */
import type { IncomingMessage } from 'node:http';
import { admit } from '../../src/proxy/admission.ts';
import { admitVisitor, tokenHeader } from '../../src/proxy/open-door.ts';
import { secret } from '../../test/helpers/loopback-settings.ts';
import { printTable } from '../bench/statistics.ts';
import type { PartOptions } from './part.ts';

const batch = 200;
const guesses = {
  'nothing right': `f${'f'.repeat(31)}`,
  'half of it right': `${secret.slice(0, 16)}${'x'.repeat(16)}`,
  'all but the last digit': `${secret.slice(0, 31)}x`,
};
const request = (url: string, headers: Readonly<Record<string, string>> = {}) =>
  ({ url, headers: { ...headers }, headersDistinct: { host: ['127.0.0.1:1'] }, rawHeaders: [] }) as unknown as IncomingMessage;
const doors: Readonly<Record<string, (guess: string) => unknown>> = {
  secret: (guess) => admit(request(`/${guess}/v1/messages`), secret, 1),
  token: (guess) => admitVisitor(request('/v1/messages', { [tokenHeader]: guess }), secret),
  'token in the path': (guess) => admitVisitor(request(`/${guess}/v1/messages`), secret),
};

export function timeSecret({ checks, isQuick }: PartOptions): void {
  const rounds = isQuick ? 300 : 3000;
  const rows = Object.entries(doors).map(([name, knock]) => {
    const times = timeGuesses(knock, rounds);
    const spread = (Math.max(...times) - Math.min(...times)) / Math.min(...times);
    checks.check(`what is right of a wrong ${name} does not show in the time`, spread < 0.1, `${(spread * 100).toFixed(1)}% apart`);
    return [name, ...times.map((value) => value.toFixed(0))];
  });
  printTable(`A wrong one, ns until it is refused, the lower quartile of ${rounds * batch} each`, [['', ...Object.keys(guesses)], ...rows]);
}

/** Nanoseconds for each guess. */
function timeGuesses(knock: (guess: string) => unknown, rounds: number): readonly number[] {
  const all = Object.values(guesses);
  const times = all.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [at, guess] of all.entries()) {
      const began = process.hrtime.bigint();
      for (let each = 0; each < batch; each++) knock(guess);
      times[at]!.push(Number(process.hrtime.bigint() - began) / batch);
    }
  }
  return times.map((taken) => taken.sort((one, other) => one - other)[Math.floor(taken.length / 4)] ?? 0);
}
