/**
 * Runs real agents against our own loopback upstream, bare and under the built command, and what takes too long for a test.
 * The usual parts, or those that are named; `agents`: all that are about one agent. Prints each check, a table of agents, and the count;
 * `--readme` puts the table's lines into the README, beside those of agents that were not visited.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Row, remember, rowOf, tableOf, writeTable } from './agent-table.ts';
import { agentParts } from './agents.ts';
import { title as aiderTitle, checkAider } from './aider.ts';
import { checkCallers } from './callers.ts';
import { type Checks, createChecks } from './checks.ts';
import { checkClaude, title as claudeTitle } from './claude.ts';
import { checkCodex, title as codexTitle } from './codex.ts';
import { checkDashboard } from './dashboard.ts';
import { checkDemo } from './demo.ts';
import { checkMcp } from './mcp.ts';
import { checkOriginals } from './originals.ts';
import { checkTerminalTail } from './terminal-tail.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

interface Part {
  readonly check: (checks: Checks, cli: string) => Promise<void>;
  /** The agent and its version: it has a line in the table. */
  readonly title?: string;
  /** True: it takes too long to be part of everything. */
  readonly isByNameAlone?: boolean;
}

const parts: Readonly<Record<string, Part>> = {
  claude: { check: checkClaude, title: claudeTitle },
  aider: { check: checkAider, title: aiderTitle },
  codex: { check: checkCodex, title: codexTitle },
  ...agentParts,
  mcp: { check: checkMcp },
  callers: { check: checkCallers },
  originals: { check: checkOriginals },
  demo: { check: checkDemo },
  dashboard: { check: checkDashboard },
  'terminal-tail': { check: checkTerminalTail },
};

if (process.platform !== 'linux') {
  console.log('skipped: end-to-end runs: they look into /proc, which only Linux has');
} else {
  const parent = join(root, 'node_modules', '.cache');
  mkdirSync(parent, { recursive: true });
  const dist = mkdtempSync(join(parent, 'headroom-e2e-'));
  const checks = createChecks();
  const asked = process.argv.slice(2).filter((word) => !word.startsWith('-'));
  const rows: Row[] = [];
  try {
    execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs'), dist], { stdio: ['ignore', 'ignore', 'inherit'] });
    for (const [name, { check, title, isByNameAlone }] of Object.entries(parts)) {
      if (asked.length === 0 && isByNameAlone) checks.skip(title ?? name, 'it is part of npm run test:agents');
      const isAsked = asked.length === 0 ? !isByNameAlone : asked.includes(name) || (title !== undefined && asked.includes('agents'));
      if (!isAsked) continue;
      const start = performance.now();
      const { checks: ours, results } = remember(checks);
      await check(ours, join(dist, 'cli.js'));
      console.log(`${name}: ${Math.round((performance.now() - start) / 1000)} s`);
      if (title !== undefined && results.length > 0) rows.push(rowOf(title, results));
    }
  } finally {
    rmSync(dist, { recursive: true, force: true });
  }
  if (rows.length > 0) console.log(`\n${tableOf(rows)}\n`);
  if (process.argv.includes('--readme'))
    writeTable(
      join(root, 'README.md'),
      rows,
      Object.values(parts).flatMap(({ title }) => title ?? []),
    );
  console.log(`${checks.passed()} passed, ${checks.failed()} failed`);
  process.exitCode = checks.failed() > 0 ? 1 : 0;
}
