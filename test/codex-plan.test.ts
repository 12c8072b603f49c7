/** The codex wrapper as a pure function: words, environment and settings files in, a plan out. */
import { describe, expect, test } from 'vitest';
import type { Plan, Situation } from '../src/launch/wrapper.ts';
import { codex } from '../wrappers/codex.ts';

const proxyAddress = 'http://127.0.0.1:4711/00112233445566778899aabbccddeeff';
const uncompressed = ['-c', 'features.enable_request_compression=false'];
const userFile = '/home/me/.codex/config.toml';
const authFile = '/home/me/.codex/auth.json';
const withKey = { [authFile]: '{"OPENAI_API_KEY":"sk-1"}' };
const withAccount = { [authFile]: '{"auth_mode":"chatgpt","OPENAI_API_KEY":null,"tokens":{"account_id":"a"}}' };

interface Given extends Partial<Omit<Situation, 'files'>> {
  readonly files?: Readonly<Record<string, string>>;
}

function plan(args: readonly string[], { files = withKey, ...given }: Given = {}): Plan {
  const place = {
    ...{ args, environment: {}, platform: 'linux' as NodeJS.Platform, homeFolder: '/home/me' },
    ...{ workingFolder: '/repo/sub', projectFolder: '/repo' },
    ...given,
  };
  const known = codex.readsFiles(place).map((path) => ({ path, text: files[path] }));
  return codex.plan({ ...place, privateFolder: '/private', proxyAddress, files: known });
}

const address = (tail: string, key = 'openai_base_url') => ['-c', `${key}="${proxyAddress}${tail}"`];

describe('the address', () => {
  test('stands before the words of the user, which stay as they are', () => {
    const words = ['exec', '-m', 'gpt-x', 'say -c openai_base_url=x', '--', '-c', 'openai_base_url=y'];
    expect(plan(words)).toMatchObject({
      ...{ command: 'codex', args: [...uncompressed, ...address('/v1'), ...words], files: [], notes: [] },
      ...{ upstream: 'https://api.openai.com', callsModel: true, runsBare: false, refusesUpgrades: true },
    });
  });

  test('is that of ChatGPT for those who are logged in there', () => {
    const made = plan([], { files: withAccount });
    expect(made).toMatchObject({ args: [...uncompressed, ...address('/backend-api/codex')], upstream: 'https://chatgpt.com' });
  });

  test.each([
    ['a key in the environment counts for exec', ['exec', 'x'], { CODEX_API_KEY: 'k' }, withAccount, 'https://api.openai.com'],
    ['and for review', ['review'], { CODEX_API_KEY: 'k' }, withAccount, 'https://api.openai.com'],
    ['but not at a screen', [], { CODEX_API_KEY: 'k' }, withAccount, 'https://chatgpt.com'],
    ['an access token is one of ChatGPT', [], { CODEX_ACCESS_TOKEN: 't' }, withKey, 'https://chatgpt.com'],
    ['a named mode counts', [], {}, { [authFile]: '{"auth_mode":"apikey","OPENAI_API_KEY":"k"}' }, 'https://api.openai.com'],
    ['also where a key is kept beside it', [], {}, { [authFile]: '{"auth_mode":"chatgpt","OPENAI_API_KEY":"k"}' }, 'https://chatgpt.com'],
    ['a keyring cannot be read', [], {}, { [userFile]: 'cli_auth_credentials_store = "keyring"' }, 'https://chatgpt.com'],
    [
      'but a login may be forced',
      ...[[], {}, { [userFile]: 'cli_auth_credentials_store = "auto"\nforced_login_method = "api"' }, 'https://api.openai.com'],
    ],
  ] as [string, string[], Record<string, string>, Record<string, string>, string][])('%s', (_, words, environment, files, upstream) => {
    expect(plan(words, { environment, files }).upstream).toBe(upstream);
  });

  test('who is not logged in is left to Codex, and told', () => {
    expect(plan([], { files: {} })).toMatchObject({ runsBare: true, args: [], environment: {} });
    expect(plan([], { files: {} }).notes.join()).toMatch(/not logged in/);
  });

  test('CODEX_HOME is where its files are', () => {
    const files = {
      '/elsewhere/auth.json': '{"OPENAI_API_KEY":"k"}',
      '/elsewhere/config.toml': 'openai_base_url = "https://gw.example/v1/"',
    };
    expect(plan([], { files, environment: { CODEX_HOME: '../../elsewhere' } }).upstream).toBe('https://gw.example');
  });

  test('loopback is kept from a corporate proxy', () => {
    const { environment, network } = plan([], { environment: { HTTPS_PROXY: 'http://corp:1', NO_PROXY: 'a', SSL_CERT_FILE: '/ca.pem' } });
    expect(environment).toEqual({ NO_PROXY: 'a,127.0.0.1,localhost', no_proxy: 'a,127.0.0.1,localhost' });
    expect(network).toEqual({ HTTPS_PROXY: 'http://corp:1', NO_PROXY: 'a', NODE_EXTRA_CA_CERTS: '/ca.pem' });
  });
});

describe("the user's own address", () => {
  const own = 'https://gateway.example/llm';

  test.each([
    ['with /v1', `${own}/v1`, own, '/v1'],
    ['and a slash', `${own}/v1/`, own, '/v1'],
    ['without', own, own, ''],
    ['of ChatGPT', 'https://chatgpt.com/backend-api/codex', 'https://chatgpt.com', '/backend-api/codex'],
  ])('in config.toml becomes the upstream: %s', (_, url, upstream, tail) => {
    const made = plan([], { files: { [userFile]: `openai_base_url = "${url}"` } });
    expect(made).toMatchObject({ upstream, args: [...uncompressed, ...address(tail)] });
  });

  test.each([
    ['-c', ['-c', `openai_base_url="${own}"`]],
    ['--config=', [`--config=openai_base_url='${own}'`]],
    ['-cKEY', [`-copenai_base_url=${own}`]],
  ])('by %s: ours follows it, before and after the subcommand', (_, words) => {
    const files = { [userFile]: 'openai_base_url = "https://other.example"' };
    expect(plan([...words, 'exec', 'x'], { files })).toMatchObject({
      upstream: own,
      args: [...uncompressed, ...words, ...address(''), 'exec', 'x'],
    });
    expect(plan(['exec', ...words, 'x'], { files })).toMatchObject({
      upstream: own,
      args: [...uncompressed, 'exec', ...words, ...address(''), 'x'],
    });
  });

  test('the last one counts: profile over user over machine', () => {
    const files = {
      '/etc/codex/config.toml': 'openai_base_url = "https://machine.example"',
      [userFile]: 'openai_base_url = "https://user.example"',
      '/home/me/.codex/work.config.toml': 'openai_base_url = "https://work.example"',
    };
    expect(plan(['-p', 'work'], { files }).upstream).toBe('https://work.example');
    expect(plan(['exec', '--profile=other'], { files }).upstream).toBe('https://user.example');
    expect(plan([], { files: { '/etc/codex/config.toml': files['/etc/codex/config.toml'] } }).upstream).toBe('https://machine.example');
  });

  test('that is none leaves the launch to Codex', () => {
    for (const url of ['here', 'ftp://a/v1', 'https://a/v1?x=1'])
      expect(plan([], { files: { [userFile]: `openai_base_url = "${url}"` } })).toMatchObject({ runsBare: true, args: [] });
  });
});

describe('a provider of the user', () => {
  const lab = '[model_providers.lab]\nname = "Lab"\nbase_url = "https://lab.example/x/v1"\nenv_key = "LAB"\n';

  test('is covered by its own setting, whatever the login', () => {
    const made = plan(['exec', 'x'], { files: { [userFile]: `model_provider = "lab"\n${lab}` } });
    expect(made.args).toEqual([...uncompressed, ...address('/v1', 'model_providers.lab.base_url'), 'exec', 'x']);
    expect(made.upstream).toBe('https://lab.example/x');
  });

  test('also where it is named and spelled on the command line', () => {
    const words = ['-c', 'model_providers.lab={name="Lab",base_url="https://lab.example"}', '-c', 'model_provider=lab'];
    const made = plan([...words, 'hello'], { files: {} });
    const [flag = '', table = '', ...rest] = words;
    expect(made.args).toEqual([...uncompressed, flag, table, ...address('', 'model_providers.lab.base_url'), ...rest, 'hello']);
  });

  test('without an address goes where OpenAI is, by its login if it needs one', () => {
    const files = (extra: string) => ({
      ...withAccount,
      [userFile]: `model_provider = "lab"\n[model_providers.lab]\nname = "Lab"\n${extra}`,
    });
    expect(plan([], { files: files('requires_openai_auth = true') }).upstream).toBe('https://chatgpt.com');
    expect(plan([], { files: files('') }).upstream).toBe('https://api.openai.com');
  });

  test.each([
    ['built in', 'model_provider = "amazon-bedrock"'],
    ['with a dot in its name', 'model_provider = "a.b"\n[model_providers."a.b"]\nbase_url = "https://a.example"'],
    [
      'known as Azure by its address',
      'model_provider = "az"\n[model_providers.az]\nname = "Mine"\nbase_url = "https://me.openai.azure.com/openai"',
    ],
    [
      'that signs in at its address',
      'model_provider = "g"\n[model_providers.g]\nbase_url = "https://g.example"\n[model_providers.g.gateway_oauth]\nclient_id = "x"',
    ],
  ])('%s is not covered, and that is said', (_, text) => {
    const made = plan(['exec', 'x'], { files: { ...withKey, [userFile]: text } });
    expect(made).toMatchObject({ runsBare: true, args: ['exec', 'x'], callsModel: true });
    expect(made.notes).toEqual([
      expect.stringMatching(/^this launch runs without the proxy: the provider .* which the proxy does not cover$/),
    ]);
  });

  test('known as Azure by its name is', () => {
    const text = 'model_provider = "az"\n[model_providers.az]\nname = "Azure"\nbase_url = "https://me.openai.azure.com/openai"';
    expect(plan([], { files: { [userFile]: text } })).toMatchObject({ runsBare: false, upstream: 'https://me.openai.azure.com/openai' });
  });
});

describe('launches that are not covered', () => {
  test.each([
    ...['--version', '-h', 'login', 'logout', 'mcp list', 'completion zsh', 'doctor', 'exec --help', '-m gpt-x features list', 'apply'],
    ...['app-server generate-ts', 'help exec'],
  ])('codex %s calls no model', (line) => {
    const words = line.split(' ');
    expect(plan(words)).toMatchObject({ args: words, callsModel: false, runsBare: true, notes: [] });
    expect(
      codex.readsFiles({ args: words, environment: {}, platform: 'linux', homeFolder: '/h', workingFolder: '/w', projectFolder: '/w' }),
    ).toEqual([]);
  });

  test.each([
    'exec hello',
    'e hello',
    'review --uncommitted',
    'resume --last',
    'fork',
    'hello',
    '-i a.png login -m gpt-x',
    'app-server',
    '-- login',
  ])('codex %s does', (line) => {
    expect(plan(line.split(' '))).toMatchObject({ callsModel: true, runsBare: false });
  });

  test.each([
    'agents',
    'queue --thread x --message y',
    'remote-control',
    'cloud exec x',
    'app-server daemon start',
    '--remote ws://a:1',
    '--oss',
  ])('codex %s goes elsewhere, and that is said', (line) => {
    const words = line.split(' ');
    expect(plan(words)).toMatchObject({ args: words, runsBare: true });
    expect(plan(words).notes).toHaveLength(1);
  });

  test.each(['openai_base_url = "https://a.example"', 'model_provider = "x"', '[model_providers.x]\nname = "X"'])(
    'what an administrator fixes stands: %s',
    (text) => {
      const made = plan([], { files: { ...withKey, '/etc/codex/managed_config.toml': text } });
      expect(made).toMatchObject({ runsBare: true, args: [] });
      expect(made.notes.join()).toContain('/etc/codex/managed_config.toml fixes');
    },
  );

  test('a file that is no TOML is for Codex to complain of', () => {
    const made = plan([], { files: { ...withKey, [userFile]: 'model = ' } });
    expect(made).toMatchObject({ runsBare: true });
    expect(made.notes.join()).toContain(userFile);
  });
});

test('no words and no file make it throw', () => {
  const words = ['-c', '-c', '__proto__.x=1', '--config=', '-p', '-i', '-', '', '-c=a=b', '--', '-c', 'constructor.y="'];
  for (let length = 0; length <= words.length; length++) expect(plan(words.slice(0, length)).command).toBe('codex');
  expect(plan([], { files: { [authFile]: '[', [userFile]: 'model_provider = "constructor"' } }).runsBare).toBe(true);
});
