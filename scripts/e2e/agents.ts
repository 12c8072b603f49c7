/** The other agents, the real ones: each on the tour, bare and under headroom, refused, and behind a corporate proxy. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Script } from '../../src/demo/upstream-script.ts';
import { loadCounter } from '../../src/tokens/count.ts';
import { checkAgentTours } from './agent-compare.ts';
import { checkTerminalTour } from './agent-terminal.ts';
import { checkTools } from './agent-tools.ts';
import { planAgentTour } from './agent-tour.ts';
import { type AgentVisit, visitAgent } from './agent-visit.ts';
import { toolTextsOf } from './any-wire.ts';
import type { Checks } from './checks.ts';
import type { Setting } from './claude-visit.ts';
import { checkCorporate } from './corporate.ts';
import { checkExcerpts } from './excerpts.ts';
import { findNode, installAgent } from './install.ts';
import type { TourAgent } from './tour-agent.ts';
import { tourAgents } from './tour-agents.ts';
import { turnsOf } from './wire.ts';
import { createWorkplace } from './workplace.ts';

/** One part for each agent, by its name. */
export const agentParts = Object.fromEntries(
  tourAgents.map((agent) => [
    agent.name,
    {
      title: `${agent.title} ${agent.version}`,
      isByNameAlone: !agent.isUsual,
      check: (checks: Checks, cli: string) => visitWith(checks, cli, agent),
    },
  ]),
);

async function visitWith(checks: Checks, cli: string, agent: TourAgent): Promise<void> {
  const title = `${agent.title} ${agent.version}`;
  const node = agent.node === undefined ? undefined : findNode(agent.node);
  if (agent.node !== undefined && node === undefined) return checks.skip(title, `it needs Node ${agent.node}, and there is none to be had`);
  console.log(title);
  const workplace = createWorkplace();
  try {
    const folder = installAgent(agent.package, agent.version, agent.command, node);
    const agentFolder = node === undefined ? folder : `${folder}:${node}`;
    await checkAgent(checks, { workplace, cli, count: await loadCounter(), agentFolder }, agent);
  } finally {
    workplace.remove();
  }
}

async function checkAgent(checks: Checks, setting: Setting, agent: TourAgent): Promise<void> {
  const script = planAgentTour(setting.workplace.project, agent);
  console.log(` ${agent.command} on the tour, bare and wrapped`);
  const receipt = join(setting.workplace.temporary, '..', 'receipt.json');
  const bare = await visitAgent(setting, agent, 'bare', { script });
  const wrapped = await visitAgent(setting, agent, 'wrapped', { script, options: ['--receipt-json', receipt] });
  await checkAgentTours(checks, agent, { bare, wrapped }, script.steps.length);
  checkReceipt(checks, wrapped, existsSync(receipt) ? readFileSync(receipt, 'utf8') : '{}');
  await checkRefused(checks, setting, agent);
  await checkCorporate(checks, async (options) => {
    const { requests, finished } = await visitAgent(setting, agent, 'wrapped', options);
    return { turns: turnsOf(requests).length, finished };
  });
  if (agent.opensFiles) {
    const { workplace } = setting;
    const visit = (script: Script) => visitAgent(setting, agent, 'wrapped', { script, keepsHome: true });
    await checkExcerpts(checks, { workplace, visit, resultsOf: toolTextsOf });
  }
  await checkTools(checks, setting, agent);
  if (agent.terminal) await checkTerminalTour(checks, setting, agent, agent.terminal);
}

function checkReceipt(checks: Checks, { requests, finished }: AgentVisit, text: string): void {
  const { requests: counts = {} } = JSON.parse(text) as { readonly requests?: Readonly<Record<string, number>> };
  const turns = turnsOf(requests).length;
  checks.check('the receipt counts the requests', (counts.turns ?? 0) >= turns && turns > 0, text);
  checks.check('and is printed', /headroom .* requests? to the model/.test(finished.stderr), finished.stderr.slice(-1500));
  checks.note(finished.stderr.slice(finished.stderr.lastIndexOf('headroom ')).trim().replaceAll('\n', '\n        '));
}

/** What upstream refuses, the agent is told, and ends as it does without us. */
async function checkRefused(checks: Checks, setting: Setting, agent: TourAgent): Promise<void> {
  console.log(' a tour that upstream ends with 403, bare and wrapped');
  const script = { steps: [{ calls: [{ shell: 'ls', description: 'Look around' }] }, { status: 403 }] };
  const bare = await visitAgent(setting, agent, 'bare', { script });
  const wrapped = await visitAgent(setting, agent, 'wrapped', { script });
  const codes = [bare, wrapped].map(({ finished }) => finished.code);
  checks.check(
    `exit code ${codes[0]}, as bare`,
    codes[0] === codes[1] && codes[0] !== null,
    `${codes}\n${wrapped.finished.stderr.slice(-1500)}`,
  );
  const played = [bare, wrapped].map(({ requests }) => turnsPlayed(requests));
  checks.equal('upstream was asked what it is asked bare', played[1]!, played[0]!);
}

/** Without titles and the like, which come when they come. */
function turnsPlayed(requests: AgentVisit['requests']): string {
  const played = requests.map(({ answer }) => answer?.played ?? '');
  return played.filter((each) => each.startsWith('step ')).join('\n');
}
