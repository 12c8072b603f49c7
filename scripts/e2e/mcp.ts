/** Our MCP server in real agents: put into their settings, called by a scripted model, through our proxy and without it, and taken out again. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Script, ScriptedCall } from '../../src/demo/upstream-script.ts';
import { openOriginals } from '../../src/store/originals.ts';
import { loadCounter } from '../../src/tokens/count.ts';
import { startProxy } from './callers.ts';
import type { Checks } from './checks.ts';
import { type Manner, ourCache, type Setting, type Visit, visit } from './claude-visit.ts';
import { visitCodex } from './codex-visit.ts';
import { installAgent } from './install.ts';
import { run } from './processes.ts';
import { resultsOf, turnsOf } from './wire.ts';
import { createWorkplace } from './workplace.ts';

interface Agent {
  readonly name: string;
  readonly title: string;
  readonly package: string;
  readonly version: string;
  /** The file that its servers stand in, and what a user may have in it. */
  readonly file: string;
  readonly text: string;
  /** Whether it writes the file as it was found; Claude Code keeps much else in its own. */
  readonly givesBack: boolean;
  readonly call: (tool: string, input: unknown) => ScriptedCall;
  readonly visit: (setting: Setting, manner: Manner, calls: readonly ScriptedCall[], options?: readonly string[]) => Promise<Visit>;
  readonly results: (visit: Visit) => readonly string[];
}

const tools = ['headroom_compress', 'headroom_retrieve', 'headroom_stats'];

const agents: readonly Agent[] = [
  {
    ...{
      name: 'claude',
      title: 'Claude Code',
      package: '@anthropic-ai/claude-code',
      version: '2.1.330',
      file: '.claude.json',
      text: '',
      givesBack: false,
    },
    call: (tool, input) => ({ raw: `mcp__headroom__${tool}`, input }),
    // For one launch our own plan allows them.
    visit: (setting, manner, calls, options) =>
      visit(setting, manner, {
        ...{ script: oneByOne(calls), keepsHome: true },
        ...(options ? { tools: 'Edit', options } : { tools: tools.map((tool) => `mcp__headroom__${tool}`).join() }),
      }),
    results: ({ requests }) => resultsOf(turnsOf(requests).at(-1)!).map(({ text }) => text),
  },
  {
    ...{
      name: 'codex',
      title: 'Codex',
      package: '@openai/codex',
      version: '0.169.0',
      file: '.codex/config.toml',
      text: '# mine\nmodel_verbosity = "low" # why not\n',
      givesBack: true,
    },
    call: (tool, input) => ({ raw: tool, input }),
    visit: (setting, manner, calls, options = []) =>
      visitCodex(setting, manner, { script: oneByOne(calls), model: 'gpt-5.2', keepsHome: true, options }),
    results: ({ requests }) => outputsOf(turnsOf(requests).at(-1)?.json),
  },
];

export async function checkMcp(checks: Checks, cli: string): Promise<void> {
  const count = await loadCounter();
  for (const agent of agents) {
    const workplace = createWorkplace();
    console.log(`${agent.title} ${agent.version} with our MCP server`);
    try {
      const agentFolder = installAgent(agent.package, agent.version, agent.name);
      await checkAgent(checks, { workplace, cli, count, agentFolder }, agent);
    } finally {
      workplace.remove();
    }
  }
}

async function checkAgent(checks: Checks, setting: Setting, agent: Agent): Promise<void> {
  const { workplace, cli, agentFolder } = setting;
  workplace.reset();
  const file = join(workplace.home, agent.file);
  if (agent.text !== '') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, agent.text);
  }
  const environment = { PATH: `${agentFolder}:${process.env.PATH}`, HOME: workplace.home };
  const headroom = async (...words: string[]) => {
    const { code, stdout } = await run(process.execPath, [cli, 'mcp', ...words], { cwd: workplace.project, env: environment });
    return `${code} ${stdout}`;
  };
  const added = await headroom('install', agent.name);
  checks.check('it is added by its own command', added.includes(`added by \`${agent.name} mcp add\``), added);
  const again = await headroom('install', agent.name);
  checks.check('once is enough', again.includes('is there already'), again);

  // More than these agents show of a result unless they are told how long it may be.
  const text = Array.from({ length: 1500 }, (_, n) => `${n + 1}\tan original's line "${n}" \\ é with words to find: ${n * 7919}`).join(
    '\n',
  );
  const kept = openOriginals(join(workplace.home, ourCache, 'originals')).keep(text);
  if (!kept.isKept) throw new Error(kept.reason);
  for (const manner of ['bare', 'wrapped'] as const) {
    const part = agent.call('headroom_retrieve', { hash: kept.name, lines: '700-702' });
    const whole = agent.call('headroom_retrieve', { hash: kept.name });
    const wrong = agent.call('headroom_retrieve', { hash: 'no hash' });
    const [lines = '', all = '', error = ''] = agent.results(await agent.visit(setting, manner, [part, whole, wrong]));
    checks.equal(`${manner}: the lines that it asked for`, contentIn(lines), text.split('\n').slice(699, 702).join('\n').concat('\n'));
    if (agent.name === 'claude') checks.equal(`${manner}: all of it, though it is long`, contentIn(all), text);
    else checks.check(`${manner}: all of it, or as much as it shows`, all.includes('"original_content"'), all.slice(0, 500));
    checks.check(`${manner}: what is wrong is told`, error.includes('`no hash` is neither a hash nor a path'), error.slice(0, 500));
  }

  const removed = await headroom('uninstall');
  checks.check('it is removed by its own command', removed.includes(`removed by \`${agent.name} mcp remove\``), removed);
  const left = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (agent.givesBack) checks.equal('its file is as it was', left, agent.text);
  else checks.check('nothing of ours is left in its file', !left.includes(cli), left.slice(0, 500));

  const part = agent.call('headroom_retrieve', { hash: kept.name, query: 'line "41"' });
  const [found = ''] = agent.results(await agent.visit(setting, 'wrapped', [part], ['--mcp']));
  checks.check('by wrap --mcp they are there for one launch', found.includes('"count": 1'), found.slice(0, 500));
  const [after = ''] = agent.results(await agent.visit(setting, 'wrapped', [part], []));
  checks.check('and not in the next one', !after.includes('"count": 1'), after.slice(0, 500));
  const still = existsSync(file) ? readFileSync(file, 'utf8') : '';
  checks.check('its file knows nothing of it', !still.includes(cli), still.slice(0, 500));
  if (agent.name === 'claude') await checkOverHttp(checks, setting, agent, kept.name);
}

/** The same tools on a running proxy, at the address with its secret. */
async function checkOverHttp(checks: Checks, setting: Setting, agent: Agent, hash: string): Promise<void> {
  const { home } = setting.workplace;
  const proxy = await startProxy(setting.cli, [], { PATH: process.env.PATH, HOME: home });
  try {
    const secret = readFileSync(join(home, ourCache, 'content-secret'), 'utf8').trim();
    const servers = JSON.stringify({ mcpServers: { headroom: { type: 'http', url: `${proxy.base}/${secret}/mcp` } } });
    const script = oneByOne([agent.call('headroom_retrieve', { hash, query: 'line "41"' })]);
    const tools = 'mcp__headroom__headroom_retrieve';
    const visited = await visit(setting, 'bare', { script, keepsHome: true, tools, flags: ['--mcp-config', servers] });
    const [found = ''] = agent.results(visited);
    checks.check('by HTTP from a running proxy they are there as well', found.includes('"count": 1'), found.slice(0, 500));
  } finally {
    proxy.child.kill('SIGTERM');
  }
}

/** Called at once, results come in the order in which they are there. */
function oneByOne(calls: readonly ScriptedCall[]): Script {
  return { steps: [...calls.map((call) => ({ calls: [call] })), { text: 'Done.' }] };
}

function contentIn(result: string): string {
  try {
    const { original_content: content } = JSON.parse(result.slice(result.indexOf('{'), result.lastIndexOf('}') + 1)) as {
      original_content?: string;
    };
    return content ?? result;
  } catch {
    return result;
  }
}

/** What the calls of a request in Codex's spelling returned. */
function outputsOf(request: unknown): readonly string[] {
  const { input = [] } = (request ?? {}) as { input?: readonly { type?: string; output?: unknown }[] };
  return input.flatMap(({ type = '', output }) =>
    type.endsWith('_output')
      ? [typeof output === 'string' ? output : (output as { text?: string }[]).map(({ text = '' }) => text).join('\n')]
      : [],
  );
}
