/** `wrap --mcp`: our tools in an agent for one launch, called by a scripted model, and the home knowing nothing of it afterwards. */
import { join } from 'node:path';
import { openOriginals } from '../../src/store/originals.ts';
import { wrappers } from '../../wrappers/index.ts';
import { visitAgent } from './agent-visit.ts';
import { toolTextsOf } from './any-wire.ts';
import type { Checks } from './checks.ts';
import { ourCache, type Setting } from './claude-visit.ts';
import { cache } from './install.ts';
import type { TourAgent } from './tour-agent.ts';
import { turnsOf } from './wire.ts';
import { createWorkplace } from './workplace.ts';

export async function checkTools(checks: Checks, setting: Setting, agent: TourAgent): Promise<void> {
  if (!wrappers.find(({ name }) => name === agent.name)?.takesTools) return;
  console.log(' with our MCP server for one launch');
  // Gemini CLI takes no settings from below a folder that others can write to, such as /tmp.
  const workplace = createWorkplace(cache);
  try {
    workplace.reset();
    const text = Array.from({ length: 1500 }, (_, n) => `${n + 1}\tan original's line "${n}": ${n * 7919}`).join('\n');
    const kept = openOriginals(join(workplace.home, ourCache, 'originals')).keep(text);
    if (!kept.isKept) throw new Error(kept.reason);
    const call = { mcp: 'headroom_retrieve', server: 'headroom', input: { hash: kept.name, query: 'line "41"' } };
    const script = { steps: [{ calls: [call] }, { text: 'Done.' }] };
    const visit = await visitAgent({ ...setting, workplace }, agent, 'wrapped', { script, options: ['--mcp'], keepsHome: true });
    const [found = ''] = turnsOf(visit.requests).slice(-1).flatMap(toolTextsOf);
    checks.check(
      'by --mcp our tool gives an original',
      /42\\+tan original's line/.test(found),
      found || visit.finished.stderr.slice(-1500),
    );
    const telling = [...visit.home].flatMap(([name, file]) => (file.includes(setting.cli) ? [name] : []));
    checks.check('no file of the home names our server', telling.length === 0, telling.join('\n'));
    checks.check('of our server too, no process is left', visit.left.length === 0, JSON.stringify(visit.left));
  } finally {
    workplace.remove();
  }
}
