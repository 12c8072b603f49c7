/**
 * Runs real agents against our own loopback upstream, bare and under the built command, and what takes too long for a test.
 * All of it, or the parts that are named. Prints each check; ends with the count.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { agentParts } from './agents.ts';
import { checkAider } from './aider.ts';
import { checkCallers } from './callers.ts';
import { createChecks } from './checks.ts';
import { checkClaude } from './claude.ts';
import { checkCodex } from './codex.ts';
import { checkDashboard } from './dashboard.ts';
import { checkDemo } from './demo.ts';
import { checkMcp } from './mcp.ts';
import { checkOriginals } from './originals.ts';
import { checkTerminalTail } from './terminal-tail.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const parts = {
  claude: checkClaude,
  aider: checkAider,
  codex: checkCodex,
  ...agentParts,
  mcp: checkMcp,
  callers: checkCallers,
  originals: checkOriginals,
  demo: checkDemo,
  dashboard: checkDashboard,
  'terminal-tail': checkTerminalTail,
};

if (process.platform !== 'linux') {
  console.log('skipped: end-to-end runs: they look into /proc, which only Linux has');
} else {
  const parent = join(root, 'node_modules', '.cache');
  mkdirSync(parent, { recursive: true });
  const dist = mkdtempSync(join(parent, 'headroom-e2e-'));
  const checks = createChecks();
  try {
    execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs'), dist], { stdio: ['ignore', 'ignore', 'inherit'] });
    for (const [name, check] of Object.entries(parts))
      if (process.argv.length < 3 || process.argv.includes(name)) await check(checks, join(dist, 'cli.js'));
  } finally {
    rmSync(dist, { recursive: true, force: true });
  }
  console.log(`${checks.passed()} passed, ${checks.failed()} failed`);
  process.exitCode = checks.failed() > 0 ? 1 : 0;
}
