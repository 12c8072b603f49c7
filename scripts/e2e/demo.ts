/** `headroom demo` with real agents: they come to its end, and a home with a configuration in it and the project stay as they were. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openTerminal } from '../../test/helpers/outer-terminal.ts';
import type { Checks } from './checks.ts';
import { installAgent } from './install.ts';
import { installPythonAgent } from './install-python.ts';
import { endMarked, findMarked, run, waitFor } from './processes.ts';
import { createWorkplace, snapshot, type Workplace } from './workplace.ts';

interface DemoAgent {
  readonly name: string;
  readonly from: string;
  readonly version: string;
  /** The folder to put on PATH, or why there is none. */
  readonly install: () => { readonly folder: string } | { readonly reason: string };
  readonly leastTurns: number;
  /** In a pipe and in a terminal. */
  readonly isShownTwice?: boolean;
}

const agents: readonly DemoAgent[] = [
  fromNpm('claude', '@anthropic-ai/claude-code', '2.1.330'),
  fromNpm('claude', '@anthropic-ai/claude-code', '2.1.197'),
  fromNpm('codex', '@openai/codex', '0.169.0'),
  {
    ...{ name: 'aider', from: 'aider-chat', version: '0.86.1', leastTurns: 1, isShownTwice: true },
    install: () => installPythonAgent({ name: 'aider-chat', version: '0.86.1', minors: [12, 11, 10] }),
  },
];

function fromNpm(name: string, from: string, version: string): DemoAgent {
  return { name, from, version, leastTurns: 6, install: () => ({ folder: installAgent(from, version, name) }) };
}

export async function checkDemo(checks: Checks, cli: string): Promise<void> {
  const workplace = createWorkplace();
  try {
    for (const agent of agents) {
      const title = `headroom demo ${agent.name}, ${agent.from} ${agent.version}`;
      const installed = agent.install();
      if ('reason' in installed) {
        checks.skip(title, installed.reason);
        continue;
      }
      for (const isInTerminal of agent.isShownTwice ? [false, true] : [false]) {
        console.log(title + (isInTerminal ? ', in a terminal' : ''));
        await checkAgent(checks, workplace, cli, agent, installed.folder, isInTerminal);
      }
    }
  } finally {
    workplace.remove();
  }
}

async function checkAgent(
  checks: Checks,
  workplace: Workplace,
  cli: string,
  { name, leastTurns }: DemoAgent,
  folder: string,
  isInTerminal: boolean,
): Promise<void> {
  workplace.reset();
  const { home, project, temporary } = workplace;
  furnish(home, project);
  const before = [home, project].map((each) => snapshot(each));
  const receiptFile = join(temporary, '..', 'receipt.json');
  const args = [cli, 'demo', '--receipt-json', receiptFile, name];
  const environment = {
    ...{ PATH: `${folder}:${process.env.PATH}`, HOME: home, TMPDIR: temporary, TERM: 'xterm-256color', LANG: 'C.UTF-8' },
    // Keys and addresses of a user, which must not be asked.
    ...{ ANTHROPIC_API_KEY: 'own', ANTHROPIC_BASE_URL: 'http://127.0.0.1:9', OPENAI_API_KEY: 'own', CODEX_HOME: join(home, '.codex') },
  };
  const { code, text } = await (isInTerminal ? showInTerminal : showInPipe)(args, project, environment);
  checks.check('exit code 0', code === 0, `${code}: ${text}`);
  checks.check('the script was played to its end', text.includes('the script that plays the model is over'), text);
  const receipt = readReceipt(receiptFile);
  checks.check(
    'the receipt has its turns, and repeats among what was removed',
    receipt.turns >= leastTurns && receipt.repeats > 1000,
    text,
  );
  const after = [home, project].map((each) => snapshot(each));
  for (const [at, what] of ['home', 'project'].entries())
    checks.equal(`the ${what} is as it was`, JSON.stringify([...after[at]!]), JSON.stringify([...before[at]!]));
  const isOver = await waitFor(() => findMarked(home).length === 0, 2);
  checks.check('no process is left', isOver, JSON.stringify(findMarked(home)));
  endMarked(home);
}

interface Shown {
  readonly code: number | null | undefined;
  readonly text: string;
}

async function showInPipe(args: readonly string[], cwd: string, env: Record<string, string>): Promise<Shown> {
  const { code, stdout, stderr } = await run(process.execPath, args, { cwd, env });
  return { code, text: stdout + stderr };
}

async function showInTerminal(args: readonly string[], cwd: string, environment: Record<string, string>): Promise<Shown> {
  // All of the environment, and nothing of ours.
  const words = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const terminal = openTerminal('/usr/bin/env', ['-i', ...words, process.execPath, ...args], { cwd, columns: 120 });
  const { code } = await terminal.ended;
  return { code, text: terminal.text() };
}

/** A configuration of a user's own, which would send the agent elsewhere. */
function furnish(home: string, project: string): void {
  const aider = { '.aider.conf.yml': 'openai-api-base: http://127.0.0.1:9/v1\n', '.env': 'OPENAI_API_BASE=http://127.0.0.1:9/v1\n' };
  const texts = {
    '.claude.json': '{"numStartups":3,"env":{"ANTHROPIC_BASE_URL":"http://127.0.0.1:9"}}\n',
    '.claude/settings.json': '{"env":{"ANTHROPIC_BASE_URL":"http://127.0.0.1:9"},"hooks":{}}\n',
    '.codex/config.toml': 'openai_base_url = "http://127.0.0.1:9/v1"\n',
    ...aider,
  };
  for (const folder of ['.claude', '.codex']) mkdirSync(join(home, folder), { recursive: true });
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(home, name), text);
  for (const [name, text] of Object.entries(aider)) writeFileSync(join(project, name), text);
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
