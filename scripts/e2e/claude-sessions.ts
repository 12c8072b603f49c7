/** What sessions of Claude Code go through: work in the background, a session taken up again, another model, a compaction, a launch inside a launch. */
import type { Script } from '../../src/demo/upstream-script.ts';
import type { Checks } from './checks.ts';
import { checkPrefixes } from './claude-compare.ts';
import { type Setting, type Visit, visit } from './claude-visit.ts';
import { checkSpliced } from './received.ts';
import { tourEnd } from './tour.ts';
import { resultsOf, turnsOf } from './wire.ts';

const file = 'src/handlers.js';
const show = (description: string) => ({ calls: [{ shell: `cat ${file}`, description }] });
/** Stands in the file once, and not where it is repeated. */
const route = "roles.includes('export')";

/** Four launches, one after the other, of one session in one home. */
export async function checkSessions(checks: Checks, setting: Setting): Promise<void> {
  const goOn = (steps: Script['steps'], flags: readonly string[] = [], prompt?: string) =>
    visit(setting, 'wrapped', { script: { steps }, keepsHome: true, flags: ['--continue', ...flags], ...(prompt ? { prompt } : {}) });

  console.log(' a session with work in the background');
  const background = { raw: 'Bash', input: { command: './build.sh', description: 'Build beside', run_in_background: true } };
  const first = await visit(setting, 'wrapped', {
    script: { steps: [{ calls: [background] }, show('Show'), show('Show again'), { text: tourEnd }] },
  });
  checkSession(checks, first, 4);
  checks.check('it works in the background', /background/.test(textsOf(first)[0] ?? ''), textsOf(first)[0]);
  checks.check(
    'what is shown again is a repeat',
    isWhole(textsOf(first)[1]) && !isWhole(textsOf(first)[2]),
    textsOf(first).join('\n---\n'),
  );

  console.log(' taken up by another launch');
  const second = await goOn([show('Show once more'), { text: tourEnd }]);
  checkSession(checks, second, 2);
  checks.equal('what was sent before is sent again, byte for byte', earlierTexts(second, first), earlierTexts(first, first));
  checks.check('what it showed before is still a repeat', !isWhole(textsOf(second).at(-1)), textsOf(second).at(-1));

  console.log(' taken up with another model');
  const third = await goOn([show('Show to the other'), { text: tourEnd }], ['--model', 'claude-sonnet-4-5']);
  checkSession(checks, third, 2);
  checks.check('what it showed before is a repeat to this one too', !isWhole(textsOf(third).at(-1)), textsOf(third).at(-1));

  console.log(' compacted, and taken up again');
  const compacted = await goOn([{ text: tourEnd }], [], '/compact');
  const summaries = compacted.requests.filter(({ answer }) => answer?.played === 'summary').length;
  checks.check(
    'a summary is asked for, once',
    summaries === 1 && compacted.finished.code === 0,
    JSON.stringify([compacted.requests.map(({ answer }) => answer?.played), compacted.finished]),
  );
  checkSpliced(checks, compacted);
  const fourth = await goOn([show('Show after it'), { text: tourEnd }]);
  checkSession(checks, fourth, 2);
  checks.check('what only the summary has seen is shown in full', isWhole(textsOf(fourth).at(-1)), textsOf(fourth).at(-1));
}

/** The agent that a launch runs starts a launch itself. */
export async function checkNested(checks: Checks, setting: Setting): Promise<void> {
  console.log(' headroom wrap claude in the Bash of headroom wrap claude');
  const words = [process.execPath, setting.cli, 'wrap', 'claude', '-p', 'Please look at the handlers', '--allowedTools', 'Bash'];
  const inner = words.map((word) => `'${word}'`).join(' ');
  const nested = await visit(setting, 'wrapped', {
    script: {
      steps: [{ calls: [{ shell: `${inner} 2>&1`, description: 'Ask another one' }] }, { text: tourEnd }],
      conversations: [{ prompt: 'look at the handlers', steps: [show('Show'), show('Show again'), { text: 'There is nothing wrong.' }] }],
    },
    middle: 'conversation 0 step 0',
  });
  checkSession(checks, nested, 2);
  const [said = ''] = textsOf(nested);
  checks.check('the inner one says where it is', said.includes('already inside a launch of headroom'), said);
  checks.check('and comes to its end', said.includes('There is nothing wrong.'), said);
  checks.check('there is one proxy', nested.midway?.ports.length === 1, JSON.stringify(nested.midway));
  const turns = turnsOf(nested.requests, 'conversation 0 step');
  checks.check('it serves the inner one too', turns.length === 3, `${turns.length}`);
  checkPrefixes(checks, nested.requests, 'conversation 0 step');
  const [whole, repeat] = turns.slice(-1).flatMap(resultsOf);
  checks.check('whose results are shrunk once', isWhole(whole?.text) && !isWhole(repeat?.text), repeat?.text);
  checks.check('no process is left', nested.left.length === 0, JSON.stringify(nested.left));
}

function checkSession(checks: Checks, session: Visit, least: number): void {
  const { finished, requests } = session;
  const played = turnsOf(requests).length;
  checks.check(
    'it comes to its end',
    finished.stdout.trim().endsWith(tourEnd) && played >= least,
    `${played}\n${JSON.stringify(finished)}`,
  );
  checkPrefixes(checks, requests);
  checkSpliced(checks, session);
}

function textsOf({ requests }: Visit): readonly string[] {
  return turnsOf(requests)
    .slice(-1)
    .flatMap(resultsOf)
    .map(({ text }) => text);
}

/** Of all results of a visit, those that an earlier one sent. */
function earlierTexts(visited: Visit, earlier: Visit): string {
  const ids = new Set(
    turnsOf(earlier.requests)
      .slice(-1)
      .flatMap(resultsOf)
      .map(({ id }) => id),
  );
  const results = turnsOf(visited.requests).slice(-1).flatMap(resultsOf);
  return JSON.stringify(
    results.filter(({ id }) => ids.has(id)),
    undefined,
    1,
  );
}

function isWhole(text = ''): boolean {
  return text.includes(route);
}
