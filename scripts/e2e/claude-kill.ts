/** `kill -9` of the launcher in the middle of the tour: the bare agent works in that home, and the next launch tidies up. */
import { existsSync } from 'node:fs';
import type { Checks } from './checks.ts';
import { checkHome } from './claude-compare.ts';
import { openAgent, takeTour, waitForEnd } from './claude-terminal.ts';
import {
  findAgentProcess,
  findLauncher,
  type Midway,
  openStay,
  type Setting,
  type Visit,
  type VisitOptions,
  visit,
} from './claude-visit.ts';
import { isListening, type MarkedProcess } from './processes.ts';
import { tourEnd } from './tour.ts';

/** What a bare agent leaves that is killed itself, as those are that lost their launcher and have no terminal. */
export function visitKilled(setting: Setting): Promise<Visit> {
  return visit(setting, 'bare', { onMidway: createKiller(findAgentProcess).onMidway });
}

/** Without a terminal the agent ends by its own retries; it is not waited for. */
export async function checkKilled(checks: Checks, setting: Setting, bare: readonly Visit[]): Promise<void> {
  const killing = createKiller((processes) => findLauncher(setting, processes));
  const killed = await visit(setting, 'wrapped', { onMidway: killing.onMidway });
  checks.check(
    'the launcher was killed in the middle',
    killing.pid() !== undefined && killed.finished.signal === 'SIGKILL',
    JSON.stringify(killed.finished),
  );
  await checkAftermath(checks, setting, bare, killed.midway);
}

export async function checkKilledInTerminal(checks: Checks, setting: Setting, bare: readonly Visit[]): Promise<void> {
  setting.workplace.reset();
  const killing = createKiller((processes) => findLauncher(setting, processes));
  const stay = await openStay(setting, { onMidway: killing.onMidway });
  const screen = openAgent(setting, 'wrapped', stay);
  try {
    await takeTour(screen);
    const ended = await screen.waitForText(/AGENT-EXIT=137/, 60);
    checks.check('the launcher was killed in the middle', killing.pid() !== undefined && ended, screen.text().slice(-2000));
    const left = await waitForEnd(stay);
    checks.check('no process stays', left.length === 0, JSON.stringify(left));
  } finally {
    screen.close();
    await stay.close();
  }
  await checkAftermath(checks, setting, bare, stay.midway());
}

async function checkAftermath(checks: Checks, setting: Setting, bare: readonly Visit[], midway: Midway | undefined): Promise<void> {
  const open = await Promise.all((midway?.ports ?? []).map(isListening));
  checks.check('its port is free', open.length === 1 && !open.includes(true), JSON.stringify(midway));
  const after = await visit(setting, 'bare', { keepsHome: true });
  checks.check(
    'the bare agent takes the tour in that home',
    after.finished.code === 0 && after.finished.stdout.trim() === tourEnd,
    JSON.stringify(after.finished),
  );
  checkHome(checks, bare, { ...after, midway });
  const next = await visit(setting, 'wrapped', { keepsHome: true });
  checks.check('the next launch works', next.finished.code === 0, JSON.stringify(next.finished));
  const folder = midway?.settingsFile;
  checks.check('and has swept the private folder of the dead one', folder !== undefined && !existsSync(folder), `${folder}`);
}

function createKiller(find: (processes: readonly MarkedProcess[]) => number | undefined): {
  onMidway: NonNullable<VisitOptions['onMidway']>;
  pid: () => number | undefined;
} {
  let pid: number | undefined;
  return {
    onMidway(_, processes) {
      pid = find(processes);
      if (pid) process.kill(pid, 'SIGKILL');
    },
    pid: () => pid,
  };
}
