/**
 * `npm run torture -- [--only PART,...] [--seconds N] [--seed N] [--quick] [--readme]`: faults, load and attacks, on loopback alone, against the
 * proxy in a process of its own. Prints every check and figure; ends with the count, and not with 0 where something failed.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { copyForReadme } from '../bench/readme-figures.ts';
import { createChecks } from '../e2e/checks.ts';
import { machine, type Part } from './part.ts';

const parts: Readonly<Record<string, () => Promise<Part>>> = {
  split: async () => (await import('./split.ts')).split,
  faults: async () => (await import('./faults.ts')).faults,
  differential: async () => (await import('./differential.ts')).differential,
  attack: async () => (await import('./attack.ts')).attack,
  load: async () => (await import('./load.ts')).load,
  soak: async () => (await import('./soak.ts')).soak,
};

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    seconds: { type: 'string' },
    seed: { type: 'string' },
    quick: { type: 'boolean', default: false },
    readme: { type: 'boolean', default: false },
  },
});
const wanted = values.only?.split(',').map((name) => name.trim()) ?? Object.keys(parts);
const unknown = wanted.filter((name) => !Object.hasOwn(parts, name));
const seconds = values.seconds === undefined ? undefined : Number(values.seconds);
const seed = values.seed === undefined ? randomInt(1, 2 ** 31) : Number(values.seed);
if (unknown.length > 0 || (seconds !== undefined && !(seconds > 0)) || !Number.isInteger(seed)) {
  console.error(`Usage: npm run torture -- [--only ${Object.keys(parts).join(',')}] [--seconds N] [--seed N] [--quick] [--readme]`);
  process.exit(2);
}
// What was started ends with us, however we end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

const writeReadme = values.readme
  ? copyForReadme('torture', `npm run torture -- ${values.only ? `--only ${values.only} ` : ''}--readme`)
  : undefined;
const checks = createChecks();
for (const [name, load] of Object.entries(parts)) {
  if (!wanted.includes(name)) continue;
  const began = performance.now();
  console.log(`\n== ${name} (${machine()}, --seed ${seed})`);
  const run = await load();
  await run({ checks, seed, seconds, isQuick: values.quick });
  console.log(`\n  ${name}: ${((performance.now() - began) / 1000).toFixed(0)} s`);
}
console.log(`\n${checks.passed()} passed, ${checks.failed()} failed`);
writeReadme?.();
process.exit(checks.failed() > 0 ? 1 : 0);
