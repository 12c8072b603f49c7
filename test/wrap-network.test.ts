/** Where a launch looks and goes: corporate proxies, our own folders, the project's root, the agent's program. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { forgetLaunch, isLaunchAddress } from '../src/launch/nesting.ts';
import { chooseProxy } from '../src/launch/network.ts';
import { findProjectFolder } from '../src/launch/project-folder.ts';
import { findPlaces } from '../src/store/place.ts';

describe('the corporate proxy', () => {
  const proxy = 'http://proxy.corp:3128';
  test.each([
    [{}, undefined],
    [{ HTTPS_PROXY: proxy }, proxy],
    [{ https_proxy: proxy, HTTPS_PROXY: 'http://other' }, proxy],
    [{ HTTP_PROXY: proxy }, proxy],
    [{ ALL_PROXY: proxy, HTTP_PROXY: '' }, proxy],
    [{ HTTPS_PROXY: 'proxy.corp:3128' }, proxy],
    [{ HTTPS_PROXY: 'socks5://proxy.corp' }, undefined],
    [{ HTTPS_PROXY: '::' }, undefined],
    [{ HTTPS_PROXY: proxy, NO_PROXY: 'api.example.com' }, undefined],
    [{ HTTPS_PROXY: proxy, no_proxy: 'EXAMPLE.com' }, undefined],
    [{ HTTPS_PROXY: proxy, NO_PROXY: 'a, .example.com' }, undefined],
    [{ HTTPS_PROXY: proxy, NO_PROXY: '*.example.com' }, undefined],
    [{ HTTPS_PROXY: proxy, NO_PROXY: 'x *' }, undefined],
    [{ HTTPS_PROXY: proxy, NO_PROXY: 'api.example.com:443' }, undefined],
    [{ HTTPS_PROXY: proxy, NO_PROXY: 'api.example.com:8443' }, proxy],
    [{ HTTPS_PROXY: proxy, NO_PROXY: 'ample.com,api.example,com.' }, proxy],
    [{ HTTPS_PROXY: proxy, NO_PROXY: 'example.com', no_proxy: 'other' }, proxy],
  ])('by %j', (network, expected) => {
    expect(chooseProxy('https://api.example.com/v1', network)).toBe(expected);
  });

  test('is never asked for loopback', () => {
    for (const host of ['127.0.0.1', '127.1.2.3', 'localhost', '[::1]']) {
      expect(chooseProxy(`http://${host}:4000`, { HTTPS_PROXY: proxy })).toBeUndefined();
    }
    expect(chooseProxy('http://127.0.0.1.example.com', { HTTPS_PROXY: proxy })).toBe(proxy);
    expect(chooseProxy('http://[fe80::1]:80', { HTTPS_PROXY: proxy, NO_PROXY: 'fe80::1' })).toBeUndefined();
  });
});

describe('our folders', () => {
  test.each([
    ['linux', {}, '/h/.cache/headroom', '/h/.config/headroom'],
    ['linux', { XDG_CACHE_HOME: '/c', XDG_CONFIG_HOME: '/d' }, '/c/headroom', '/d/headroom'],
    ['linux', { XDG_CACHE_HOME: 'relative', XDG_CONFIG_HOME: '' }, '/h/.cache/headroom', '/h/.config/headroom'],
    ['freebsd', {}, '/h/.cache/headroom', '/h/.config/headroom'],
    ['darwin', {}, '/h/Library/Caches/headroom', '/h/Library/Preferences/headroom'],
    ['darwin', { XDG_CACHE_HOME: '/c' }, '/c/headroom', '/h/Library/Preferences/headroom'],
  ] as const)('on %s with %j', (platform, environment, cacheFolder, configFolder) => {
    expect(findPlaces(platform, environment, '/h')).toEqual({ cacheFolder, configFolder });
  });

  test('on Windows', () => {
    expect(findPlaces('win32', {}, 'C:\\Users\\me')).toEqual({
      cacheFolder: 'C:\\Users\\me\\AppData\\Local\\headroom\\Cache',
      configFolder: 'C:\\Users\\me\\AppData\\Roaming\\headroom\\Config',
    });
    expect(findPlaces('win32', { LOCALAPPDATA: 'D:\\l', APPDATA: 'D:\\r' }, 'C:\\Users\\me')).toEqual({
      cacheFolder: 'D:\\l\\headroom\\Cache',
      configFolder: 'D:\\r\\headroom\\Config',
    });
  });
});

describe("the project's root", () => {
  const root = mkdtempSync(join(tmpdir(), 'headroom-project-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const folder = (...names: string[]) => {
    const path = join(root, ...names);
    mkdirSync(path, { recursive: true });
    return path;
  };

  test('is the checkout that holds the folder, else the folder itself', () => {
    const plain = folder('plain', 'deep');
    expect(findProjectFolder(plain)).toBe(plain);
    folder('repo', '.git');
    expect(findProjectFolder(folder('repo', 'a', 'b'))).toBe(join(root, 'repo'));
    expect(findProjectFolder(join(root, 'repo'))).toBe(join(root, 'repo'));
  });

  test('is the main checkout for a linked worktree, and its own for a submodule', () => {
    folder('main', '.git', 'worktrees', 'wt');
    const worktree = folder('wt', 'sub');
    writeFileSync(join(root, 'wt', '.git'), `gitdir: ${join(root, 'main', '.git', 'worktrees', 'wt')}\n`);
    expect(findProjectFolder(worktree)).toBe(join(root, 'main'));
    const submodule = folder('main', 'module');
    writeFileSync(join(submodule, '.git'), 'gitdir: ../.git/modules/module\n');
    expect(findProjectFolder(submodule)).toBe(submodule);
  });
});

describe("a launch's address", () => {
  const address = `http://127.0.0.1:40000/${'0a'.repeat(16)}`;
  test('is known by its shape', () => {
    expect([address, `${address}/v1`].map(isLaunchAddress)).toEqual([true, true]);
    const others = [
      undefined,
      '',
      'http://127.0.0.1:40000',
      `${address}0`,
      address.replace('http', 'https'),
      address.replace('127.0.0.1', 'localhost'),
    ];
    expect(others.map(isLaunchAddress)).toEqual(others.map(() => false));
  });

  test('and the launch are forgotten together, the rest stays', () => {
    const environment = {
      HEADROOM_LAUNCH: 'x',
      ANTHROPIC_BASE_URL: address,
      OPENAI_BASE_URL: 'http://127.0.0.1:4000',
      HEADROOM_QUIET: '1',
    };
    expect(forgetLaunch(environment)).toEqual({ OPENAI_BASE_URL: 'http://127.0.0.1:4000', HEADROOM_QUIET: '1' });
  });
});
