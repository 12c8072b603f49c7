/** The worker that starts before the words are read: only where they start an agent, and gone where the agent runs without a proxy. */
import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startsLaunch } from '../src/launch/starts-launch.ts';
import { createMachine, type Machine, until } from './helpers/launches.ts';

describe('these words', () => {
  test.each([
    ['wrap claude', true],
    ['wrap --quiet claude -p hello', true],
    ['wrap --explain why.jsonl claude', true],
    ['wrap', false],
    ['wrap --help', false],
    ['wrap -h', false],
    ['wrap claude --help', false],
    ['wrap claude --version', false],
    ['config', false],
    ['config get wrap', false],
    ['demo', false],
    ['agents', false],
    ['retrieve wrap', false],
    ['--version', false],
    ['', false],
  ])('%s: %s', (words, starts) => {
    expect(startsLaunch(words.split(' ').filter(Boolean))).toBe(starts);
  });
});

describe('a launch', () => {
  let machine: Machine;
  beforeEach(() => {
    machine = createMachine();
  });
  afterEach(() => machine.remove());
  const nowhere = { ANTHROPIC_BASE_URL: 'http://127.0.0.1:9', STAND_IN: 'wait' };

  /** Threads of a launcher while its agent runs, once there are no more than `most`. */
  async function threadsOf(args: readonly string[], extra: Record<string, string>, most = Number.POSITIVE_INFINITY): Promise<number> {
    const { child, ended } = machine.start(['wrap', '--quiet', 'claude', ...args], extra);
    await until(machine.hasReport);
    const count = () => readdirSync(`/proc/${child.pid}/task`).length;
    await until(() => count() <= most);
    const threads = count();
    child.kill('SIGTERM');
    await ended;
    return threads;
  }

  test('without a proxy keeps no worker', async () => {
    const [proxied, other] = [await threadsOf([], nowhere), createMachine()];
    machine.remove();
    machine = other;
    expect(await threadsOf([], { ...nowhere, CLAUDE_CODE_USE_BEDROCK: '1' }, proxied - 1)).toBeLessThan(proxied);
  });

  test('that cannot be ends at once, with its message alone', async () => {
    const { code, stdout, stderr } = await machine.run(['wrap', 'nobody']);
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^headroom: There is no agent `nobody`\n/),
    });
  });
});
