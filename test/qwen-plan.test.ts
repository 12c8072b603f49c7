/** The wrapper of Qwen Code as a pure function: words, environment and settings files in, a plan out. */
import { describe, expect, test } from 'vitest';
import { qwen } from '../wrappers/qwen.ts';
import { fileOf, type Given, planFor, proxyAddress, toolServer } from './helpers/plans.ts';

const plan = (args: readonly string[], given: Given = {}) => planFor(qwen, args, given);
const userFile = '/home/me/.qwen/settings.json';
const openai = { [userFile]: { security: { auth: { selectedType: 'openai' } } } };
const ours = (id = 'model-0', tail = '/v1') => `${proxyAddress}/@${id}${tail}`;

describe('the address', () => {
  test('goes into the variable of the way to sign in', () => {
    expect(plan(['hi'], { files: openai })).toMatchObject({
      ...{ args: ['hi'], files: [], notes: [], upstream: 'https://api.openai.com', runsBare: false },
      environment: { OPENAI_BASE_URL: ours() },
    });
    const made = plan(['--auth-type', 'anthropic'], { environment: { ANTHROPIC_BASE_URL: 'https://own.example/a' } });
    expect(made).toMatchObject({
      environment: { ANTHROPIC_BASE_URL: ours('model-0', '') },
      upstreams: { 'model-0': 'https://own.example/a' },
    });
    expect(made.environment).not.toHaveProperty('OPENAI_BASE_URL');
  });

  test('follows the command line, the variable, a .env file and settings, in this order', () => {
    const files = { ...openai, [userFile]: { security: { auth: { selectedType: 'openai', baseUrl: 'https://settings.example/v1' } } } };
    const env = { '/repo/.qwen/.env': 'OPENAI_BASE_URL=https://file.example/v1\n' };
    const environment = { OPENAI_BASE_URL: 'https://variable.example/v1' };
    expect(plan([], { files }).upstream).toBe('https://settings.example');
    expect(plan([], { files: { ...files, ...env } }).upstream).toBe('https://file.example');
    expect(plan([], { files: { ...files, ...env }, environment }).upstream).toBe('https://variable.example');
    const made = plan(['--openai-base-url', 'https://words.example/v1', '-y'], { files, environment });
    expect([made.upstream, made.args]).toEqual(['https://words.example', ['-y']]);
  });

  test('of single models is ours in settings above all others, and theirs an upstream of its own', () => {
    const models = [{ id: 'a', baseUrl: 'https://one.example/v1', envKey: 'K' }, { id: 'b' }, { id: 'c', baseUrl: 'https://two.example' }];
    const files = {
      [userFile]: { security: { auth: { selectedType: 'openai' } }, modelProviders: { openai: models, gemini: [{ id: 'g' }] } },
      '/etc/qwen-code/settings.json': { telemetry: { enabled: false } },
    };
    const made = plan([], { files });
    expect(made.environment.QWEN_CODE_SYSTEM_SETTINGS_PATH).toBe('/private/qwen-settings.json');
    expect(fileOf(made)).toEqual({
      telemetry: { enabled: false },
      modelProviders: {
        openai: [{ id: 'a', baseUrl: ours('model-1'), envKey: 'K' }, { id: 'b' }, { id: 'c', baseUrl: ours('model-2', '') }],
        gemini: [{ id: 'g' }],
      },
    });
    expect(made.upstreams).toMatchObject({ 'model-1': 'https://one.example', 'model-2': 'https://two.example' });
  });

  test('of DashScope is told as its proxy, so that it is spoken to as ever', () => {
    const environment = { OPENAI_BASE_URL: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1' };
    expect(plan([], { files: openai, environment }).environment).toMatchObject({
      OPENAI_BASE_URL: ours(),
      DASHSCOPE_PROXY_BASE_URL: ours(),
    });
  });
});

describe('launches that go without us', () => {
  test.each<[string, string[], Given, string]>([
    [
      'a provider that it treats in its own way',
      [],
      { files: openai, environment: { OPENAI_BASE_URL: 'https://api.deepseek.com/v1' } },
      'api.deepseek.com',
    ],
    ['a Qwen account', ['--auth-type=qwen-oauth'], {}, 'qwen-oauth is not covered'],
    ['Gemini', [], { environment: { GEMINI_API_KEY: 'k', GEMINI_MODEL: 'm' } }, 'gemini is not covered'],
    ['nobody signed in', [], {}, 'does not know yet how to sign in'],
    ['an address that is none', [], { files: openai, environment: { OPENAI_BASE_URL: 'here' } }, 'no plain URL: here'],
  ])('%s: it says so', (_, words, given, reason) => {
    expect(plan(words, given)).toMatchObject({ runsBare: true, args: words, environment: {}, files: [], callsModel: true });
    expect(plan(words, given).notes[0]).toContain(reason);
  });

  test.each([['mcp', 'list'], ['--version'], ['sessions']])('qwen %s asks no model', (...words) => {
    expect(plan(words)).toMatchObject({ args: words, notes: [], callsModel: false, runsBare: true });
  });
});

test('our tools are there for one launch', () => {
  const made = plan(['-y'], { files: openai, toolServer });
  expect(made.args).toEqual(['--mcp-config', '/private/qwen-mcp.json', '-y']);
  expect(fileOf(made)).toEqual({ mcpServers: { headroom: { command: '/node', args: ['cli.js', 'mcp'], env: { A: '1' } } } });
  expect(made.environment).not.toHaveProperty('QWEN_CODE_SYSTEM_SETTINGS_PATH');
});
