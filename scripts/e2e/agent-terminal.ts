/** Any agent with a person at the terminal, under headroom: a prompt typed, the tour, the way out, and how the terminal is left. */
import { join } from 'node:path';
import type { Script } from '../../src/demo/upstream-script.ts';
import { planAgentTour } from './agent-tour.ts';
import { agentCommand, openAgentStay } from './agent-visit.ts';
import type { Checks } from './checks.ts';
import type { Setting } from './claude-visit.ts';
import { inspect } from './claude-visit.ts';
import { checkSpliced, readReceived } from './received.ts';
import { hasTmux, openScreen } from './screen.ts';
import { tourPrompt } from './tour.ts';
import type { TourAgent, TourTerminal } from './tour-agent.ts';
import { turnsOf } from './wire.ts';

export async function checkTerminalTour(
  checks: Checks,
  setting: Setting,
  agent: TourAgent,
  terminal: TourTerminal,
  planned?: Script,
): Promise<void> {
  if (!hasTmux()) return checks.skip(`${agent.title} in a terminal`, 'there is no tmux');
  console.log(` ${agent.command} in a terminal, wrapped`);
  const { project, temporary } = setting.workplace;
  const script = planned ?? planAgentTour(project, agent);
  const stay = await openAgentStay(setting, agent, { script });
  const words = [...agentCommand(setting, agent, 'wrapped'), ...terminal.args].map((word) => `'${word}'`);
  const command = `stty -g | sed s/^/BEFORE=/; ${words.join(' ')}; code=$?; printf '\\r\\nAGENT-EXIT=%s\\r\\n' $code; stty -g | sed s/^/AFTER=/`;
  const screen = openScreen({ command, folder: project, environment: stay.environment, socketFolder: join(temporary, '..') });
  try {
    const isReady = await screen.waitForText(terminal.ready, 60);
    checks.check('terminal: it comes up', isReady, screen.text().slice(-2500));
    if (isReady) await screen.type(tourPrompt);
    const ends = await screen.waitForText(/TOUR-COMPLETE|AGENT-EXIT=/, 120);
    const during = screen.text();
    const played = new Set(turnsOf(stay.requests).map(({ answer }) => answer?.played)).size;
    checks.check('terminal: the tour ends, every step played', ends && played === script.steps.length, `${played}\n${during.slice(-2500)}`);
    checks.check(
      'terminal: the edit is there',
      inspect(setting.workplace).edited?.includes("'shipping needs a role', code: 1004") ?? false,
    );
    if (!/AGENT-EXIT=/.test(during)) await terminal.quit(screen);
    await screen.waitForText(/AGENT-EXIT=\d+[\s\S]*AFTER=/, 30);
    const text = screen.text();
    const [, before] = /BEFORE=(\S+)/.exec(text) ?? [];
    const [, after] = /AFTER=(\S+)/.exec(text) ?? [];
    checks.check(
      'the terminal has the modes it had before',
      before !== undefined && before === after,
      `${before}\n${after}\n${text.slice(-1500)}`,
    );
    checks.check('terminal: the receipt is on the screen', /requests to the model/.test(text), text.slice(-1500));
    checkSpliced(checks, { received: readReceived(setting.workplace), requests: stay.requests });
  } finally {
    screen.close();
    const left = await stay.close();
    checks.check('terminal: no process is left', left.length === 0, JSON.stringify(left));
  }
}
