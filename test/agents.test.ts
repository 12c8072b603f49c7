/** `headroom agents`: what each agent can and cannot do, which program it is here, and its version where that can be told by looking. */
import { chmodSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findVersion } from '../src/launch/agent-version.ts';
import { wrappers } from '../wrappers/index.ts';
import { createMachine, type Machine } from './helpers/launches.ts';

let machine: Machine;
beforeEach(() => {
  machine = createMachine();
});
afterEach(() => machine.remove());

/** A program of that version as npm installs it: a link on PATH into its package. */
function installPackage(name: string, manifest: Record<string, unknown>): string {
  const folder = `home/lib/node_modules/${name}`;
  machine.write(`${folder}/package.json`, JSON.stringify(manifest));
  const program = machine.write(`${folder}/bin/${name}.js`, '#!/bin/sh\nexit 1\n');
  chmodSync(program, 0o755);
  const link = join(machine.bin, name);
  symlinkSync(program, link);
  return link;
}

describe('each agent', () => {
  test('says of itself what passes, what shrinks, what the receipt is about and what is lost', async () => {
    const { code, stdout, stderr } = await machine.run(['agents']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const texts = stdout.split('\n').filter((line) => line.startsWith(' '));
    expect(Math.max(...texts.map((line) => line.length))).toBeLessThanOrEqual(80);
    const plain = stdout.replace(/\s+/g, ' ');
    for (const { name, coverage, install } of wrappers) {
      expect(stdout).toMatch(new RegExp(`^${name}\\b.*: `, 'm'));
      for (const text of [...Object.values(coverage), install]) expect(plain).toContain(text);
      // They stand in a table of the README.
      expect(Object.values(coverage).filter((text) => !text || /[|\n]/.test(text))).toEqual([]);
    }
  });

  test('is found where a launch would find it, or is not here', async () => {
    const path = installPackage('codex', { name: '@openai/codex', version: '0.169.0', bin: { codex: 'bin/codex.js' } });
    const { stdout } = await machine.run(['agents']);
    expect(stdout).toContain(`codex (Codex): 0.169.0, ${path}\n`);
    expect(stdout).toContain(`claude (Claude Code): ${join(machine.bin, 'claude')}\n`);
    expect(stdout).toMatch(/^aider: not found here$/m);
  });

  test('is an object of its own as JSON', async () => {
    const path = installPackage('codex', { name: 'codex', version: '1.2.3', bin: 'bin/codex.js' });
    const { stdout } = await machine.run(['agents', '--json']);
    const all = JSON.parse(stdout) as { name: string; path?: string; version?: string; proxied: string }[];
    expect(all.map(({ name }) => name)).toEqual(wrappers.map(({ name }) => name));
    expect(all.find(({ name }) => name === 'codex')).toMatchObject({ path, version: '1.2.3', title: 'Codex' });
    expect(all.find(({ name }) => name === 'aider')).not.toHaveProperty('path');
    expect(all.every(({ proxied }) => proxied.length > 0)).toBe(true);
  });

  test('stands in one row of a table, the same on every machine', async () => {
    const { stdout } = await machine.run(['agents', '--markdown']);
    renameSync(join(machine.bin, 'claude'), join(machine.bin, 'moved'));
    expect((await machine.run(['agents', '--markdown'])).stdout).toBe(stdout);
    const rows = stdout.trimEnd().split('\n');
    expect(rows.length).toBe(wrappers.length + 2);
    expect(new Set(rows.map((row) => row.split(' | ').length)).size).toBe(1);
    expect((await machine.run(['agents', '--markdown', '--json'])).code).toBe(2);
  });
});

describe('the version', () => {
  test('is the folder’s where an agent keeps several of itself', () => {
    for (const [path, version] of [
      ['home/share/claude/versions/2.1.330', '2.1.330'],
      ['home/share/tool/versions/2026.09.18-abc/tool', '2026.09.18-abc'],
    ] as const) {
      const program = machine.write(path, '');
      const link = join(machine.bin, `to ${version}`, path.split('/')[2] ?? '');
      mkdirSync(dirname(link));
      symlinkSync(program, link);
      expect(findVersion(link)).toBe(version);
    }
  });

  test('is not that of a language, a project or a package which happens to be around it', () => {
    machine.write('home/package.json', JSON.stringify({ name: 'mine', version: '9.9.9', bin: { other: 'x' } }));
    expect(findVersion(machine.write('home/versions/3.12.1/bin/aider', ''))).toBeUndefined();
    expect(findVersion(machine.write('home/bin/claude', ''))).toBeUndefined();
    expect(findVersion(join(machine.home, 'nowhere'))).toBeUndefined();
    machine.write('home/bin/package.json', '{');
    expect(findVersion(join(machine.home, 'bin/claude'))).toBeUndefined();
  });
});
