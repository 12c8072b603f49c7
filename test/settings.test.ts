/** Settings: a file of the user's below the environment and the command line, shown and changed by `headroom config`. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { resolveWrapSettings, wrapOptions } from '../src/config.ts';
import { startUpstream, type Upstream } from '../src/demo/upstream.ts';
import { Failure } from '../src/errors.ts';
import { createMachine, type Machine } from './helpers/launches.ts';

let machine: Machine;
let file: string;
beforeEach(() => {
  machine = createMachine();
  file = join(machine.home, '.config', 'headroom', 'config.json');
});
afterEach(() => machine.remove());

const config = (words: readonly string[], extra: Record<string, string> = {}) => machine.run(['config', ...words], extra);
const write = (text: string) => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, text);
};
const read = () => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
const ok = { code: 0, stderr: '' };

describe('the values in force', () => {
  const path = '/c/config.json';
  const values = { profile: 'lossless', upstream: ['http://f', 'openai=http://g'], 'no-pty': true, quiet: 'yes', ephemeral: false };
  const kept = { profile: 'lossless', upstream: 'http://f', upstreams: { openai: 'http://g' }, usePty: false, isQuiet: true };

  test('come from the file where nothing else says otherwise', () => {
    expect(resolveWrapSettings({ pty: true }, { HEADROOM_QUIET: '' }, { path, values })).toMatchObject(kept);
    expect(resolveWrapSettings({}, {}, { path, values: { upstream: 'http://f openai=http://g' } })).toMatchObject({
      upstream: 'http://f',
      upstreams: { openai: 'http://g' },
    });
  });

  test('come from variables over the file, switched off as well as on, and from options over both', () => {
    const environment = { HEADROOM_QUIET: '0', HEADROOM_NO_PTY: 'no', HEADROOM_UPSTREAM: 'http://e', HEADROOM_EPHEMERAL: '1' };
    const over = { profile: 'lossless', upstream: 'http://e', upstreams: {}, usePty: true, isQuiet: false, isEphemeral: true };
    expect(resolveWrapSettings({ pty: true }, environment, { path, values })).toMatchObject(over);
    const flags = { pty: false, cold: false, quiet: true, profile: 'standard', upstream: ['http://x'] };
    expect(resolveWrapSettings(flags, environment, { path, values })).toMatchObject({
      ...{ profile: 'standard', upstream: 'http://x', rewritesCold: false, usePty: false, isQuiet: true },
    });
  });

  test('say what a model costs', () => {
    const price = 'my-*=input:3,output:15 other=input:2,output:8.5,read:0.2,write:2.5,write1h:4';
    expect(resolveWrapSettings({}, {}, { path, values: { price } }).prices).toEqual({
      'my-*': { fresh: 3, cacheWrite5m: 3, cacheWrite1h: 3, cacheRead: 3, output: 15 },
      other: { fresh: 2, cacheWrite5m: 2.5, cacheWrite1h: 4, cacheRead: 0.2, output: 8.5 },
    });
  });

  test('never come from the file for what belongs to one launch', () => {
    const one = { off: true, observe: true, explain: 'e', 'receipt-json': 'r' };
    expect(resolveWrapSettings({}, {}, { path, values: one })).toEqual(resolveWrapSettings({}, {}));
  });

  test.each([
    [{ profile: 'zip' }, '/c/config.json: profile: there is no profile `zip`'],
    [{ profile: null }, '/c/config.json: profile: there is no profile `null`'],
    [{ quiet: 'maybe' }, '/c/config.json: quiet: `maybe` is neither yes nor no'],
    [{ 'no-pty': [] }, '/c/config.json: no-pty: `[]` is neither yes nor no'],
    [{ upstream: ['http://x', 7] }, '/c/config.json: upstream: `7` is not an http or https URL'],
    [{ upstream: { a: 1 } }, '/c/config.json: upstream: `{"a":1}` is not an http or https URL'],
    [{ price: 'my-model' }, '/c/config.json: price: `my-model` is no price list'],
    [{ price: ['m=input:3'] }, '/c/config.json: price: `m=input:3` is no price list'],
    [{ price: 'm=input:3,output:free' }, '/c/config.json: price: `m=input:3,output:free` is no price list'],
    [{ price: 7 }, '/c/config.json: price: `7` is no price list'],
    [{ upstream: 'mistral=http://x' }, '/c/config.json: upstream: there is no API `mistral`'],
  ])('are refused by file and key where they make no sense: %j', (values, message) => {
    const resolve = () => resolveWrapSettings({}, {}, { path, values });
    expect(resolve).toThrow(Failure);
    expect(resolve).toThrow(message);
  });
});

describe('config', () => {
  test('lists each setting, its value and where it came from, and makes nothing', async () => {
    const { code, stdout, stderr } = await config([], { HEADROOM_QUIET: '1' });
    expect({ code, stderr }).toEqual(ok);
    const expected = [
      ...['profile    standard  default', 'upstream   (none)    default', 'no-cold    false     default', 'no-pty     false     default'],
      ...['quiet      true      HEADROOM_QUIET', 'ephemeral  false     default', 'price      (none)    default', '', `file: ${file}`, ''],
    ];
    expect(stdout.split('\n')).toEqual(expected);
    expect(readdirSync(machine.home)).toEqual([]);
    const kept = Object.values(wrapOptions).filter((option) => 'isKept' in option);
    expect(kept.every(({ flag }) => stdout.includes(flag.slice(2).split(' ')[0] ?? ''))).toBe(true);
  });

  test('sets, gets and takes away, in a file that is the user’s alone', async () => {
    expect(await config(['set', 'upstream', 'https://a.example', 'openai=http://b'])).toMatchObject(ok);
    expect(await config(['set', 'quiet', 'ON'])).toMatchObject({ ...ok, stdout: 'quiet: true\n' });
    expect(read()).toEqual({ upstream: ['https://a.example', 'openai=http://b'], quiet: true });
    expect([file, dirname(file)].map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o700]);
    expect(await config(['get', 'upstream'])).toMatchObject({ ...ok, stdout: 'https://a.example\nopenai=http://b\n' });
    expect(await config(['unset', 'upstream'])).toMatchObject({ ...ok, stdout: 'upstream: (none)\n' });
    expect(read()).toEqual({ quiet: true });
    expect(readdirSync(dirname(file))).toEqual(['config.json']);
  });

  test('speaks JSON', async () => {
    write('{"upstream":"http://a openai=http://b"}');
    const { stdout } = await config(['--json'], { HEADROOM_PROFILE: 'lossless' });
    const all = JSON.parse(stdout) as { file: string; settings: unknown[] };
    expect(all.file).toBe(file);
    expect(all.settings.slice(0, 3)).toEqual([
      { key: 'profile', value: 'lossless', source: 'environment', variable: 'HEADROOM_PROFILE' },
      { key: 'upstream', value: ['http://a', 'openai=http://b'], source: 'file' },
      { key: 'no-cold', value: false, source: 'default' },
    ]);
    expect(JSON.parse((await config(['path', '--json'])).stdout)).toEqual({ file });
    expect(JSON.parse((await config(['set', 'profile', 'standard', '--json'])).stdout)).toMatchObject({
      value: 'standard',
      source: 'file',
    });
  });

  test('says so where a variable wins over what was set', async () => {
    const { stdout, stderr } = await config(['set', 'quiet', 'true'], { HEADROOM_QUIET: '0' });
    expect({ stdout, stderr }).toEqual({ stdout: 'quiet: false\n', stderr: 'headroom: HEADROOM_QUIET is set and wins over the file\n' });
  });

  test.each([
    [['set', 'profile', 'zip'], 'profile: there is no profile `zip`', 'Profiles: lossless, standard.'],
    [['set', 'quiet', 'maybe'], 'quiet: `maybe` is neither yes nor no', 'It is true or false.'],
    [['set', 'upstream', 'x'], 'upstream: `x` is not an http or https URL', 'headroom config set upstream https://api.anthropic.com'],
    [['set', 'quiet'], 'quiet: which value?', 'Example: headroom config set quiet true'],
    [['set', 'profile', ''], 'profile: which value?', 'Example: headroom config set profile lossless'],
    [['set', 'quiet', 'yes', 'no'], 'quiet takes one value', 'Example: headroom config set quiet true'],
    [['set'], 'config set: which setting?', 'Settings: profile, upstream, no-cold, no-pty, quiet, ephemeral, price.'],
    [['get', 'nope'], '`nope` is no setting', 'Settings: profile, upstream, no-cold, no-pty, quiet, ephemeral, price.'],
    [['set', 'explain', 'x'], '`explain` is for one launch', 'Settings: profile, upstream, no-cold, no-pty, quiet, ephemeral, price.'],
    [['unset', '__proto__'], '`__proto__` is no setting', 'Settings: profile, upstream, no-cold, no-pty, quiet, ephemeral, price.'],
    [['frob'], 'There is no `config frob`', 'Actions: get, set, unset, path.'],
  ])('refuses a mistake, with a way out: %j', async (words, message, hint) => {
    const { code, stdout, stderr } = await config(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(`headroom: ${message}\n${hint.startsWith('headroom') ? `Example: ${hint}` : hint}\n`);
    expect(existsSync(file)).toBe(false);
  });

  test('mends a file with a bad value, and leaves what it does not know until told', async () => {
    write('{"profile":"zip","later":{"a":1},"q":2}');
    expect((await config([])).stderr).toContain(`${file}: profile: there is no profile \`zip\``);
    expect(await config(['set', 'profile', 'lossless'])).toMatchObject(ok);
    expect(read()).toEqual({ profile: 'lossless', later: { a: 1 }, q: 2 });
    expect((await config([])).stderr).toContain(`headroom: ${file}: \`q\` is no setting; it does nothing here\n`);
    expect(await config(['unset', 'q'])).toMatchObject(ok);
    expect(read()).toEqual({ profile: 'lossless', later: { a: 1 } });
  });

  test('says where it cannot write', async () => {
    machine.write('home/.config', 'a file');
    const { code, stderr } = await config(['set', 'quiet', 'true']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^headroom: Cannot write .*config\.json: (?:ENOTDIR|EEXIST)[^\n]*\nNothing was changed\.\n$/);
  });
});

describe('a launch', () => {
  let upstream: Upstream;
  beforeEach(async () => {
    upstream = await startUpstream({ script: { steps: [{ text: 'All done.' }] } });
  });
  afterEach(() => upstream.close());
  const wrap = (extra: Record<string, string> = {}) => machine.run(['wrap', 'claude'], { STAND_IN: 'ask', ...extra });

  test('follows the file and leaves every byte of it', async () => {
    const text = `\uFEFF{ "quiet" : true,\n  "upstream": "${upstream.url}" }\n`;
    write(text);
    const before = machine.homeState();
    expect(await wrap()).toMatchObject({ ...ok, stdout: 'All done.\n' });
    expect(upstream.requests.length).toBeGreaterThan(0);
    expect((await wrap({ HEADROOM_QUIET: '0' })).stderr).toMatch(/^headroom \d/m);
    expect(machine.homeState()).toEqual(before);
  });

  test('is not started on a value that makes no sense', async () => {
    write('{"profile":"zip"}');
    const { code, stderr } = await wrap();
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `headroom: ${file}: profile: there is no profile \`zip\`\nProfiles: lossless, standard.\n`,
    });
    expect(machine.hasReport()).toBe(false);
  });

  test.each(['{"quiet": tru', '[true]', '"x"'])('goes on without a damaged file, moves it aside and says so: %s', async (text) => {
    write(text);
    mkdirSync(`${file}.corrupt-1`);
    const { code, stdout, stderr } = await wrap({ ANTHROPIC_BASE_URL: upstream.url });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'All done.\n' });
    expect(stderr.split('\n')[0]).toBe(`headroom: ${file} was damaged: it is now config.json.corrupt-2, and defaults count`);
    expect(readFileSync(`${file}.corrupt-2`, 'utf8')).toBe(text);
    expect(existsSync(file)).toBe(false);
  });

  test('takes an empty file for an empty one', async () => {
    write(' \n');
    expect((await wrap({ ANTHROPIC_BASE_URL: upstream.url })).stderr).not.toContain('damaged');
    expect(readFileSync(file, 'utf8')).toBe(' \n');
  });

  test('names a key that does nothing, unless asked for quiet', async () => {
    write('{"observe":true}');
    const settings = { ANTHROPIC_BASE_URL: upstream.url };
    expect((await wrap(settings)).stderr).toContain(`headroom: ${file}: \`observe\` is for one launch; it does nothing here\n`);
    expect((await wrap({ ...settings, HEADROOM_QUIET: '1' })).stderr).toBe('');
  });

  test('loads the package that reads the file only where there is one', async () => {
    const chunk = readdirSync(inject('dist')).filter(
      (name) => name.endsWith('.js') && readFileSync(join(inject('dist'), name), 'utf8').includes('node_modules/conf/dist/'),
    );
    expect(chunk.length).toBe(1);
    const loads = async () => {
      const trace = machine.write('trace.mjs', tracer);
      const { stderr } = await wrap({ ANTHROPIC_BASE_URL: upstream.url, NODE_OPTIONS: `--import "${trace}"` });
      return stderr.includes(`loaded ${chunk[0]}`);
    };
    expect(await loads()).toBe(false);
    write('{}');
    expect(await loads()).toBe(true);
  });
});

/** Says on stderr which of our files load. */
const tracer = `
import { register } from 'node:module';
register('data:text/javascript,' + encodeURIComponent(\`
  import { writeSync } from 'node:fs';
  export const load = (url, context, next) => { writeSync(2, 'loaded ' + url.split('/').at(-1) + '\\\\n'); return next(url, context); };
\`));
`;
