/** The README's tree, options and commands are the project's: a listing that rots fails here. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderPairs } from '../scripts/readme-pairs.ts';
import { startUpstream, type Upstream } from '../src/demo/upstream.ts';
import { createMachine, type Machine } from './helpers/launches.ts';

const root = resolve(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const scripts = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> }).scripts;

/** The fenced block that holds a text. */
function blockWith(text: string): string[] {
  const block = readme.split('```').find((part, at) => at % 2 === 1 && part.includes(text));
  return (block ?? '').split('\n').slice(1).filter(Boolean);
}

describe('the tree', () => {
  const listed = blockWith('package.json   ').map((line) => {
    const [, indent = '', name = '', caption = ''] = /^( *)(\S+) +(.*)$/.exec(line) ?? /^( *)(\S+)()$/.exec(line) ?? [];
    return { path: indent ? join('src', name) : name, caption };
  });

  test('lists only what is there, each with a caption', () => {
    expect(listed.length).toBeGreaterThan(15);
    expect(listed.filter(({ path }) => !existsSync(join(root, path)))).toEqual([]);
    expect(listed.filter(({ path, caption }) => caption === '' && path !== 'src/')).toEqual([]);
  });

  test('leaves out nothing of src', () => {
    const names = readdirSync(join(root, 'src')).map((name) =>
      join('src', statSync(join(root, 'src', name)).isDirectory() ? `${name}/` : name),
    );
    expect(names.filter((name) => !listed.some(({ path }) => path === name))).toEqual([]);
  });
});

test('what the model sees is what the fixtures say', async () => {
  expect(readme).toContain(`<!-- pairs -->\n${await renderPairs()}<!-- /pairs -->`);
});

describe('commands', () => {
  let machine: Machine;
  let upstream: Upstream;
  beforeAll(async () => {
    machine = createMachine();
    upstream = await startUpstream({ script: { steps: [{ text: 'All done.' }] } });
  });
  afterAll(async () => {
    await upstream.close();
    machine.remove();
  });

  const examples = blockWith('headroom wrap claude --resume');
  test.each(examples)('%s', async (line) => {
    const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');
    expect(words[0]).toBe('headroom');
    const { code, stderr } = await machine.run(words.slice(1), { ANTHROPIC_BASE_URL: upstream.url, STAND_IN: 'ask' });
    expect({ line, code, stderr: code === 0 ? '' : stderr }).toEqual({ line, code: 0, stderr: '' });
  });

  test('for MCP do what they say, one after the other', async () => {
    const lines = blockWith('headroom mcp install');
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) {
      const { code, stderr } = await machine.run(line.split(' ').slice(1), { ANTHROPIC_BASE_URL: upstream.url, STAND_IN: 'ask' });
      expect({ line, code, stderr }).toEqual({ line, code: 0, stderr: '' });
    }
    expect(existsSync(join(machine.project, '.mcp.json'))).toBe(false);
    expect(existsSync(join(machine.home, '.cursor', 'mcp.json'))).toBe(false);
  });

  test('the first one of all shows the demo', async () => {
    const [first = '', ...others] = blockWith('npm ci');
    const [install, command = ''] = first.split(' && ');
    expect({ install, others, start: readme.indexOf(first) < readme.indexOf(examples[0]!) }).toEqual({
      ...{ install: 'npm ci', others: [], start: true },
    });
    const [runner, name, ...words] = command.split(' ');
    expect([runner, name]).toEqual(['npx', 'headroom']);
    const { code, stderr } = await machine.run(words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/~[1-9][\d.]*% removed/) });
  });

  test('every npm script that is named is there', () => {
    const named = [...readme.matchAll(/`npm run (\w+)`/g)].map(([, name]) => name ?? '');
    expect(named.length).toBeGreaterThan(2);
    expect(named.filter((name) => !scripts[name])).toEqual([]);
  });

  test('the table of agents is the one that `headroom agents --markdown` prints', async () => {
    const { stdout } = await machine.run(['agents', '--markdown']);
    expect(readme).toContain(`<!-- agents -->\n${stdout}<!-- /agents -->\n`);
  });

  test('the options are those that help prints', async () => {
    const { stdout } = await machine.run(['wrap', '--help']);
    const help = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option).filter((option) => option !== '--help');
    const told = [...readme.matchAll(/^\| `(--[\w-]+)/gm)].map(([, option]) => option);
    expect(told.toSorted()).toEqual(help.toSorted());
  });
});
