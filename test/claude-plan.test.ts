/** The claude wrapper as a pure function: words, environment and settings files in, a plan out. */
import { describe, expect, test } from 'vitest';
import { base, gateway, plan, proxyAddress, written } from './helpers/claude-plan.ts';

describe('the settings file', () => {
  test('stands before the arguments of the user, which stay as they are', () => {
    const words = ['-p', 'do --settings', '--model', 'opus', '--', '--settings', 'x'];
    const made = plan(words);
    expect(made.args).toEqual(['--settings', '/private/claude-settings.json', ...words]);
    expect(made.files.map(({ name }) => name)).toEqual(['claude-settings.json']);
    expect(written(made)).toEqual({
      env: {
        ANTHROPIC_BASE_URL: proxyAddress,
        NO_PROXY: '127.0.0.1,localhost',
        no_proxy: '127.0.0.1,localhost',
        ENABLE_TOOL_SEARCH: 'true',
      },
    });
  });

  test('holds no key, no token and no header, and neither does the environment', () => {
    const made = plan([], { environment: { ANTHROPIC_API_KEY: 'sk-1', ANTHROPIC_AUTH_TOKEN: 't', ANTHROPIC_CUSTOM_HEADERS: 'x: y' } });
    expect(JSON.stringify([made.files, made.environment])).not.toMatch(/KEY|TOKEN|HEADERS|FIRST_PARTY/);
  });

  test.each([
    ['two words', ['--settings', '{"model":"opus","env":{"A":"1"}}', '-c']],
    ['one word', ['--settings={"model":"opus","env":{"A":"1"}}', '-c']],
    ['the last of several', ['--settings', '{"model":"haiku"}', '--settings={"model":"opus","env":{"A":"1"}}', '-c']],
  ])('takes in the JSON text of the user: %s', (_name, words) => {
    const made = plan(words);
    expect(made.args).toEqual(['--settings', '/private/claude-settings.json', '-c']);
    expect(written(made)).toMatchObject({ model: 'opus', env: { A: '1', ANTHROPIC_BASE_URL: proxyAddress } });
    expect(made.notes.join()).not.toContain('without the proxy');
  });

  test('leaves a file of the user where it is if nothing stands over the environment', () => {
    const made = plan(['--settings', 'mine.json', '-c'], { files: { '/repo/sub/mine.json': { model: 'opus' } } });
    expect(made).toMatchObject({ args: ['--settings', 'mine.json', '-c'], files: [], environment: { ANTHROPIC_BASE_URL: proxyAddress } });
  });

  test('takes in a file of the user where settings would stand over the environment', () => {
    const files = {
      '/repo/sub/mine.json': { model: 'opus', permissions: { deny: ['Read(/secret/**)'] } },
      '/home/me/.claude/settings.json': base(gateway),
    };
    const made = plan(['--settings', 'mine.json', '-c'], { files });
    expect(made.args).toEqual(['--settings', '/private/claude-settings.json', '-c']);
    expect(made.upstream).toBe(gateway);
    expect(written(made)).toMatchObject({ model: 'opus', permissions: { deny: ['Read(//repo/sub/secret/**)'] } });
  });

  test('takes in what can be read only once', () => {
    const made = plan(['--settings', '/dev/fd/63'], { files: { '/dev/fd/63': { model: 'opus' } } });
    expect(written(made)).toMatchObject({ model: 'opus' });
  });

  test('anchors the paths that mean something only beside the file they stood in', () => {
    const rules = ['Read(/a)', 'Edit(//b)', 'Write(~/c)', 'Read(d)', 'Bash(/bin/e *)', 'WebFetch(domain:f)', 'Grep'];
    const mine = {
      permissions: { allow: rules, additionalDirectories: ['../g'], defaultMode: 'plan' },
      sandbox: { enabled: true, filesystem: { allowWrite: ['./h', '/i', '~/j'] }, network: { x: 1 } },
      ...base('https://other.example'),
    };
    expect(written(plan(['--settings=../[mine]/x.json'], { files: { '/repo/[mine]/x.json': mine } }))).toMatchObject({
      permissions: {
        allow: ['Read(//repo/\\[mine\\]/a)', 'Edit(//b)', 'Write(~/c)', 'Read(d)', 'Bash(/bin/e *)', 'WebFetch(domain:f)', 'Grep'],
        additionalDirectories: ['../g'],
        defaultMode: 'plan',
      },
      sandbox: { enabled: true, filesystem: { allowWrite: ['/repo/[mine]/h', '/i', '~/j'] }, network: { x: 1 } },
    });
  });

  test('knows drives on Windows', () => {
    const folders = {
      platform: 'win32' as const,
      homeFolder: 'C:\\Users\\me',
      workingFolder: 'C:\\repo',
      projectFolder: 'C:\\repo',
      privateFolder: 'C:\\p',
    };
    const mine = { permissions: { deny: ['Read(/a)'] }, ...base(gateway) };
    const made = plan(['--settings', 'mine.json'], { ...folders, files: { 'C:\\repo\\mine.json': mine } });
    expect(written(made)).toMatchObject({ permissions: { deny: ['Read(//c/repo/a)'] } });
    expect(made.upstream).toBe(gateway);
  });

  test.each([
    ['missing', ['--settings', 'gone.json'], {}],
    ['no JSON', ['--settings', 'mine.json'], { '/repo/sub/mine.json': '{bad' }],
    ['bad text', ['--settings', '{bad}'], {}],
    ['no object for env', ['--settings', '{"env":null}'], {}],
  ])('leaves it to Claude to complain of a --settings that is wrong: %s', (_name, words, files) => {
    const made = plan(words, { files });
    expect(made).toMatchObject({ args: words, files: [], environment: {}, runsBare: true });
    expect(made.notes).toEqual([expect.stringContaining('--settings cannot be read')]);
  });

  test('takes an empty --settings for none, as Claude does', () => {
    expect(plan(['--settings', '', '-c']).args).toEqual(['--settings', '/private/claude-settings.json', '-c']);
  });
});

describe('originals', () => {
  const originalsFolder = '/home/me/.cache/headroom/originals';
  const rule = 'Read(//home/me/.cache/headroom/originals/**)';

  test('may be read without asking, beside what the user allows', () => {
    expect(written(plan([], { originalsFolder })).permissions).toEqual({ allow: [rule] });
    const own = { permissions: { allow: ['Bash(ls)'], deny: ['Edit'], defaultMode: 'plan' } };
    const made = plan(['--settings', JSON.stringify(own)], { originalsFolder });
    expect(written(made).permissions).toEqual({ allow: ['Bash(ls)', rule], deny: ['Edit'], defaultMode: 'plan' });
  });

  test('are allowed on the command line where the file of the user stays', () => {
    const files = { '/repo/sub/mine.json': { model: 'opus' } };
    const words = ['--settings', 'mine.json', '--allowedTools', 'Bash', 'Edit', '-c'];
    expect(plan(words, { files, originalsFolder })).toMatchObject({ args: [`--allowedTools=${rule}`, ...words], files: [] });
  });

  test('are allowed in a merged file where their path would be taken apart on the command line', () => {
    const files = { '/repo/sub/mine.json': { model: 'opus' } };
    const made = plan(['--settings', 'mine.json', '-c'], { files, originalsFolder: '/home/a (b), c/originals' });
    expect(made.args).toEqual(['--settings', '/private/claude-settings.json', '-c']);
    expect(written(made)).toMatchObject({ model: 'opus', permissions: { allow: ['Read(//home/a (b), c/originals/**)'] } });
  });

  test('have their path spelled as a pattern', () => {
    const folders = { platform: 'win32' as const, homeFolder: 'C:\\Users\\me', workingFolder: 'C:\\repo', projectFolder: 'C:\\repo' };
    expect(written(plan([], { ...folders, originalsFolder: 'C:\\Users\\me\\originals' })).permissions).toEqual({
      allow: ['Read(//c/Users/me/originals/**)'],
    });
    expect(written(plan([], { originalsFolder: '/home/[me]/o' })).permissions).toEqual({ allow: ['Read(//home/\\[me\\]/o/**)'] });
  });

  test('change nothing that Claude would not take', () => {
    for (const permissions of ['x', [], { allow: 'Bash' }]) {
      const made = plan(['--settings', JSON.stringify({ permissions })], { originalsFolder });
      expect(written(made).permissions).toEqual(permissions);
    }
  });

  test('are none of it where a launch keeps none, and where it runs bare', () => {
    expect(written(plan([]))).not.toHaveProperty('permissions');
    expect(plan(['mcp', 'list'], { originalsFolder })).toMatchObject({ args: ['mcp', 'list'], files: [] });
  });
});

describe('the upstream', () => {
  const user = '/home/me/.claude/settings.json';
  const project = '/repo/sub/.claude/settings.json';
  const localHere = '/repo/sub/.claude/settings.local.json';
  const localRoot = '/repo/.claude/settings.local.json';
  const layers = [
    ['process', 'https://process.example', undefined],
    ['global', 'https://global.example', '/home/me/.claude.json'],
    ['user', 'https://user.example', user],
    ['project', 'https://project.example', project],
    ['local beside the user', 'https://here.example', localHere],
    ['local at the root', 'https://root.example', localRoot],
  ] as const;

  test('is Anthropic where nobody says otherwise', () => {
    expect(plan([]).upstream).toBe('https://api.anthropic.com');
    expect(plan([], { environment: { ANTHROPIC_BASE_URL: ' ' } }).upstream).toBe('https://api.anthropic.com');
  });

  test.each(layers.map(([name], index) => [name, index] as const))("follows Claude's order of precedence: %s", (_name, strongest) => {
    const present = layers.slice(0, strongest + 1);
    const files = Object.fromEntries(present.flatMap(([, url, path]) => (path ? [[path, base(url)]] : [])));
    const made = plan([], { environment: { ANTHROPIC_BASE_URL: layers[0][1] }, files });
    expect(made.upstream).toBe(present.at(-1)?.[1]);
    expect(written(made).env.ANTHROPIC_BASE_URL).toBe(proxyAddress);
  });

  test('the command line stands over them all', () => {
    const made = plan(['--settings', JSON.stringify(base('https://flag.example'))], { files: { [localRoot]: base(gateway) } });
    expect(made.upstream).toBe('https://flag.example');
  });

  test('leaves out the sources that the user leaves out', () => {
    const files = {
      [user]: base('https://user.example'),
      [project]: base('https://project.example'),
      [localRoot]: base('https://root.example'),
    };
    expect(plan(['--setting-sources', 'user'], { files }).upstream).toBe('https://user.example');
    expect(plan(['--setting-sources=user,project'], { files }).upstream).toBe('https://project.example');
    expect(plan(['--restricted'], { files }).upstream).toBe('https://api.anthropic.com');
  });

  test('respects CLAUDE_CONFIG_DIR', () => {
    const files = {
      [user]: base(gateway),
      '/repo/cfg/settings.json': base('https://cfg.example'),
      '/repo/cfg/.claude.json': base('https://no.example'),
    };
    expect(plan([], { environment: { CLAUDE_CONFIG_DIR: '../cfg' }, files }).upstream).toBe('https://cfg.example');
  });

  test('comes from no file that Claude would not take', () => {
    for (const text of [
      '{"env":{"ANTHROPIC_BASE_URL":"https://bad.example"',
      '// c\n{}',
      '[]',
      '{"env":{"A":{},"ANTHROPIC_BASE_URL":"https://bad.example"}}',
    ]) {
      expect(plan([], { files: { [user]: text, '/home/me/.claude.json': base(gateway) } }).upstream).toBe(gateway);
    }
    expect(plan([], { files: { [user]: `\uFEFF${JSON.stringify(base(gateway, { N: 5, B: true }))}` } }).upstream).toBe(gateway);
  });

  test('that is no URL is left to Claude', () => {
    expect(plan([], { environment: { ANTHROPIC_BASE_URL: 'example' } })).toMatchObject({ runsBare: true, environment: {} });
  });
});

describe('the environment', () => {
  test('keeps tool search alive unless the user chose, anywhere', () => {
    expect(plan([]).environment.ENABLE_TOOL_SEARCH).toBe('true');
    expect(plan([], { environment: { ENABLE_TOOL_SEARCH: 'false' } }).environment).not.toHaveProperty('ENABLE_TOOL_SEARCH');
    const files = { '/home/me/.claude/settings.json': { env: { ENABLE_TOOL_SEARCH: 'auto:5' } } };
    expect(written(plan([], { files })).env).not.toHaveProperty('ENABLE_TOOL_SEARCH');
  });

  test("does not switch on for a gateway of the user's what Claude would leave off there", () => {
    const made = plan([], { environment: { ANTHROPIC_BASE_URL: gateway } });
    expect(made.environment).not.toHaveProperty('ENABLE_TOOL_SEARCH');
    expect(made.notes).toEqual([]);
  });

  test.each([
    [{}, '127.0.0.1,localhost', '127.0.0.1,localhost'],
    [{ NO_PROXY: 'corp, .inner' }, 'corp,.inner,127.0.0.1,localhost', 'corp,.inner,127.0.0.1,localhost'],
    [{ no_proxy: 'low', NO_PROXY: 'UP' }, 'UP,127.0.0.1,localhost', 'low,127.0.0.1,localhost'],
    [{ NO_PROXY: 'localhost' }, 'localhost,127.0.0.1', 'localhost,127.0.0.1'],
    [{ no_proxy: '*' }, '*', '*'],
  ])('extends NO_PROXY in both spellings: %j', (environment, upper, lower) => {
    expect(plan([], { environment }).environment).toMatchObject({ NO_PROXY: upper, no_proxy: lower });
    const files = { '/home/me/.claude/settings.json': { env: environment } };
    expect(written(plan([], { files })).env).toMatchObject({ NO_PROXY: upper, no_proxy: lower });
  });

  test('tells the proxy of the network as Claude would see it', () => {
    const files = { '/home/me/.claude/settings.json': { env: { HTTPS_PROXY: 'http://inner:1', NODE_EXTRA_CA_CERTS: '/ca.pem' } } };
    const made = plan([], { environment: { HTTPS_PROXY: 'http://outer:1', NO_PROXY: 'corp', OTHER: 'x' }, files });
    expect(made.network).toEqual({ HTTPS_PROXY: 'http://inner:1', NO_PROXY: 'corp', NODE_EXTRA_CA_CERTS: '/ca.pem' });
  });
});
