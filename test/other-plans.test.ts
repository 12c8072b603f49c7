/** The wrappers of Copilot CLI, pi, Continue, Crush and goose as pure functions: words, environment and settings files in, a plan out. */
import { describe, expect, test } from 'vitest';
import { cn } from '../wrappers/continue.ts';
import { copilot } from '../wrappers/copilot.ts';
import { crush } from '../wrappers/crush.ts';
import { goose } from '../wrappers/goose.ts';
import { wrappers } from '../wrappers/index.ts';
import { pi } from '../wrappers/pi.ts';
import { fileOf, planFor, proxyAddress, toolServer } from './helpers/plans.ts';

const ours = (id: string, tail = '') => `${proxyAddress}/@${id}${tail}`;
const bare = (reason: RegExp) => ({ runsBare: true, environment: {}, callsModel: true, notes: [expect.stringMatching(reason)] });

describe('every wrapper', () => {
  test.each(wrappers.map((wrapper) => [wrapper.name, wrapper] as const))(
    '%s asks no model for its help and its version, and says nothing',
    (_, wrapper) => {
      for (const word of ['--help', '--version'])
        expect(planFor(wrapper, [word])).toMatchObject({ args: [word], files: [], environment: {}, notes: [], callsModel: false });
    },
  );

  test.each(wrappers.map((wrapper) => [wrapper.name, wrapper] as const))(
    '%s keeps loopback from a corporate proxy wherever it is led',
    (_, wrapper) => {
      const { environment, runsBare, covers } = planFor(wrapper, ['hi'], { environment: { HTTPS_PROXY: 'http://corp:1', NO_PROXY: 'a' } });
      if (!runsBare && covers !== 'tool-output')
        expect(environment).toMatchObject({ NO_PROXY: 'a,127.0.0.1,localhost', no_proxy: 'a,127.0.0.1,localhost' });
    },
  );

  test('is called by one name alone', () => {
    expect(new Set(wrappers.map(({ name }) => name)).size).toBe(wrappers.length);
  });
});

describe('Copilot CLI', () => {
  test('with a provider of the user is led there by its variable', () => {
    const environment = { COPILOT_PROVIDER_BASE_URL: 'https://own.example/v1/' };
    expect(planFor(copilot, ['-p', 'x'], { environment })).toMatchObject({
      ...{ args: ['-p', 'x'], upstream: 'https://own.example', notes: [], refusesUpgrades: true },
      environment: { COPILOT_PROVIDER_BASE_URL: `${proxyAddress}/v1` },
    });
  });

  test('with a subscription by that of the API, and what is lost is said', () => {
    expect(planFor(copilot, [])).toMatchObject({
      upstream: 'https://api.githubcopilot.com',
      environment: { COPILOT_API_URL: proxyAddress },
      notes: ['its built-in GitHub MCP server is not available in this session'],
    });
  });

  test.each<[Record<string, string>, string[], RegExp]>([
    [{ COPILOT_PROVIDER_BASE_URL: 'https://a', COPILOT_PROVIDER_TYPE: 'azure' }, [], /Azure/],
    [{ COPILOT_PROVIDER_BASE_URL: 'https://a', COPILOT_PROVIDER_TRANSPORT: 'websockets' }, [], /WebSocket/],
    [{ COPILOT_API_URL: 'here' }, [], /no plain URL: here/],
    [{}, ['--connect=x'], /remote session/],
  ])('%j %j runs without us', (environment, words, reason) => {
    expect(planFor(copilot, words, { environment })).toMatchObject(bare(reason));
  });

  test('takes our tools for one launch', () => {
    const made = planFor(copilot, ['-p', 'x'], { toolServer });
    expect(made.args).toEqual(['--additional-mcp-config', '@/private/copilot-mcp.json', '-p', 'x']);
    expect(fileOf(made)).toEqual({
      mcpServers: { headroom: { type: 'local', command: '/node', args: ['cli.js', 'mcp'], env: { A: '1' }, tools: ['*'] } },
    });
  });
});

describe('pi', () => {
  test('gets an extension that leads each provider, its own ones too', () => {
    const files = {
      '/home/me/.pi/agent/models.json': {
        providers: { lab: { baseUrl: 'https://lab.example/v1', models: [] }, anthropic: { baseUrl: 'https://own.example' } },
      },
    };
    const made = planFor(pi, ['-p', 'x'], { files });
    expect(made.args).toEqual(['-e', '/private/pi-extension.mjs', '-p', 'x']);
    expect(made.files[0]?.text).toContain(`  pi.registerProvider("lab", { baseUrl: "${ours('lab', '/v1')}" });\n`);
    expect(made.files[0]?.text).toMatch(/^export default \(pi\) => \{\n/);
    expect(made.upstreams).toMatchObject({
      lab: 'https://lab.example',
      anthropic: 'https://own.example',
      openai: 'https://api.openai.com',
    });
  });

  test('says which providers are not covered', () => {
    expect(planFor(pi, ['--model', 'github-copilot/gpt-5']).notes).toHaveLength(1);
    expect(planFor(pi, ['--provider', 'openai-codex']).notes).toHaveLength(1);
    expect(planFor(pi, ['--model', 'sonnet:high']).notes).toEqual([]);
  });

  test.each(['install', 'list'])('%s asks no model', (word) => {
    expect(planFor(pi, [word])).toMatchObject({ runsBare: true, callsModel: false, args: [word] });
  });
});

describe('Continue', () => {
  const config = '/home/me/.continue/config.yaml';
  const text = [
    ...[
      'name: Mine # yes',
      'models:',
      '  - name: Claude',
      '    provider: anthropic',
      '    model: m',
      '',
      '    # its own',
      '  - provider: openai',
      '    name: GPT',
    ],
    ...[
      '    apiBase: "https://own.example/v1/" # mine',
      '    defaultCompletionOptions:',
      '      apiBase: no field of the model',
      '  - uses: hub/model',
    ],
    ...['rules:', '  - Be kind', ''],
  ].join('\n');

  test('takes a copy of its configuration with our addresses, in which nothing else differs', () => {
    const made = planFor(cn, ['-p', 'hi'], { files: { [config]: text } });
    expect(made.args).toEqual(['--config', '/private/continue-config.yaml', '-p', 'hi']);
    const [file] = made.files;
    const added = file?.text.split('\n').filter((line) => line.includes(proxyAddress));
    expect(added).toEqual([`    apiBase: ${ours('model-2', '/v1')}/`, `    apiBase: ${ours('model-7', '/v1')}/`]);
    const rest = file?.text
      .split('\n')
      .filter((line) => !line.includes(proxyAddress))
      .join('\n');
    expect(rest).toBe(text.replace('    apiBase: "https://own.example/v1/" # mine\n', ''));
    expect(made.upstreams).toEqual({ 'model-2': 'https://api.anthropic.com', 'model-7': 'https://own.example' });
    expect(made.notes).toEqual(['some models of its configuration are not covered: their requests do not pass through the proxy']);
  });

  test('also of the file that the user names, and of an item that begins with its address', () => {
    const files = { '/repo/sub/other.yaml': "models:\n- apiBase: 'https://a.example'\n  provider: openai\n" };
    const made = planFor(cn, ['--config=other.yaml', 'hi'], { files });
    expect(made.args).toEqual(['--config', '/private/continue-config.yaml', 'hi']);
    expect(made.files[0]?.text).toBe(`models:\n- apiBase: ${ours('model-1')}/\n  provider: openai\n`);
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ['the hub', {}, /comes from the hub/],
    ['models of the hub', { [config]: 'models:\n  - uses: a/b\n' }, /none of the models/],
    ['a list in one line', { [config]: 'models: [{provider: openai}]\n' }, /none of the models/],
  ])('with %s runs without us', (_, files, reason) => {
    expect(planFor(cn, ['hi'], { files })).toMatchObject(bare(reason));
  });

  test.each([
    ['models:\n  - provider: anthropic\n', '    apiBase: URL\n\nmcpServers:\n  - name: "headroom"\n    command: "/node"\n'],
    [
      'mcpServers: # mine\n# these\n- name: lab\nmodels:\n  - provider: anthropic\n',
      '\nmcpServers: # mine\n- name: "headroom"\n  command: "/node"\n',
    ],
  ])('has our tools beside its own servers: %j', (text, expected) => {
    const made = planFor(cn, ['hi'], { files: { [config]: text }, toolServer });
    const out = `\n${made.files[0]?.text.replace(/http:\S+/, 'URL')}`;
    expect(out).toContain(expected);
    expect(out).toMatch(/\n *args: \["cli.js","mcp"\]\n *env: \{"A":"1"\}\n/);
    expect(made.notes).toEqual([]);
  });

  test('has none of them where its servers are written otherwise, and says so', () => {
    const made = planFor(cn, ['hi'], { files: { [config]: 'models:\n  - provider: anthropic\nmcpServers: []\n' }, toolServer });
    expect(made.files[0]?.text).not.toContain('headroom');
    expect(made.notes).toEqual([expect.stringContaining('--mcp does nothing here')]);
  });
});

describe('Crush', () => {
  const own = '/home/me/.config/crush/crush.json';

  test('takes its global settings from a private folder, with our addresses', () => {
    const settings = { options: { debug: true }, providers: { lab: { base_url: 'https://lab.example/v1', api_key: '$LAB' } } };
    const made = planFor(crush, ['run', 'hi'], { files: { [own]: settings }, environment: { ANTHROPIC_API_KEY: 'k' }, toolServer });
    expect(made.environment.CRUSH_GLOBAL_CONFIG).toBe('/private/crush-config');
    expect(fileOf(made)).toEqual({
      options: { debug: true },
      providers: { lab: { base_url: ours('lab', '/v1'), api_key: '$LAB' }, anthropic: { base_url: ours('anthropic') } },
      mcp: { headroom: { type: 'stdio', command: '/node', args: ['cli.js', 'mcp'], env: { A: '1' } } },
    });
    expect(made.upstreams).toEqual({ lab: 'https://lab.example', anthropic: 'https://api.anthropic.com' });
  });

  test.each<[string, Record<string, string | object>, RegExp]>([
    ['a script', { '/home/me/.config/crush/crushrc': 'provider add x' }, /crushrc/],
    ['settings that are none', { [own]: '{' }, /cannot be read/],
    ['addresses of the project', { '/repo/.crush.json': { providers: { a: { base_url: 'https://a' } } } }, /the project's settings/],
  ])('with %s runs without us', (_, files, reason) => {
    expect(planFor(crush, ['hi'], { files })).toMatchObject(bare(reason));
  });
});

describe('goose', () => {
  const config = { '/home/me/.config/goose/config.yaml': 'GOOSE_PROVIDER: "anthropic"\nANTHROPIC_HOST: https://file.example # mine\n' };

  test('is led by the variables of its hosts, over its file', () => {
    const made = planFor(goose, ['session'], { files: config, environment: { OPENAI_HOST: 'https://own.example/' } });
    expect(made.environment).toMatchObject({ ANTHROPIC_HOST: ours('anthropic'), OPENAI_HOST: ours('openai') });
    expect(made.upstreams).toMatchObject({
      anthropic: 'https://file.example',
      openai: 'https://own.example',
      google: 'https://generativelanguage.googleapis.com',
    });
    expect(made.notes).toEqual([]);
  });

  test('says that another provider is not covered', () => {
    expect(planFor(goose, [], { files: config, environment: { GOOSE_PROVIDER: 'databricks' } }).notes).toEqual([
      'models of databricks are not covered: their requests do not pass through the proxy',
    ]);
  });
});
