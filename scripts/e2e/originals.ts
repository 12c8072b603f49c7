/**
 * An original named in a note, opened by opencode in the middle of a scripted session: no question is asked, for
 * nobody is there to answer one, and other folders outside the project stay as closed as they were.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadCounter } from '../../src/tokens/count.ts';
import { visitAgent } from './agent-visit.ts';
import { toolTextsOf } from './any-wire.ts';
import type { Checks } from './checks.ts';
import type { Setting } from './claude-visit.ts';
import { checkExcerpts } from './excerpts.ts';
import { installAgent } from './install.ts';
import type { TourAgent } from './tour-agent.ts';
import { tourAgents } from './tour-agents.ts';
import { turnsOf } from './wire.ts';
import { createWorkplace } from './workplace.ts';

/** Kilo is opencode in this, and pi asks about no file at all. */
const opening = tourAgents.filter(({ name }) => name === 'opencode');

export async function checkOriginals(checks: Checks, cli: string): Promise<void> {
  for (const agent of opening) {
    console.log(`${agent.title} ${agent.version} and originals`);
    const workplace = createWorkplace();
    try {
      const agentFolder = installAgent(agent.package, agent.version, agent.command);
      const setting = { workplace, cli, count: await loadCounter(), agentFolder };
      // What the first visit leaves is what the next one finds.
      const again = { ...setting, workplace: { ...workplace, reset: () => {} } };
      const visit = (script: Parameters<typeof visitAgent>[3]['script']) => visitAgent(again, agent, 'wrapped', { script });
      await checkExcerpts(checks, { workplace, visit, resultsOf: toolTextsOf });
      await checkOthers(checks, setting, agent);
    } finally {
      workplace.remove();
    }
  }
}

/** Our one folder is open; its neighbours are as without us. */
async function checkOthers(checks: Checks, setting: Setting, agent: TourAgent): Promise<void> {
  const secret = join(dirname(setting.workplace.home), 'elsewhere', 'secret.txt');
  mkdirSync(dirname(secret), { recursive: true });
  writeFileSync(secret, 'what nobody asked for\n');
  const script = { steps: [{ calls: [{ read: secret }] }, { text: 'Done.' }] };
  const seen: boolean[] = [];
  for (const manner of ['bare', 'wrapped'] as const) {
    const { requests } = await visitAgent(setting, agent, manner, { script });
    seen.push(turnsOf(requests).slice(-1).flatMap(toolTextsOf).join('\n').includes('what nobody asked for'));
  }
  checks.equal('what else lies outside of the project is closed, bare and wrapped', seen.join(), 'false,false');
}
