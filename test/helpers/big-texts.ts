/** Texts of several kinds, each bigger than what is worked out in place, and the calls that asked for them. */
import fc from 'fast-check';
import { leastElsewhere } from '../../src/pipeline/elsewhere.ts';

export interface BigText {
  readonly tool: string;
  readonly input: unknown;
  readonly text: string;
}

const words = 'the server could not open file while reading request from client token expired cache cold worker queue item'.split(' ');

/** What one line of each kind says, by its number and a number that seems to be chance. */
const kinds: Readonly<Record<string, (n: number, chance: number) => string>> = {
  log: (n, chance) =>
    `2026-01-05T10:00:${String(n % 60).padStart(2, '0')}Z INFO web: GET /items/${n} ${chance % 99 ? 'answered 200' : `failed: ${say(chance, 5)}`}`,
  search: (n, chance) => `src/${word(n >> 4)}/${word(n >> 7)}.ts:${n}:  ${say(chance, 6)} token`,
  file: (n, chance) => `${n + 1}\tconst ${word(chance)}${chance} = compute('${say(chance, 4)}');`,
  html: (n, chance) =>
    `<div class="c${n % 7}"><h2>${say(chance, 3)}</h2><p>${say(chance, 9)} <a href="/${chance}">${word(n)}</a></p></div>`,
  json: (n, chance) => JSON.stringify({ id: n, name: word(chance), kind: word(n % 3), isActive: chance % 2 === 0, region: 'eu-west-1' }),
  plain: (_, chance) => say(chance, 12),
  repeated: (n) => `${word(n)} ${word(n % 7)} is what it says again`,
  wide: (n, chance) => `${n} 日本語 ${say(chance, 5)} \u{1f600} \ud800 função`,
};

/** What stands before, between and behind the lines. */
const frames: Readonly<Record<string, readonly [string, string, string]>> = {
  html: ['<!DOCTYPE html><html><head><title>All</title><style>a { color: red }</style></head><body>', '\n', '</body></html>'],
  json: ['[', ',', ']'],
};

const calls: Readonly<Record<string, Pick<BigText, 'tool' | 'input'>>> = {
  log: { tool: 'Bash', input: { command: 'docker logs web' } },
  search: { tool: 'Bash', input: { command: 'grep -rn token src' } },
  file: { tool: 'Read', input: { file_path: '/p/a.ts' } },
  html: { tool: 'Bash', input: { command: 'curl https://e.com' } },
  json: { tool: 'mcp__things__list', input: { of: ['all'] } },
};

export const bigText: fc.Arbitrary<BigText> = fc
  .record({ kind: fc.constantFrom(...Object.keys(kinds)), seed: fc.nat(), more: fc.nat(8000) })
  .map(({ kind, seed, more }) => makeBigText(kind, seed, leastElsewhere + more));

export function makeBigText(kind: string, seed: number, length = leastElsewhere): BigText {
  const lines: string[] = [];
  for (let units = 0, n = 0, chance = seed; units <= length; n++) {
    chance = (Math.imul(chance, 1664525) + 1013904223) >>> 0;
    const line = kinds[kind]!(n, chance >>> 8);
    lines.push(line);
    units += line.length + 1;
  }
  const [head, between, tail] = frames[kind] ?? ['', '\n', ''];
  const text = head + lines.join(between) + tail;
  return { ...(calls[kind] ?? { tool: 'Bash', input: { command: './run' } }), text };
}

function say(chance: number, length: number): string {
  return Array.from({ length }, (_, n) => word((chance >>> n) + n * (chance % 5))).join(' ');
}

function word(n: number): string {
  return words[n % words.length] ?? '';
}
