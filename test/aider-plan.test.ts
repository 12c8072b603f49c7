/** The aider wrapper as a pure function: words, environment and settings files in, a plan out. */
import { describe, expect, test } from 'vitest';
import type { Plan, Situation } from '../src/launch/wrapper.ts';
import { aider } from '../wrappers/aider.ts';

const proxyAddress = 'http://127.0.0.1:4711/00112233445566778899aabbccddeeff';
const gateway = 'https://gateway.example/llm';

interface Given extends Partial<Omit<Situation, 'files'>> {
  readonly files?: Readonly<Record<string, string>>;
}

function plan(args: readonly string[], { files = {}, ...given }: Given = {}): Plan {
  const place = {
    ...{ args, environment: {}, platform: 'linux' as NodeJS.Platform, homeFolder: '/home/me' },
    ...{ workingFolder: '/repo/sub', projectFolder: '/repo' },
    ...given,
  };
  const known = aider.readsFiles(place).map((path) => ({ path, text: files[path] }));
  return aider.plan({ ...place, privateFolder: '/private', proxyAddress, files: known });
}

const ours = {
  OPENAI_API_BASE: `${proxyAddress}/v1`,
  OPENAI_BASE_URL: `${proxyAddress}/v1`,
  AIDER_OPENAI_API_BASE: `${proxyAddress}/v1`,
  ANTHROPIC_API_BASE: proxyAddress,
  ANTHROPIC_BASE_URL: proxyAddress,
  NO_PROXY: '127.0.0.1,localhost',
  no_proxy: '127.0.0.1,localhost',
};

test('both families of APIs, and nothing else of the user is touched', () => {
  const words = ['--model', 'gpt-4o', '--message', 'do --openai-api-base', 'a.py'];
  expect(plan(words)).toEqual({
    ...{ command: 'aider', args: words, environment: ours, files: [], network: {}, notes: [], callsModel: true, runsBare: false },
    upstream: 'https://api.openai.com',
    upstreams: { openai: 'https://api.openai.com', anthropic: 'https://api.anthropic.com' },
  });
});

describe('the upstream of a family', () => {
  test.each<[string, readonly string[], Given, string]>([
    ['the variable', [], { environment: { OPENAI_API_BASE: `${gateway}/v1/` } }, gateway],
    [
      'the other variable, which LiteLLM asks first',
      [],
      { environment: { OPENAI_API_BASE: 'http://x/v1', OPENAI_BASE_URL: `${gateway}/v1` } },
      gateway,
    ],
    ['a path that does not end in v1', [], { environment: { OPENAI_API_BASE: gateway } }, gateway],
    [
      'a configuration file',
      [],
      {
        files: { '/repo/.aider.conf.yml': `# mine\nopenai-api-base: ${gateway}/v1 # here\n` },
        environment: { OPENAI_API_BASE: 'http://x' },
      },
      gateway,
    ],
    [
      'the nearest configuration file',
      [],
      {
        files: { '/home/me/.aider.conf.yml': 'openai-api-base: http://x', '/repo/sub/.aider.conf.yml': `openai-api-base: "${gateway}/v1"` },
      },
      gateway,
    ],
    [
      "aider's own variable",
      [],
      { files: { '/repo/.aider.conf.yml': 'openai-api-base: http://x' }, environment: { AIDER_OPENAI_API_BASE: gateway } },
      gateway,
    ],
    [
      'the option',
      ['--openai-api-base', gateway],
      { environment: { AIDER_OPENAI_API_BASE: 'http://x', OPENAI_API_BASE: 'http://y' } },
      gateway,
    ],
    ['the option in one word', [`--openai-api-base=${gateway}`], {}, gateway],
    [
      '.env over the environment',
      [],
      { environment: { OPENAI_API_BASE: 'http://x' }, files: { '/repo/.env': `export OPENAI_API_BASE='${gateway}/v1' # mine` } },
      gateway,
    ],
    [
      'the nearest .env',
      [],
      { files: { '/repo/.env': 'OPENAI_API_BASE=http://x', '/repo/sub/.env': `OPENAI_API_BASE="${gateway}/v1"` } },
      gateway,
    ],
    [
      "the user's own file last",
      ['--env-file', 'my.env'],
      { files: { '/repo/sub/.env': 'OPENAI_API_BASE=http://x', '/repo/sub/my.env': `OPENAI_API_BASE=${gateway}` } },
      gateway,
    ],
  ])('openai: %s', (_, args, given, upstream) => {
    const made = plan(args, given);
    expect([made.upstream, made.upstreams?.openai]).toEqual([upstream, upstream]);
    expect(made.args.join(' ')).not.toContain('openai-api-base');
  });

  test.each<[string, Given, string]>([
    ['the first variable', { environment: { ANTHROPIC_API_BASE: gateway, ANTHROPIC_BASE_URL: 'http://x' } }, gateway],
    ['the second', { environment: { ANTHROPIC_BASE_URL: `${gateway}/` } }, gateway],
    ['with the whole path', { environment: { ANTHROPIC_API_BASE: `${gateway}/v1/messages` } }, gateway],
    ['.env', { files: { '/home/me/.env': `ANTHROPIC_BASE_URL=${gateway}` } }, gateway],
  ])('anthropic: %s', (_, given, upstream) => {
    expect(plan([], given).upstreams?.anthropic).toBe(upstream);
  });

  test('stays in the address as far as it is part of every path', () => {
    expect(plan([], { environment: { OPENAI_API_BASE: gateway } }).environment.OPENAI_API_BASE).toBe(proxyAddress);
  });
});

describe('where .env files would win', () => {
  test('a private one stands last, with what the user put into theirs', () => {
    const files = { '/repo/.env': 'OPENAI_API_BASE=http://x/v1', '/repo/sub/my.env': 'OPENAI_API_KEY=k\nB=2' };
    const made = plan(['--env-file=my.env', 'a.py'], { files });
    expect(made.args).toEqual(['--env-file', '/private/aider.env', 'a.py']);
    expect(made.files).toEqual([
      {
        name: 'aider.env',
        text: `OPENAI_API_KEY=k\nB=2\n${Object.entries(ours)
          .map(([name, value]) => `${name}='${value}'\n`)
          .join('')}`,
      },
    ]);
  });

  test('and only there: keys alone need no file', () => {
    expect(plan(['a.py'], { files: { '/repo/.env': 'OPENAI_API_KEY=k' } })).toMatchObject({ args: ['a.py'], files: [] });
  });
});

test('a proxy and authorities of the user are those of the upstream', () => {
  const environment = { HTTPS_PROXY: 'http://proxy:1', no_proxy: 'a.b', SSL_CERT_FILE: '/ca.pem' };
  expect(plan([], { environment })).toMatchObject({
    network: { HTTPS_PROXY: 'http://proxy:1', no_proxy: 'a.b', NODE_EXTRA_CA_CERTS: '/ca.pem' },
    environment: { NO_PROXY: 'a.b,127.0.0.1,localhost' },
  });
});

test.each([['--version'], ['--help'], ['--list-models', 'gpt'], ['--models=gpt'], ['--show-repo-map'], ['--exit']])(
  '%s calls no model',
  (...words) => {
    expect(plan(words)).toMatchObject({ args: words, environment: {}, callsModel: false, runsBare: true });
  },
);

test('what is not covered is said', () => {
  expect(plan(['--model', 'gemini/gemini-3']).notes.join()).toContain('gemini');
  expect(plan(['--model=anthropic/claude-sonnet-5']).notes).toEqual([]);
  const wrong = plan([], { environment: { OPENAI_API_BASE: 'gateway' } });
  expect(wrong).toMatchObject({ runsBare: true, environment: {}, notes: [expect.stringContaining('openai is not a URL: gateway')] });
});

test.each<[string, readonly string[], Given]>([
  ['the command line', ['--set-env', 'OPENAI_API_BASE=http://x'], {}],
  ['the command line in one word', ['--set-env=ANTHROPIC_BASE_URL=http://x'], {}],
  ['a variable', [], { environment: { AIDER_SET_ENV: 'OPENAI_BASE_URL=http://x' } }],
  ['a configuration file', [], { files: { '/repo/.aider.conf.yml': 'set-env:\n  - ANTHROPIC_API_BASE=http://x\n' } }],
  ['a chosen configuration file', ['-c', 'my.yml'], { files: { '/repo/sub/my.yml': 'set-env: [OPENAI_API_BASE=http://x]\n' } }],
])('a base URL that set-env sets would win over ours: nothing is sent elsewhere than there, %s', (_, args, given) => {
  const made = plan(args, given);
  expect(made).toMatchObject({ args, runsBare: true, environment: {}, notes: [expect.stringContaining('set-env fixes')] });
});

test('a comment sets nothing', () => {
  expect(plan([], { files: { '/repo/.aider.conf.yml': '# set-env: OPENAI_API_BASE=http://x\nset-env: [A=1]\n' } }).runsBare).toBe(false);
});

test('on Windows', () => {
  const place = {
    platform: 'win32' as const,
    homeFolder: 'C:\\Users\\me',
    workingFolder: 'C:\\repo',
    projectFolder: 'C:\\repo',
    privateFolder: 'C:\\p',
  };
  const made = plan([], { ...place, files: { 'C:\\repo\\.env': `ANTHROPIC_API_BASE=${gateway}\r\nX=1\r\n` } });
  expect(made.upstreams?.anthropic).toBe(gateway);
  expect(made.files).toHaveLength(1);
});
