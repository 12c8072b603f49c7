/** `headroom demo` with real agents: they come to its end, and a home with a configuration in it and the project stay as they were. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Checks } from './checks.ts';
import { installAgent } from './install.ts';
import { endMarked, findMarked, run, waitFor } from './processes.ts';
import { createWorkplace, snapshot, type Workplace } from './workplace.ts';

const agents = [
  { name: 'claude', from: '@anthropic-ai/claude-code', version: '2.1.330' },
  { name: 'claude', from: '@anthropic-ai/claude-code', version: '2.1.197' },
  { name: 'codex', from: '@openai/codex', version: '0.169.0' },
];

export async function checkDemo(checks: Checks, cli: string): Promise<void> {
  const workplace = createWorkplace();
  try {
    for (const { name, from, version } of agents) {
      console.log(`headroom demo ${name}, ${from} ${version}`);
      await checkAgent(checks, workplace, cli, name, installAgent(from, version, name));
    }
  } finally {
    workplace.remove();
  }
}

async function checkAgent(checks: Checks, workplace: Workplace, cli: string, name: string, folder: string): Promise<void> {
  workplace.reset();
  const { home, project, temporary } = workplace;
  furnish(home);
  const before = [home, project].map((each) => snapshot(each));
  const receiptFile = join(temporary, '..', 'receipt.json');
  const { code, stdout, stderr } = await run(process.execPath, [cli, 'demo', '--receipt-json', receiptFile, name], {
    cwd: project,
    env: {
      ...{ PATH: `${folder}:${process.env.PATH}`, HOME: home, TMPDIR: temporary, TERM: 'xterm-256color', LANG: 'C.UTF-8' },
      // Keys and addresses of a user, which must not be asked.
      ...{ ANTHROPIC_API_KEY: 'own', ANTHROPIC_BASE_URL: 'http://127.0.0.1:9', OPENAI_API_KEY: 'own', CODEX_HOME: join(home, '.codex') },
    },
  });
  checks.check('exit code 0', code === 0, `${code}: ${stdout}${stderr}`);
  checks.check('the script was played to its end', stdout.includes('the script that plays the model is over'), stdout + stderr);
  const receipt = readReceipt(receiptFile);
  checks.check('the receipt has its turns, and repeats among what was removed', receipt.turns > 5 && receipt.repeats > 1000, stderr);
  const after = [home, project].map((each) => snapshot(each));
  for (const [at, what] of ['home', 'project'].entries())
    checks.equal(`the ${what} is as it was`, JSON.stringify([...after[at]!]), JSON.stringify([...before[at]!]));
  const isOver = await waitFor(() => findMarked(home).length === 0, 2);
  checks.check('no process is left', isOver, JSON.stringify(findMarked(home)));
  endMarked(home);
}

/** A configuration of a user's own, which would send the agent elsewhere. */
function furnish(home: string): void {
  const texts = {
    '.claude.json': '{"numStartups":3,"env":{"ANTHROPIC_BASE_URL":"http://127.0.0.1:9"}}\n',
    '.claude/settings.json': '{"env":{"ANTHROPIC_BASE_URL":"http://127.0.0.1:9"},"hooks":{}}\n',
    '.codex/config.toml': 'openai_base_url = "http://127.0.0.1:9/v1"\n',
  };
  for (const folder of ['.claude', '.codex']) mkdirSync(join(home, folder), { recursive: true });
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(home, name), text);
}

function readReceipt(file: string): { readonly turns: number; readonly repeats: number } {
  try {
    const figures = JSON.parse(readFileSync(file, 'utf8')) as { requests: { turns: number }; removedBy: { repeats?: number } };
    rmSync(file);
    return { turns: figures.requests.turns, repeats: figures.removedBy.repeats ?? 0 };
  } catch {
    return { turns: 0, repeats: 0 };
  }
}
