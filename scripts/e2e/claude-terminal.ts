/** Claude Code with a person at the terminal: its own default mode, a prompt typed, `/exit` typed, and how the terminal is left. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Checks } from './checks.ts';
import { commandFor, inspect, type Manner, openStay, type Setting, type Stay, type Visit, type VisitOptions } from './claude-visit.ts';
import { findMarked, waitFor } from './processes.ts';
import { openScreen, type Screen } from './screen.ts';
import { tourPrompt } from './tour.ts';

export interface TerminalVisit extends Visit {
  /** What was on the screen at the end of the tour, and after the agent. */
  readonly screen: string;
  /** `stty -g` before and after. */
  readonly modes: readonly [string | undefined, string | undefined];
}

/** A whole visit: start, prompt, tour, exit. */
export async function visitInTerminal(setting: Setting, manner: Manner, options: VisitOptions = {}): Promise<TerminalVisit> {
  setting.workplace.reset();
  const stay = await openStay(setting, options);
  const screen = openAgent(setting, manner, stay);
  try {
    await takeTour(screen);
    await screen.waitForText(/TOUR-COMPLETE|AGENT-EXIT=/, 60);
    // Claude Code leaves the alternate screen at its end, and takes with it what was there.
    const during = screen.text();
    if (!/AGENT-EXIT=/.test(during)) await screen.type('/exit');
    await screen.waitForText(/AGENT-EXIT=\d+[\s\S]*AFTER=/, 20);
    const text = screen.text();
    const left = await waitForEnd(stay);
    screen.close();
    await stay.close();
    const exit = /AGENT-EXIT=(\d+)/.exec(text)?.[1];
    const finished = { code: exit === undefined ? null : Number(exit), signal: null, stdout: '', stderr: '' };
    const modes = [/BEFORE=(\S+)/.exec(text)?.[1], /AFTER=(\S+)/.exec(text)?.[1]] as const;
    return {
      manner,
      finished,
      requests: stay.upstream.requests,
      midway: stay.midway(),
      left,
      screen: `${during}\n${text}`,
      modes,
      ...inspect(setting.workplace),
    };
  } finally {
    screen.close();
    await stay.close();
  }
}

/** A shell with the agent in it, which says how the terminal was before and after. */
export function openAgent(setting: Setting, manner: Manner, stay: Stay): Screen {
  const { home, project, temporary } = setting.workplace;
  prepareHome(home, project);
  const words = commandFor(setting, manner, []).map((word) => `'${word}'`);
  const command = `stty -g | sed s/^/BEFORE=/; ${words.join(' ')}; code=$?; printf '\\r\\nAGENT-EXIT=%s\\r\\n' $code; stty -g | sed s/^/AFTER=/`;
  return openScreen({ command, folder: project, environment: stay.environment, socketFolder: join(temporary, '..') });
}

export async function takeTour(screen: Screen): Promise<void> {
  await screen.waitForText(/auto mode on|\? for shortcuts|AGENT-EXIT=/, 30);
  if (!/AGENT-EXIT=/.test(screen.text())) await screen.type(tourPrompt);
}

/** The processes of the visit, but for the terminal itself, once they are gone or five seconds are over. */
export async function waitForEnd({ mark }: Stay): Promise<Visit['left']> {
  const others = () => findMarked(mark).filter(({ args }) => !args[0]?.startsWith('tmux'));
  await waitFor(() => others().length === 0, 5);
  return others();
}

export function checkTerminal(checks: Checks, { modes, requests, screen }: TerminalVisit): void {
  checks.check('the terminal has the modes it had before', modes[0] !== undefined && modes[0] === modes[1], `${modes}`);
  const judged = requests.filter(({ json }) => Array.isArray((json as { safeguards?: unknown }).safeguards)).length;
  checks.check(
    'auto mode asked for its verdict and was content with it',
    judged > 0 && screen.includes('Allowed by auto mode'),
    screen.slice(-3000),
  );
}

/** What the agent would ask about on its first start. */
function prepareHome(home: string, project: string): void {
  const known = {
    hasCompletedOnboarding: true,
    theme: 'dark',
    customApiKeyResponses: { approved: ['dummy'], rejected: [] },
    projects: { [project]: { hasTrustDialogAccepted: true, allowedTools: [] } },
  };
  writeFileSync(join(home, '.claude.json'), JSON.stringify(known));
}
