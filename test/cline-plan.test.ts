/** The wrapper of Cline as a pure function: words, environment and its file of providers in, a plan out. */
import { describe, expect, test } from 'vitest';
import { cline } from '../wrappers/cline.ts';
import { fileOf, planFor, proxyAddress, toolServer } from './helpers/plans.ts';

const path = '/home/me/.cline/data/settings/providers.json';
const ours = (name: string, tail = '') => `${proxyAddress}/@${name}${tail}`;
const entry = (settings: object, more: object = {}) => ({
  settings,
  updatedAt: '2026-01-02T03:04:05.000Z',
  tokenSource: 'manual',
  ...more,
});
const own = {
  version: 1,
  lastUsedProvider: 'openai-compatible',
  modes: {},
  providers: {
    'openai-compatible': entry({ provider: 'openai-compatible', apiKey: 'k', model: 'm', baseUrl: 'https://own.example/api/v1' }),
    anthropic: entry({ provider: 'anthropic', apiKey: 'k', baseUrl: 'https://api.anthropic.com/' }),
    cline: entry({ provider: 'cline', auth: { accessToken: 'a', refreshToken: 'r' } }, { tokenSource: 'oauth' }),
    bedrock: entry({ provider: 'bedrock', aws: { region: 'eu' } }),
  },
};

describe('Cline', () => {
  test('works in its own process on a copy of its providers that has our address and no account', () => {
    const plan = planFor(cline, ['-m', 'm', 'hi'], { files: { [path]: own } });
    expect(plan).toMatchObject({
      ...{ args: ['-m', 'm', 'hi'], runsBare: false, callsModel: true, notes: [] },
      environment: {
        CLINE_PROVIDER_SETTINGS_PATH: '/private/cline-providers.json',
        CLINE_SESSION_BACKEND_MODE: 'local',
        CLINE_LOG_PATH: '/private/cline.log',
      },
      upstreams: { 'openai-compatible': 'https://own.example/api', anthropic: 'https://api.anthropic.com' },
    });
    const { 'openai-compatible': compatible, anthropic, bedrock } = own.providers;
    expect(fileOf(plan)).toEqual({
      ...own,
      providers: {
        'openai-compatible': { ...compatible, settings: { ...compatible.settings, baseUrl: ours('openai-compatible', '/v1') } },
        anthropic: { ...anthropic, settings: { ...anthropic.settings, baseUrl: ours('anthropic', '/v1') } },
        bedrock,
      },
    });
  });

  test.each([[['-P', 'xai', 'hi']], [['--provider=xai', 'hi']]])('%j is led where the file has none of it', (words) => {
    const plan = planFor(cline, words);
    expect(plan).toMatchObject({ runsBare: false, upstreams: { xai: 'https://api.x.ai' } });
    expect(fileOf(plan)).toMatchObject({
      lastUsedProvider: 'xai',
      providers: { xai: { settings: { provider: 'xai', baseUrl: ours('xai', '/v1') } } },
    });
  });

  test.each<[string[], Record<string, string>, string]>([
    [['--config', '/c'], {}, '/c/data/settings/providers.json'],
    [[], { CLINE_DIR: '/d' }, '/d/data/settings/providers.json'],
    [[], { CLINE_DATA_DIR: 'e' }, '/repo/sub/e/settings/providers.json'],
    [[], { CLINE_PROVIDER_SETTINGS_PATH: '/f.json', CLINE_DATA_DIR: '/e' }, '/f.json'],
  ])('%j %j: its file is where it looks itself', (words, environment, file) => {
    expect(planFor(cline, [...words, 'hi'], { environment, files: { [file]: own } })).toMatchObject({ runsBare: false });
    expect(planFor(cline, [...words, 'hi'], { environment, files: { [path]: own } })).toMatchObject({ runsBare: true });
  });

  test.each<[string[], Record<string, string>, RegExp]>([
    [['-P', 'cline', 'hi'], {}, /its provider cline is not covered/],
    [['-P', 'bedrock', 'hi'], {}, /its provider bedrock is not covered/],
    [['--zen', 'hi'], {}, /its hub/],
    [['dashboard'], {}, /its hub/],
    [['hi'], { CLINE_SESSION_BACKEND_MODE: 'hub' }, /CLINE_SESSION_BACKEND_MODE/],
    [['--data-dir', '/x', 'hi'], {}, /--data-dir/],
    [['hi'], { CLINE_SANDBOX: '1' }, /--data-dir/],
  ])('%j %j runs without us, and it is said why', (words, environment, reason) => {
    const plan = planFor(cline, words, { environment, files: { [path]: own } });
    expect(plan).toMatchObject({ runsBare: true, environment: {}, files: [], callsModel: true, notes: [expect.stringMatching(reason)] });
  });

  test('with no file and no provider named it has its account alone', () => {
    expect(planFor(cline, ['hi'])).toMatchObject({ runsBare: true, notes: [expect.stringContaining('provider cline')] });
  });

  test.each([['auth'], ['config'], ['history'], ['mcp']])('%s asks no model', (word) => {
    expect(planFor(cline, [word])).toMatchObject({ runsBare: true, callsModel: false, notes: [] });
  });

  test('has our tools beside its own, from a private file', () => {
    const servers = '/home/me/.cline/data/settings/cline_mcp_settings.json';
    const lab = { transport: { type: 'stdio', command: 'lab' } };
    const files = { [path]: own, [servers]: { mcpServers: { lab } } };
    const plan = planFor(cline, ['hi'], { files, toolServer });
    expect(plan.environment).toMatchObject({ CLINE_MCP_SETTINGS_PATH: '/private/cline-mcp.json' });
    const headroom = { transport: { type: 'stdio', command: '/node', args: ['cli.js', 'mcp'], env: { A: '1' } } };
    expect(fileOf(plan, 1)).toEqual({ mcpServers: { lab, headroom } });
    expect(fileOf(planFor(cline, ['hi'], { files: { [path]: own }, toolServer }), 1)).toEqual({ mcpServers: { headroom } });
    expect(planFor(cline, ['hi'], { files }).files).toHaveLength(1);
  });

  test.each<[string | object, RegExp]>([
    [{ mcpServers: { far: { transport: { type: 'sse', url: 'https://x' }, oauth: { tokens: {} } } } }, /hold a login/],
    ['{ "mcpServers": ', /cannot be read/],
  ])('has none of them where its own are %j', (text, reason) => {
    const files = { [path]: own, '/m.json': text };
    const plan = planFor(cline, ['hi'], { files, toolServer, environment: { CLINE_MCP_SETTINGS_PATH: '/m.json' } });
    expect(plan).toMatchObject({ runsBare: false, notes: [expect.stringMatching(reason)] });
    expect(plan.environment).not.toHaveProperty('CLINE_MCP_SETTINGS_PATH');
  });
});
