/** The terminal stays quick while the worker is busy: keys are echoed while a 2 MB tool result is being shrunk. */
import { expect, test } from 'vitest';
import { startUpstream } from '../src/demo/upstream.ts';
import { programPath } from './helpers/launcher-bundle.ts';
import { createMachine, placeProgram } from './helpers/launches.ts';
import { openTerminal } from './helpers/outer-terminal.ts';

test('keys are echoed between the moment the agent asks and the moment the shrunk body leaves', async () => {
  const machine = createMachine();
  placeProgram(`${machine.bin}/claude`, `exec "${process.execPath}" "${programPath('echo-while-asking.mjs')}"`);
  let received = 0;
  const upstream = await startUpstream({
    script: { steps: [{ text: 'done' }] },
    onRequest: ({ body }) => {
      received = body.length;
    },
  });
  const terminal = openTerminal(process.execPath, [machine.cli, 'wrap', '--upstream', upstream.url, 'claude'], {
    cwd: machine.project,
    environment: machine.environment(),
  });
  await terminal.waitFor('READY');
  terminal.type('!');
  let from = await terminal.waitFor('ASKED');
  let echoed = 0;
  while (received === 0) {
    terminal.type('k');
    from = await terminal.waitFor('<k>', from);
    if (received === 0) echoed++;
  }
  expect(echoed).toBeGreaterThan(20);
  // Thinned: it was shrunk, not passed by.
  expect(received).toBeGreaterThan(1_000_000);
  expect(received).toBeLessThan(1_900_000);
  await terminal.waitFor('ANSWERED 200');
  expect(await terminal.ended).toMatchObject({ code: 0 });
  await upstream.close();
  machine.remove();
});
