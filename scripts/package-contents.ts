/** What would be published: only what a user needs, with a package.json that says nothing that is not so. Needs a build. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const allowed = /^(dist\/.*|README\.md|LICENSE|package\.json)$/;
/** Everything that a user's disk gets, but for node-pty. */
const mostBytes = 12_000_000;
const needed = [
  'dist/cli.js',
  'dist/index.js',
  'dist/types/index.d.ts',
  ...['anthropic', 'langchain', 'openai', 'vercel-ai'].flatMap((name) => [`dist/adapters/${name}.js`, `dist/types/adapters/${name}.d.ts`]),
  'dist/proxy-worker.js',
  'dist/heavy-worker.js',
  'dist/cursor-hook.js',
  'dist/demo-agent.js',
  'dist/page.html',
  'dist/page.js',
  'dist/page.css',
  'dist/o200k_base.js',
  'dist/samples.json',
  'dist/THIRD-PARTY-LICENSES.txt',
  'README.md',
  'LICENSE',
  'package.json',
];

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
  readonly size: number;
  readonly unpackedSize: number;
}

const folder = mkdtempSync(join(tmpdir(), 'headroom-contents-'));
// What `prepare` prints comes before the JSON, hence without scripts.
const flags = ['pack', '--pack-destination', folder, '--json', '--ignore-scripts', '--loglevel=error'];
const [packed] = JSON.parse(execFileSync('npm', flags, { cwd: root, encoding: 'utf8' })) as [Packed];
const analysis = await checkPackage(createPackageFromTarballData(readFileSync(join(folder, packed.filename))));
rmSync(folder, { recursive: true, force: true });
const names = packed.files.map(({ path }) => path);
const { messages, pkg } = await publint({ pkgDir: root, strict: true });
const faults = [
  ...names.filter((name) => !allowed.test(name)).map((name) => `not meant to be published: ${name}`),
  ...needed.filter((name) => !names.includes(name)).map((name) => `missing: ${name}`),
  ...(packed.unpackedSize > mostBytes ? [`${packed.unpackedSize} bytes unpacked, and ${mostBytes} are the most`] : []),
  ...messages.map((message) => `publint: ${formatMessage(message, pkg)}`),
  ...('problems' in analysis ? analysis.problems.filter(isFault) : [{ kind: 'NoTypes' }]).map((each) => `types: ${JSON.stringify(each)}`),
];
console.log(`${names.length} files, ${Math.round(packed.size / 1024)} KiB packed, ${Math.round(packed.unpackedSize / 1024)} KiB unpacked`);
for (const fault of faults) console.log(fault);
process.exitCode = faults.length > 0 ? 1 : 0;

/** CommonJS gets at ES modules by `import()`, and TypeScript's `node10` knows no subpaths. */
function isFault({ kind, ...problem }: Extract<typeof analysis, { problems: unknown }>['problems'][number]): boolean {
  const isOld = 'resolutionKind' in problem && problem.resolutionKind === 'node10';
  return kind !== 'CJSResolvesToESM' && !(kind === 'NoResolution' && isOld);
}
