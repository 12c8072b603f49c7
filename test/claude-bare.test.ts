/** The launches of Claude Code that go without the proxy, and those that call no model. */
import { describe, expect, test } from 'vitest';
import { base, type Given, gateway, plan } from './helpers/claude-plan.ts';

describe('a launch that the proxy cannot serve runs bare and says why', () => {
  const user = '/home/me/.claude/settings.json';
  test.each([
    ['Bedrock', [], { environment: { CLAUDE_CODE_USE_BEDROCK: '1' } }, 'Amazon Bedrock'],
    ['Vertex, by settings', [], { files: { [user]: { env: { CLAUDE_CODE_USE_VERTEX: 'true' } } } }, 'Google Vertex AI'],
    ['Foundry', [], { environment: { CLAUDE_CODE_USE_FOUNDRY: 'yes' } }, 'Microsoft Foundry'],
    [
      'a managed base URL',
      [],
      { files: { '/etc/claude-code/managed-settings.json': base(gateway) } },
      'managed-settings.json fixes ANTHROPIC_BASE_URL',
    ],
    ['a managed drop-in', [], { files: { '/etc/claude-code/managed-settings.d/10-x.json': base(gateway) } }, '10-x.json fixes'],
    [
      'a managed proxy without loopback',
      [],
      { files: { '/etc/claude-code/managed-settings.json': { env: { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'corp' } } } },
      'fixes NO_PROXY',
    ],
    ['a client certificate', [], { environment: { CLAUDE_CODE_CLIENT_CERT: '/c.pem' } }, 'CLAUDE_CODE_CLIENT_CERT'],
    ['a background session', ['--bg', 'do it'], {}, 'a background session outlives it'],
    ['background sessions', ['agents'], {}, '`claude agents` works with sessions that outlive it'],
    ['tmux', ['-w', 'x', '--tmux=classic'], {}, 'tmux'],
    ['the cloud', ['--cloud', 'do it'], {}, 'cloud'],
    ['Remote Control', ['remote-control'], {}, 'Remote Control does not work behind a base URL'],
  ] as [string, string[], Given, string][])('%s', (_name, words, given, reason) => {
    const made = plan(words, given);
    expect(made).toMatchObject({ args: words, environment: {}, files: [], runsBare: true, callsModel: true });
    expect(made.notes).toEqual([expect.stringMatching(/^this launch runs without the proxy: /)]);
    expect(made.notes[0]).toContain(reason);
  });

  test('a switch that is off switches nothing', () => {
    expect(plan([], { environment: { CLAUDE_CODE_USE_BEDROCK: '0', CLAUDE_CODE_USE_VERTEX: '' } }).runsBare).toBe(false);
  });

  test('a managed NO_PROXY matters only where a proxy is named', () => {
    const files = { '/etc/claude-code/managed-settings.json': { env: { NO_PROXY: 'corp' } } };
    expect(plan([], { files }).runsBare).toBe(false);
  });
});

describe('a launch that calls no model', () => {
  test.each([
    ['mcp', 'list'],
    ['doctor'],
    ['update'],
    ['install'],
    ['setup-token'],
    ['auth', 'login'],
    ['plugin', 'list'],
    ['--version'],
    ['-h'],
    ['mcp', '--help'],
  ])('runs bare without a word: %s %s', (...words) => {
    const given = words.filter((word): word is string => typeof word === 'string');
    expect(plan(given)).toMatchObject({ args: given, files: [], environment: {}, notes: [], callsModel: false, runsBare: true });
  });

  test.each([['login'], ['logout'], ['config', 'list']])(
    'may be a prompt for newer versions, so it is served in silence: %s %s',
    (...words) => {
      const given = words.filter((word): word is string => typeof word === 'string');
      expect(plan(given)).toMatchObject({ callsModel: false, runsBare: false });
    },
  );

  test.each([[['-p', 'mcp list']], [['tell me about mcp']], [['--', '--version']], [['auto-mode', 'critique']], [['--resume', 'mcp']]])(
    'is not every one with such a word in it: %j',
    (words) => {
      expect(plan(words)).toMatchObject({ callsModel: true, runsBare: false });
    },
  );
});

test('one line names what is lost, where it could be missed', () => {
  expect(plan([]).notes).toEqual(['Remote Control is not available in this session; everything else works as usual']);
  expect(plan(['-p', 'hi']).notes).toEqual([]);
});
