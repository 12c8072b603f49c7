/** The command line itself: help that fits a screen, versions, and mistakes that are said once with a way out. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { resolveWrapSettings, wrapOptions } from '../src/config.ts';
import { Failure } from '../src/errors.ts';
import { wrappers } from '../wrappers/index.ts';

function headroom(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(inject('dist'), 'cli.js'), ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

const agents = `Agents: ${wrappers.map(({ name }) => name).join(', ')}.`;

describe('help', () => {
  test.each([[['--help']], [['wrap', '--help']], [['wrap', '-h']], [['proxy', '--help']], [[]]])(
    'fits a screen and shows examples: %j',
    (args) => {
      const { status, stdout, stderr } = headroom(...args);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const lines = stdout.trimEnd().split('\n');
      expect(lines.length).toBeLessThanOrEqual(30);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
      expect(stdout).toMatch(/Examples:\n {2}\S/);
    },
  );

  test('of wrap names every option and every agent', () => {
    const { stdout } = headroom('wrap', '--help');
    for (const { flag } of Object.values(wrapOptions)) expect(stdout).toContain(`  ${flag} `);
    for (const { name } of wrappers) expect(stdout).toMatch(new RegExp(`^ *(?:Agents:)?.* ${name}(?:,|$)`, 'm'));
  });
});

test('the version is the one of the package', () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as { version: string };
  expect(headroom('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
});

test.each([
  [['wrap'], 'Which agent?', `${agents} Example: headroom wrap claude`],
  [['wrap', 'nobody', '--x'], 'There is no agent `nobody`', `${agents} Any other command: headroom wrap -- nobody`],
  [['claude'], 'There is no command `claude`', 'Try: headroom wrap claude'],
  [['frob', '-x'], 'There is no command `frob`', 'Try: headroom --help'],
  [['cursor', 'instal'], 'There is no command `cursor instal`', 'Try: headroom cursor --help'],
  [['mcp', 'nope'], 'There is no command `mcp nope`', 'Try: headroom mcp --help'],
  [['wrap', '--nope', 'claude'], "unknown option '--nope'", 'Try: headroom wrap --help'],
  [['wrap', '--explain'], "option '--explain <file>' argument missing", 'Try: headroom wrap --help'],
  [['wrap', '--profile', 'x', 'claude'], '--profile: there is no profile `x`', 'Profiles: lossless, standard.'],
  [['wrap', '--upstream', 'x', 'claude'], '--upstream: `x` is not an http or https URL', 'Example: --upstream https://api.anthropic.com'],
  [['wrap', '--upstream', 'mistral=http://x', 'claude'], '--upstream: there is no API `mistral`', 'codeassist.'],
  [['wrap', '--off', '--observe', 'claude'], '--off and --observe cannot go together', 'Choose one of them.'],
])('a mistake is said once, with a way out and exit code 2: %j', (args, message, hint) => {
  const { status, stdout, stderr } = headroom(...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr.startsWith(`headroom: ${message}`)).toBe(true);
  expect(stderr.endsWith(`${hint}\n`)).toBe(true);
});

describe('the choices', () => {
  const standard = {
    mode: 'shrink',
    profile: 'standard',
    upstream: undefined,
    upstreams: {},
    rewritesCold: true,
    usePty: true,
    isQuiet: false,
    receiptFile: undefined,
    explainFile: undefined,
    isEphemeral: false,
    givesTools: false,
    prices: {},
  };

  test('have defaults', () => {
    expect(resolveWrapSettings({ pty: true }, {})).toEqual(standard);
    expect(resolveWrapSettings({}, Object.fromEntries(Object.values(wrapOptions).map(({ variable }) => [variable, ''])))).toEqual(standard);
  });

  test('come from the environment', () => {
    const environment = {
      ...{ HEADROOM_OBSERVE: '1', HEADROOM_PROFILE: 'lossless', HEADROOM_UPSTREAM: 'http://u', HEADROOM_NO_PTY: 'yes' },
      ...{ HEADROOM_QUIET: 'on', HEADROOM_RECEIPT_JSON: 'r', HEADROOM_EXPLAIN: 'e', HEADROOM_OFF: '0' },
      ...{ HEADROOM_EPHEMERAL: 'true', HEADROOM_MCP: '1', HEADROOM_NO_COLD: '1' },
    };
    expect(resolveWrapSettings({ pty: true }, environment)).toEqual({
      ...{
        mode: 'observe',
        profile: 'lossless',
        upstream: 'http://u',
        upstreams: {},
        rewritesCold: false,
        usePty: false,
        isQuiet: true,
        receiptFile: 'r',
        explainFile: 'e',
        isEphemeral: true,
        givesTools: true,
        prices: {},
      },
    });
  });

  test('on the command line outweigh it', () => {
    const environment = { HEADROOM_OBSERVE: '1', HEADROOM_PROFILE: 'lossless', HEADROOM_EXPLAIN: 'e' };
    expect(resolveWrapSettings({ off: true, profile: 'standard', explain: 'f' }, environment)).toMatchObject({
      ...{ mode: 'off', profile: 'standard', explainFile: 'f' },
    });
  });

  test('of upstreams go together: one for all requests, and one for each family of APIs', () => {
    const flags = ['http://a', 'openai=http://o', 'http://b', 'anthropic=https://c/d?e=f'];
    const expected = { upstream: 'http://b', upstreams: { openai: 'http://o', anthropic: 'https://c/d?e=f' } };
    expect(resolveWrapSettings({ upstream: flags }, { HEADROOM_UPSTREAM: 'http://x' })).toMatchObject(expected);
    expect(resolveWrapSettings({}, { HEADROOM_UPSTREAM: flags.join(' ') })).toMatchObject(expected);
  });

  test('that make no sense are named by where they came from', () => {
    const wrong = [{ HEADROOM_PROFILE: 'x' }, { HEADROOM_UPSTREAM: 'ftp://x' }, { HEADROOM_QUIET: 'maybe' }];
    for (const environment of wrong) {
      const [name = ''] = Object.keys(environment);
      expect(() => resolveWrapSettings({}, environment)).toThrow(Failure);
      expect(() => resolveWrapSettings({}, environment)).toThrow(name);
    }
  });
});
