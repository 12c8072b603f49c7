/** A home and a small git project at fixed paths, made anew for every run, so that two runs differ in nothing but what is compared. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

export interface Workplace {
  readonly home: string;
  readonly project: string;
  /** The agent's TMPDIR. */
  readonly temporary: string;
  reset(): void;
  remove(): void;
}

/** `parent`: where it lies. */
export function createWorkplace(parent = tmpdir()): Workplace {
  const root = realpathSync(mkdtempSync(join(parent, 'agent-tour-')));
  const place = { home: join(root, 'home'), project: join(root, 'project'), temporary: join(root, 'tmp') };
  return {
    ...place,
    reset() {
      for (const folder of Object.values(place)) {
        rmSync(folder, { recursive: true, force: true });
        mkdirSync(folder, { recursive: true });
      }
      for (const [name, text] of Object.entries(projectFiles())) write(join(place.project, name), text);
      commit(place.project, place.home);
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Every file below a folder with its text, by path; ids, times and chance in names set aside. */
export function snapshot(folder: string, without: readonly string[] = []): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path);
    if (!entry.isFile() || without.some((each) => name.startsWith(each))) continue;
    files.set(nameAside(name), readFileSync(path, 'latin1'));
  }
  return new Map([...files].sort());
}

/** What differs from run to run: session ids and epoch times. */
export function setAside(text: string): string {
  return text.replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<id>').replace(/\b1[0-9]{12}\b/g, '<time>');
}

function nameAside(name: string): string {
  const known = setAside(name).replace(/[0-9a-f]{64}/g, '<hash>');
  return known.replace(/\bsessions\/\d+/, 'sessions/<process>').replace(/<time>-[a-z0-9]{6}\b/, '<time>-<chance>');
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: path.endsWith('.sh') ? 0o755 : 0o644 });
}

/** One commit with a fixed author and date: its hash is the same in every run. */
function commit(project: string, home: string): void {
  const who = { NAME: 'Ada Example', EMAIL: 'ada@example.org', DATE: '2026-01-02T03:04:05Z' };
  const identity = Object.entries(who).flatMap(([key, value]) => [
    [`GIT_AUTHOR_${key}`, value],
    [`GIT_COMMITTER_${key}`, value],
  ]);
  const env = { PATH: process.env.PATH, HOME: home, GIT_CONFIG_NOSYSTEM: '1', ...Object.fromEntries(identity) };
  for (const words of ['init -q -b main', 'add -A', 'commit -q -m Start']) execFileSync('git', words.split(' '), { cwd: project, env });
}

function projectFiles(): Record<string, string> {
  return {
    'package.json': `${JSON.stringify({ name: 'orders', version: '1.0.0', type: 'module', private: true }, null, 2)}\n`,
    'README.md': '# Orders\n\nA small service that keeps orders.\n',
    'src/handlers.js': handlers(),
    'src/store.js': store(),
    'data/items.json': `${JSON.stringify(items(), null, 2)}\n`,
    'build.sh': buildScript(),
    'check.sh': '#!/bin/sh\necho "checking 14 rules"\necho "rule 9: src/handlers.js:12 has no test" >&2\nexit 3\n',
  };
}

function handlers(): string {
  const routes = [
    'list',
    'create',
    'update',
    'remove',
    'ship',
    'refund',
    'label',
    'assign',
    'archive',
    'restore',
    'split',
    'merge',
    'audit',
    'export',
  ];
  const one = (route: string, index: number) => `
/** Answers POST /orders/${route}. */
export async function ${route}Order(request, response) {
  const { orderId, customer, lines = [] } = await readBody(request);
  if (!request.user || !request.user.roles.includes('${route}')) {
    return response.status(401).json({ error: 'not allowed to ${route}', code: ${1000 + index} });
  }
  const order = await findOrder(orderId ?? customer?.lastOrder);
  if (!order) return response.status(404).json({ error: 'no such order', code: ${2000 + index} });
  const total = lines.reduce((sum, line) => sum + line.price * line.quantity, ${index});
  await saveOrder({ ...order, total, state: '${route}', changedBy: request.user.name });
  log.info('${route}', { orderId: order.id, total, took: Date.now() - request.startedAt });
  return response.status(200).json({ order, total });
}
`;
  return `import { findOrder, saveOrder } from './store.js';\nimport { log, readBody } from './web.js';\n${routes.map(one).join('')}`;
}

function store(): string {
  const fields = ['id', 'customer', 'state', 'total', 'changedBy', 'createdAt', 'shippedAt', 'labels', 'address', 'currency'];
  const getters = fields.map(
    (field) =>
      `\nexport function ${field}Of(order) {\n  if (order === undefined) throw new TypeError('${field}: no order');\n  return order.${field};\n}\n`,
  );
  return `const orders = new Map();\n\nexport const findOrder = async (id) => orders.get(id);\nexport const saveOrder = async (order) => void orders.set(order.id, order);\n${getters.join('')}`;
}

function items(): unknown[] {
  const colours = ['red', 'green', 'blue', 'grey'];
  return Array.from({ length: 60 }, (_, index) => ({
    id: 1000 + index,
    sku: `SKU-${(index * 7919) % 10_000}`,
    name: `Item number ${index}`,
    colour: colours[index % colours.length],
    price: 5 + (index % 17) * 1.25,
    inStock: index % 3 !== 0,
  }));
}

/** Some 160 lines, with colours and a progress bar that rewrites its line. */
function buildScript(): string {
  return `#!/bin/bash
for step in $(seq 1 40); do
  printf '\\rBuilding [%-40s] %3d%%' "$(printf '#%.0s' $(seq 1 $step))" $((step * 100 / 40))
done
printf '\\n'
for file in $(seq 1 150); do
  printf '\\033[32mcompiled\\033[0m \\033[1msrc/generated/module-%03d.js\\033[0m in \\033[33m%dms\\033[0m (%d bytes)\\n' $file $((file * 37 % 90)) $((file * 7919 % 30000))
done
echo "150 modules built"
`;
}
