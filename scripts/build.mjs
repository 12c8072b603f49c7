// Bundles the command line, the proxy's worker and the one for big results, the demo's agent, Cursor's hook and the library into dist/ (or the
// folder given): ESM, everything inside but node-pty; the page and the library's types beside them.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { writeDeclarations } from './declarations.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const outdir = resolve(process.argv[2] ?? join(root, 'dist'));
// What others import: the library, and its adapters for SDKs.
const library = ['index', ...['anthropic', 'langchain', 'openai', 'vercel-ai'].map((name) => `adapters/${name}`)];
// Each group shares its parts among its own: one with another would be cut into many more files, and every file takes time at the start.
const groups = [
  { cli: 'src/cli.ts' },
  { 'proxy-worker': 'src/launch/proxy-worker.ts' },
  { 'heavy-worker': 'src/launch/heavy-worker.ts' },
  { 'demo-agent': 'src/demo/agent.ts', 'cursor-hook': 'src/launch/cursor-hook.ts' },
  Object.fromEntries(library.map((name) => [name, `src/${name}.ts`])),
];
// The token counter alone, nearly half of all, is there once for all of them.
const counter = 'gpt-tokenizer/encoding/o200k_base';
const counterApart = {
  name: 'counter-apart',
  setup: ({ onResolve }) => onResolve({ filter: new RegExp(`^${counter}$`) }, () => ({ path: './o200k_base.js', external: true })),
};
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

rmSync(outdir, { recursive: true, force: true });
mkdirSync(outdir, { recursive: true });
const common = {
  absWorkingDir: root,
  outdir,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};
const programs = await Promise.all(
  groups.map((entryPoints) =>
    build({
      ...common,
      entryPoints,
      splitting: true,
      chunkNames: '[name]-[hash]',
      external: ['node-pty'],
      plugins: [counterApart],
      // Its other form asks for its parts in a way that no bundle holds.
      alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
      define: { HEADROOM_VERSION: JSON.stringify(version), PRICES_VERSION: JSON.stringify(versionOf('@pydantic/genai-prices')) },
      banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
    }),
  ),
);
const ranks = await build({ ...common, entryPoints: { o200k_base: counter } });
// The page that `headroom dashboard` serves: what the browser runs, in one file each.
const page = await build({
  ...common,
  entryPoints: [
    { in: 'src/page/browser/main.ts', out: 'page' },
    { in: 'src/page/page.css', out: 'page' },
  ],
  format: 'iife',
  platform: 'browser',
  target: ['chrome109', 'firefox115', 'safari16'],
  minify: true,
});
copyFileSync(join(root, 'src', 'page', 'page.html'), join(outdir, 'page.html'));
writeLicences([...programs, ranks, page].flatMap(({ metafile }) => Object.keys(metafile.inputs)));
writeSamples();
writeDeclarations(
  root,
  library.map((name) => `${name}.ts`),
  join(outdir, 'types'),
);

// Texts for `headroom perf --samples`: of each kind the three longest inputs of our own fixtures.
function writeSamples() {
  const folder = join(root, 'test', 'fixtures', 'compressors');
  const samples = readdirSync(folder)
    .sort()
    .flatMap((kind) => {
      const all = readdirSync(join(folder, kind)).map((name) => {
        const [call = '', text = ''] = readFileSync(join(folder, kind, name), 'utf8').split('\n----- 8< -----\n');
        return { name: `${kind}/${name.replace(/\.txt$/, '')}`, kind, call: JSON.parse(call), text };
      });
      return all.sort((one, other) => other.text.length - one.text.length || (one.name < other.name ? -1 : 1)).slice(0, 3);
    });
  writeFileSync(join(outdir, 'samples.json'), JSON.stringify(samples));
}

// The version of a package that figures are printed with.
function versionOf(name) {
  return JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version;
}

// The licence text of every package that went into the bundle, in one file beside it.
function writeLicences(inputs) {
  const packages = new Set();
  for (const input of inputs) {
    const at = input.lastIndexOf('node_modules/');
    if (at < 0) continue;
    const [first, second] = input.slice(at + 13).split('/');
    packages.add(input.slice(0, at + 13) + (first.startsWith('@') ? `${first}/${second}` : first));
  }
  const parts = [...packages].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const file = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license', 'LICENCE'].map((n) => join(root, folder, n)).find(existsSync);
    return `${name} ${version} (${license ?? 'see below'})\n\n${file ? readFileSync(file, 'utf8').trim() : 'No licence file in the package.'}\n`;
  });
  writeFileSync(join(outdir, 'THIRD-PARTY-LICENSES.txt'), parts.join(`\n${'-'.repeat(80)}\n\n`));
}
