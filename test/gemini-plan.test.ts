/** The wrapper of Gemini CLI as a pure function: words, environment and settings files in, a plan out. */
import { describe, expect, test } from 'vitest';
import { gemini } from '../wrappers/gemini.ts';
import { fileOf, type Given, planFor, proxyAddress, toolServer } from './helpers/plans.ts';

const plan = (args: readonly string[], given: Given = {}) => planFor(gemini, args, given);
const userFile = '/home/me/.gemini/settings.json';
const selected = (selectedType: string) => ({ [userFile]: { security: { auth: { selectedType } } } });

test('every way to sign in has its own address', () => {
  const made = plan(['-p', 'x'], { files: selected('gemini-api-key'), environment: { GEMINI_API_KEY: 'k' } });
  expect(made).toMatchObject({
    ...{ args: ['-p', 'x'], files: [], notes: [], runsBare: false, callsModel: true },
    environment: { GOOGLE_GEMINI_BASE_URL: `${proxyAddress}/@gemini`, CODE_ASSIST_ENDPOINT: `${proxyAddress}/@codeassist` },
    upstreams: { gemini: 'https://generativelanguage.googleapis.com', codeassist: 'https://cloudcode-pa.googleapis.com' },
  });
  expect(made.environment).not.toHaveProperty('GOOGLE_VERTEX_BASE_URL');
});

test("the user's own addresses become the upstreams, also from a .env file, and the process environment counts more", () => {
  const files = {
    ...selected('gateway'),
    '/repo/.gemini/.env': 'GOOGLE_GEMINI_BASE_URL="https://gw.example/llm"\nCODE_ASSIST_ENDPOINT=https://a\n',
    '/repo/.env': 'X=1',
  };
  const environment = { CODE_ASSIST_ENDPOINT: 'https://b.example' };
  expect(plan([], { files, environment }).upstreams).toEqual({ gemini: 'https://gw.example/llm', codeassist: 'https://b.example' });
});

describe('with a key in the environment and no way chosen', () => {
  const environment = { GEMINI_API_KEY: 'k' };
  const defaults = '/etc/gemini-cli/system-defaults.json';

  test('it is told the way that it would have taken, below all its settings and over those of the machine', () => {
    const made = plan([], { environment, files: { [defaults]: { theme: 'x', security: { folderTrust: {} } } } });
    expect(made.environment.GEMINI_CLI_SYSTEM_DEFAULTS_PATH).toBe('/private/gemini-defaults.json');
    expect(fileOf(made)).toEqual({ theme: 'x', security: { folderTrust: {}, auth: { selectedType: 'gemini-api-key' } } });
  });

  test('and nothing where its settings say it, or a gateway is set', () => {
    expect(plan([], { environment, files: selected('oauth-personal') }).files).toEqual([]);
    expect(plan([], { environment: { ...environment, GOOGLE_GEMINI_BASE_URL: 'https://gw' } }).files).toEqual([]);
  });
});

test('who has not signed in at all is asked, as without us', () => {
  const made = plan([]);
  expect(made.environment).not.toHaveProperty('GOOGLE_GEMINI_BASE_URL');
  expect(made.environment).toHaveProperty('CODE_ASSIST_ENDPOINT');
});

test.each([
  [{ GOOGLE_CLOUD_LOCATION: 'global' }, 'https://aiplatform.googleapis.com'],
  [{ GOOGLE_CLOUD_LOCATION: 'eu' }, 'https://aiplatform.eu.rep.googleapis.com'],
  [{ GOOGLE_CLOUD_LOCATION: 'us-east5' }, 'https://us-east5-aiplatform.googleapis.com'],
  [{ GOOGLE_API_KEY: 'k' }, 'https://aiplatform.googleapis.com'],
  [{ GOOGLE_VERTEX_BASE_URL: 'https://own.example' }, 'https://own.example'],
  [{}, undefined],
] as [Record<string, string>, string | undefined][])('Vertex with %j is at %s', (environment, address) => {
  const made = plan([], { environment: { ...environment, GOOGLE_GENAI_USE_VERTEXAI: 'true' } });
  expect(made.upstreams?.vertex).toBe(address);
  expect(made.environment.GOOGLE_VERTEX_BASE_URL).toBe(address && `${proxyAddress}/@vertex`);
});

test('our tools are there for one launch', () => {
  expect(fileOf(plan([], { toolServer, files: selected('gemini-api-key') }))).toEqual({
    mcpServers: { headroom: { command: '/node', args: ['cli.js', 'mcp'], env: { A: '1' }, trust: true } },
  });
});

test('an address that is none leaves the launch alone', () => {
  const made = plan([], { files: selected('gateway'), environment: { GOOGLE_GEMINI_BASE_URL: 'here' } });
  expect(made).toMatchObject({ runsBare: true, environment: {}, notes: [expect.stringContaining('gemini is no plain URL: here')] });
});

test.each([['mcp', 'list'], ['--version'], ['extensions', 'list'], ['--list-sessions']])('gemini %s asks no model', (...words) => {
  expect(plan(words)).toMatchObject({ args: words, environment: {}, files: [], callsModel: false, runsBare: true });
});

test('on Windows and macOS its files lie elsewhere', () => {
  const place = { environment: {}, homeFolder: 'C:\\Users\\me', workingFolder: 'C:\\repo', projectFolder: 'C:\\repo', args: [] };
  expect(gemini.readsFiles({ ...place, platform: 'win32' })).toContain('C:\\ProgramData\\gemini-cli\\system-defaults.json');
  const mac = { ...place, homeFolder: '/Users/me', workingFolder: '/repo', projectFolder: '/repo' };
  expect(gemini.readsFiles({ ...mac, platform: 'darwin' })).toContain('/Library/Application Support/GeminiCli/settings.json');
});
