/** What would be published: only what a user needs, with a package.json that says nothing that is not so. Needs a build. */
import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const allowed = /^(dist\/.*|README\.md|LICENSE|package\.json)$/;
const needed = [
  'dist/cli.js',
  'dist/index.js',
  'dist/types/index.d.ts',
  ...['anthropic', 'langchain', 'openai', 'vercel-ai'].flatMap((name) => [`dist/adapters/${name}.js`, `dist/types/adapters/${name}.d.ts`]),
  'dist/proxy-worker.js',
  'dist/cursor-hook.js',
  'dist/demo-agent.js',
  'dist/page.html',
  'dist/page.js',
  'dist/page.css',
  'dist/samples.json',
  'dist/THIRD-PARTY-LICENSES.txt',
  'README.md',
  'LICENSE',
  'package.json',
];

interface Packed {
  readonly files: readonly { readonly path: string }[];
  readonly size: number;
  readonly unpackedSize: number;
}

// What `prepare` prints comes before the JSON, hence without scripts.
const flags = ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'];
const [packed] = JSON.parse(execFileSync('npm', flags, { cwd: root, encoding: 'utf8' })) as [Packed];
const names = packed.files.map(({ path }) => path);
const { messages, pkg } = await publint({ pkgDir: root, strict: true });
const faults = [
  ...names.filter((name) => !allowed.test(name)).map((name) => `not meant to be published: ${name}`),
  ...needed.filter((name) => !names.includes(name)).map((name) => `missing: ${name}`),
  ...messages.map((message) => `publint: ${formatMessage(message, pkg)}`),
];
console.log(`${names.length} files, ${Math.round(packed.size / 1024)} KiB packed, ${Math.round(packed.unpackedSize / 1024)} KiB unpacked`);
for (const fault of faults) console.log(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
