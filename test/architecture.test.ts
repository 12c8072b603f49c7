/** The shape of the code, as the design draws it: which way imports go, how long files are, who may touch the process and the network. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const ignored = ['node_modules', 'dist', 'coverage', '.git'];
const files = readdirSync(root).flatMap((name) => (ignored.includes(name) ? [] : listFiles(name)));
const isCode = (file: string) => ['.ts', '.mjs'].includes(extname(file));
const product = files.filter((file) => isCode(file) && /^(?:src|wrappers)\//.test(file));
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** Lowest first; what stands in one row does not see its neighbours. */
const levels: readonly (readonly string[])[] = [
  ['errors', 'version'],
  ['block'],
  ['text'],
  ['tokens', 'compressors', 'protocols', 'store'],
  ['pipeline'],
  ['library'],
  ['index', 'proxy', 'mcp'],
  ['adapters', 'api', 'demo', 'page'],
  ['launch'],
  ['perf'],
  ['wrappers'],
  ['config'],
  ['commands'],
  ['cli'],
];

/** Without git: a tree from an archive has the same shape. */
function listFiles(path: string): readonly string[] {
  if (!statSync(join(root, path)).isDirectory()) return [path];
  return readdirSync(join(root, path)).flatMap((name) => listFiles(`${path}/${name}`));
}

/** `src/proxy/server.ts` -> `proxy`, `src/errors.ts` -> `errors`, `wrappers/claude.ts` -> `wrappers`. */
function partOf(file: string): string {
  const [first = '', second = ''] = file.split('/');
  return first === 'src' ? basename(second, '.ts') : first;
}

function levelOf(part: string): number {
  return levels.findIndex((level) => level.includes(part));
}

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isType: boolean;
}

/** Imports of our own files, static and dynamic. */
function importsOf(file: string): readonly Import[] {
  const found = read(file).matchAll(/(?:^|\n)(?:import|export)\s+(type\s)?[^;'"]*?from\s+'(\.[^']+)'|import\(\s*'(\.[^']+)'\s*\)/g);
  return [...found].map(([, type, still = '', lazy]) => ({
    from: file,
    to: relative(root, resolve(root, dirname(file), lazy ?? still)),
    isType: type !== undefined,
  }));
}

const imports = product.flatMap(importsOf);
const say = ({ from, to }: Import) => `${from} -> ${to}`;

describe('imports', () => {
  test('are found at all, and lead to files that are there', () => {
    expect(imports.length).toBeGreaterThan(100);
    expect(imports.filter(({ to }) => !product.includes(to)).map(say)).toEqual([]);
  });

  test('go down only, never to a neighbour', () => {
    expect(product.filter((file) => levelOf(partOf(file)) < 0)).toEqual([]);
    const wrong = imports.filter(({ from, to }) => partOf(from) !== partOf(to) && levelOf(partOf(from)) <= levelOf(partOf(to)));
    expect(wrong.map(say)).toEqual([]);
  });

  test('of wrappers from the rest are types alone, and only three commands see the wrappers', () => {
    const own = imports.filter(({ from }) => partOf(from) === 'wrappers').filter(({ to }) => partOf(to) !== 'wrappers');
    expect(own.filter(({ to, isType }) => !isType || to !== 'src/launch/wrapper.ts').map(say)).toEqual([]);
    const seers = imports.filter(({ from, to }) => partOf(to) === 'wrappers' && partOf(from) !== 'wrappers');
    expect(seers.map(say)).toEqual([
      'src/commands/agents.ts -> wrappers/index.ts',
      'src/commands/doctor-agents.ts -> wrappers/index.ts',
      'src/commands/wrap.ts -> wrappers/index.ts',
    ]);
  });

  test('run in no circle', () => {
    const circles = product.filter((file) => reach(file).has(file));
    expect(circles).toEqual([]);
  });

  test('of what starts slowly are lazy on the way to the agent', () => {
    const heavy =
      /^import\s(?!type\b)[^;]*from '(?:execa|chalk|node-pty|http-proxy|gpt-tokenizer[^']*|@modelcontextprotocol[^']*|jsonc-parser|zod[^']*|conf|ioredis)'/m;
    const early = ['src/cli.ts', 'src/commands/run.ts', 'src/launch/session.ts', 'src/launch/proxy-worker.ts'].flatMap((file) => [
      ...reach(file),
    ]);
    expect(early.filter((file) => heavy.test(read(file)))).toEqual([]);
    expect(reach('src/commands/run.ts').has('src/launch/session.ts')).toBe(false);
    // The worker is started before anything else is loaded, and listens before it knows any kind of text.
    expect(reach('src/cli.ts').size).toBeLessThan(8);
    expect([...reach('src/launch/proxy-worker.ts')].filter((file) => partOf(file) === 'compressors')).toEqual([]);
  });
});

/** Every file that loads with this one, lazy imports and types aside. */
function reach(start: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const queue = [start];
  for (let file = queue.pop(); file; file = queue.pop()) {
    const found = read(file).matchAll(/(?:^|\n)(?:import|export)\s(?!type\s)[^;'"]*?from\s+'(\.[^']+)'/g);
    for (const [, path = ''] of found) {
      const next = relative(root, resolve(root, dirname(file), path));
      if (!reached.has(next)) queue.push(next);
      reached.add(next);
    }
  }
  return reached;
}

describe('who may', () => {
  const users = (pattern: RegExp, among = product) =>
    among.filter((file) => pattern.test(read(file).replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, '')));

  test('read the environment: config, commands, and the library for where our cache is', () => {
    expect(users(/\bprocess\.env\b/).filter((file) => !/^src\/(?:config|cli|index|commands\/.*)\.ts$/.test(file))).toEqual([]);
  });

  test('listen: the proxy, the page, and the upstream of the demo', () => {
    expect(users(/\.listen\(/)).toEqual(['src/demo/upstream.ts', 'src/page/server.ts', 'src/proxy/listen.ts']);
  });

  test('start processes: the terminal, commands of agents, the question when a process began, tools of the demo, and the browser for the page', () => {
    const starters = users(/from 'node:child_process'|import\('(?:execa|node-pty)'\)/);
    expect(starters.filter((file) => !/^src\/launch\/(?:terminal|pty)-/.test(file))).toEqual([
      'src/demo/agent-git.ts',
      'src/demo/agent-tests.ts',
      'src/launch/own-command.ts',
      'src/launch/process-start.ts',
      'src/page/open-page.ts',
    ]);
  });

  test('use what decides by chance or by the clock: nothing that shapes a request', () => {
    const shapes = product.filter((file) => /^src\/(?:text|tokens|compressors|protocols|pipeline|block)/.test(file));
    // Prices change by the day; no request is shaped by them.
    const deciding = shapes.filter((file) => file !== 'src/tokens/prices.ts');
    expect(deciding.length).toBeGreaterThan(10);
    expect(users(/Math\.random|Date\.now|new Date|performance\.now|randomBytes|randomUUID|process\.hrtime/, deciding)).toEqual([]);
  });
});

describe('files', () => {
  const code = files.filter(isCode);

  test('hold 300 lines at most', () => {
    expect(code.filter((file) => read(file).split('\n').length > 301)).toEqual([]);
  });

  test('say at their head what they are', () => {
    expect(code.filter((file) => !/^(?:#!.*\n)?\s*(?:\/\*\*|\/\/)/.test(read(file)) && !file.endsWith('.config.ts'))).toEqual([]);
  });

  test('have kebab-case names that say something', () => {
    expect(code.filter((file) => !/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:test|d|config|setup))?\.(?:ts|mjs)$/.test(basename(file)))).toEqual([]);
    expect(code.filter((file) => /(?:^|\/)(?:utils?|helpers?|misc|common|shared|manager|service|base)\.ts$/.test(file))).toEqual([]);
  });

  test('export by name', () => {
    expect(product.filter((file) => /^export default\b/m.test(read(file)))).toEqual([]);
    expect(product.filter((file) => /\bclass \w*(?:Manager|Service|Base|Factory)\b/.test(read(file)))).toEqual([]);
  });

  test('stand where the design puts them', () => {
    const top = [...new Set(files.map((file) => file.split('/')[0] ?? ''))].filter((name) => !name.startsWith('.'));
    const allowed = ['LICENSE', 'README.md', 'package-lock.json', 'package.json', 'scripts', 'src', 'test', 'tsconfig.json', 'wrappers'];
    expect(top.filter((name) => !allowed.includes(name))).toEqual([]);
  });

  test('name no machine', () => {
    const own = files.filter(
      (file) => file !== 'test/architecture.test.ts' && ['', '.ts', '.mjs', '.json', '.md', '.sh', '.yml'].includes(extname(file)),
    );
    const place = /(?<![\w.~:*-])\/(?:work|root)\//;
    const naming = own.flatMap((file) =>
      read(file)
        .split('\n')
        .flatMap((line) => (place.test(line) ? [`${file}: ${line.trim().slice(0, 120)}`] : [])),
    );
    expect(naming).toEqual([]);
    expect(read('package-lock.json')).not.toMatch(/"resolved": "(?!https:\/\/registry\.npmjs\.org\/)/);
  });
});
