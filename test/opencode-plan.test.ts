/** The wrappers of opencode and of Kilo as pure functions: words, environment and settings files in, a plan out. */
import { describe, expect, test } from 'vitest';
import { kilo } from '../wrappers/kilo.ts';
import { opencode } from '../wrappers/opencode.ts';
import { type Given, planFor, proxyAddress, toolServer } from './helpers/plans.ts';

const plan = (args: readonly string[], given: Given = {}) => planFor(opencode, args, given);
const content = (args: readonly string[], given: Given = {}) =>
  JSON.parse(plan(args, given).environment.OPENCODE_CONFIG_CONTENT ?? '{}') as {
    provider: Record<string, { options: { baseURL: string } }>;
    permission?: unknown;
    mcp?: unknown;
    [name: string]: unknown;
  };
const userFile = '/home/me/.config/opencode/opencode.json';
const key = { environment: { ANTHROPIC_API_KEY: 'k' } };

describe('the address', () => {
  test('goes to each provider that the user has, and to no other', () => {
    expect(content(['run', 'x'], key).provider).toEqual({
      anthropic: { options: { baseURL: `${proxyAddress}/@anthropic/v1` } },
      opencode: { options: { baseURL: `${proxyAddress}/@opencode/v1` } },
    });
    const made = plan(['run', 'x'], key);
    expect(made).toMatchObject({ args: ['run', 'x'], files: [], notes: [], callsModel: true, runsBare: false });
    expect(made.upstreams).toEqual({ anthropic: 'https://api.anthropic.com', opencode: 'https://opencode.ai/zen' });
    expect(made.environment.NO_PROXY).toBe('127.0.0.1,localhost');
  });

  test('is found for keys that are kept, and for providers of the list that opencode keeps', () => {
    const files = {
      '/home/me/.local/share/opencode/auth.json': { zai: { type: 'api', key: 'k' }, google: { type: 'api', key: 'k' } },
      '/home/me/.cache/opencode/models.json': {
        zai: { api: 'https://api.z.ai/api/paas/v4', env: ['ZAI'] },
        other: { api: 'https://o.example/v1', env: ['OTHER'] },
      },
    };
    expect(plan([], { files }).upstreams).toEqual({
      ...{ opencode: 'https://opencode.ai/zen', zai: 'https://api.z.ai/api/paas/v4', google: 'https://generativelanguage.googleapis.com' },
    });
    expect(plan([], { files, environment: { OTHER: 'x' } }).upstreams).toMatchObject({ other: 'https://o.example' });
  });

  test('stands for the one of the user, the nearest file counting most', () => {
    const files = {
      [userFile]: '{ // mine\n "provider": {"anthropic": {"options": {"baseURL": "https://far.example/v1", "timeout": 9,},},}, }',
      '/repo/opencode.jsonc': { provider: { lab: { options: { baseURL: '{env:LAB}/v1' } } } },
      '/repo/sub/.opencode/opencode.json': { provider: { anthropic: { options: { baseURL: 'https://near.example/x/v1' } } } },
    };
    const made = plan([], { files, environment: { LAB: 'https://lab.example' } });
    expect(made.upstreams).toMatchObject({ anthropic: 'https://near.example/x', lab: 'https://lab.example' });
  });

  test('is laid over what the variable holds already', () => {
    const own = { theme: 'x', provider: { anthropic: { options: { baseURL: 'https://own.example/v1', apiKey: 'k' } } } };
    const made = content([], { environment: { OPENCODE_CONFIG_CONTENT: JSON.stringify(own) } });
    expect(made).toMatchObject({
      theme: 'x',
      provider: { anthropic: { options: { baseURL: `${proxyAddress}/@anthropic/v1`, apiKey: 'k' } } },
    });
  });

  test('is not for who signs in by an account, and that is said where it matters', () => {
    const files = { '/home/me/.local/share/opencode/auth.json': { openai: { type: 'oauth' } } };
    expect(plan([], { files }).upstreams).not.toHaveProperty('openai');
    expect(plan(['-m', 'openai/gpt-5'], { files }).notes).toEqual([
      'models of openai are not covered: their requests do not pass through the proxy',
    ]);
    expect(plan(['run', '--model=amazon-bedrock/x'], key).notes).toHaveLength(1);
    expect(plan(['-m', 'anthropic/x'], key).notes).toEqual([]);
  });
});

describe('the originals may be read', () => {
  const originalsFolder = '/home/me/.cache/headroom/originals';
  const ours = { [`${originalsFolder}/*`]: 'allow' };
  test.each<[string, object, object]>([
    ['where nothing is said', {}, { external_directory: ours }],
    [
      'what the user said of other folders stays',
      { permission: { external_directory: 'deny', bash: 'ask' } },
      { external_directory: { '*': 'deny', ...ours } },
    ],
    [
      'pattern by pattern, ours last',
      { permission: { external_directory: { '/x/*': 'allow' } } },
      { external_directory: { '/x/*': 'allow', ...ours } },
    ],
    ['and of everything', { permission: 'ask' }, { '*': 'ask', external_directory: ours }],
  ])('%s', (_, settings, expected) => {
    expect(content([], { originalsFolder, files: { [userFile]: settings } }).permission).toEqual(expected);
  });

  test('and nothing else, where there are none', () => {
    expect(content([])).not.toHaveProperty('permission');
  });
});

test('our tools are there for one launch', () => {
  expect(content([], { toolServer }).mcp).toEqual({
    headroom: { type: 'local', command: ['/node', 'cli.js', 'mcp'], environment: { A: '1' }, enabled: true },
  });
});

describe('launches that go without us', () => {
  test.each([['--version'], ['models'], ['auth', 'login'], ['-h']])('%s asks no model', (...words) => {
    expect(plan(words)).toMatchObject({ args: words, environment: {}, notes: [], callsModel: false, runsBare: true });
  });
  test.each([[['attach', 'http://127.0.0.1:4096']], [['run', '--attach', 'http://x', 'hi']]])('%j is asked elsewhere', (words) => {
    expect(plan(words)).toMatchObject({
      runsBare: true,
      callsModel: true,
      notes: [expect.stringContaining('the server that it attaches to')],
    });
  });
});

describe('originals', () => {
  const place = {
    args: [],
    environment: {},
    platform: 'linux' as const,
    homeFolder: '/home/me',
    workingFolder: '/repo',
    projectFolder: '/repo',
  };
  const denial = (permission: unknown) => {
    const files = opencode
      .readsFiles(place)
      .map((path) => ({ path, text: path === userFile ? JSON.stringify({ permission }) : undefined }));
    return opencode.deniesReading?.({ ...place, files }, '/home/me/.cache/headroom/originals');
  };

  test.each([
    ...[
      'ask',
      'deny',
      { read: 'ask' },
      { '*': 'ask' },
      { '*': 'allow', read: { '*': 'deny', '*.md': 'allow' } },
      { read: 'allow', '*': 'ask' },
    ],
  ])('are opened by nobody unasked under %j', (permission) => {
    expect(denial(permission)).toMatch(/^permission (?:read|\*) is (?:ask|deny) in opencode's settings$/);
  });

  test.each([...[undefined, 'allow', {}, { edit: 'ask', bash: 'deny' }, { '*': 'ask', read: 'allow' }, { read: { '*.env': 'deny' } }, 7]])(
    'are under %j',
    (permission) => {
      expect(denial(permission)).toBeUndefined();
    },
  );
});

describe('Kilo', () => {
  test('has its own variables and files, and its gateway passes too', () => {
    const files = {
      '/home/me/.config/kilo/kilo.jsonc': '// mine\n{"provider":{"anthropic":{"options":{"baseURL":"https://own.example/v1"}}}}',
    };
    const made = planFor(kilo, ['run', '-m', 'kilo/z-ai/glm'], { files });
    expect(made.upstreams).toEqual({ anthropic: 'https://own.example', 'kilo-gateway': 'https://api.kilo.ai' });
    expect(made.environment.KILO_API_URL).toBe(`${proxyAddress}/@kilo-gateway`);
    expect(made.environment).not.toHaveProperty('OPENCODE_CONFIG_CONTENT');
    expect(made.notes).toEqual([]);
  });

  test.each(['cloud', 'daemon', 'remote'])('%s is left alone, and it says so', (word) => {
    expect(planFor(kilo, [word])).toMatchObject({ runsBare: true, environment: {}, notes: [expect.stringMatching(/without the proxy/)] });
  });
});
