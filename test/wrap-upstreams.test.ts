/** `headroom wrap aider` with a stand-in: where the requests of each API go, by the user's own settings and by `--upstream`. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startUpstream, type Upstream } from '../src/demo/upstream.ts';
import { createMachine, type Machine } from './helpers/launches.ts';

const agent = join(import.meta.dirname, 'fixtures', 'programs', 'stand-in-aider.mjs');
let machine: Machine;
let upstreams: readonly [Upstream, Upstream, Upstream];
beforeAll(async () => {
  machine = createMachine();
  const program = join(machine.bin, 'aider');
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${agent}"\n`);
  chmodSync(program, 0o755);
  const start = (name: string) => startUpstream({ script: { steps: [], sideText: name } });
  upstreams = await Promise.all([start('one'), start('two'), start('three')]);
});
afterAll(async () => {
  for (const upstream of upstreams) await upstream.close();
  machine.remove();
});

test.each<[string, (urls: readonly string[]) => readonly string[], string]>([
  ["the agent's own settings", () => [], 'one\ntwo\n'],
  ['one for all', ([, , three]) => ['--upstream', three!], 'three\nthree\n'],
  ['one for one API', ([, , three]) => ['--upstream', `anthropic=${three}`], 'one\nthree\n'],
  ['one for all but one', ([one, , three]) => ['--upstream', three!, '--upstream', `openai=${one}`], 'one\nthree\n'],
])('%s', async (_, words, expected) => {
  const urls = upstreams.map(({ url }) => url);
  const own = { OPENAI_API_BASE: `${urls[0]}/v1`, ANTHROPIC_API_BASE: urls[1]! };
  const { code, stdout, stderr } = await machine.run(['wrap', ...words(urls), 'aider'], own);
  expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: expected });
  expect(stderr).toContain('2 requests to the model');
});
