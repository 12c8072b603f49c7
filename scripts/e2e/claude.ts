/** Claude Code, the real one, on the tour: bare and under headroom, without and with a terminal, refused, and with the launcher killed. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCounter } from '../../src/tokens/count.ts';
import { familyFactor } from '../../src/tokens/family.ts';
import { labServer, serverTour } from './agent-tour.ts';
import type { Checks } from './checks.ts';
import { checkCold } from './claude-cold.ts';
import { checkBill, checkNoTrace, checkPrefixes, checkSameButSmaller, checkSameEnd, checkTour } from './claude-compare.ts';
import { checkLedger, checkOriginals } from './claude-kept.ts';
import { checkKilled, checkKilledInTerminal, visitKilled } from './claude-kill.ts';
import { checkReceipt } from './claude-receipt.ts';
import { checkNested, checkSessions } from './claude-sessions.ts';
import { checkTerminal, visitInTerminal } from './claude-terminal.ts';
import { type Setting, type Visit, visit } from './claude-visit.ts';
import { checkCorporate } from './corporate.ts';
import { checkExcerpts } from './excerpts.ts';
import { installAgent } from './install.ts';
import { checkSpliced } from './received.ts';
import { hasTmux } from './screen.ts';
import { planHelpers, planTour, tourEnd } from './tour.ts';
import { messagesOf, resultsOf, turnsOf } from './wire.ts';
import { createWorkplace, setAside } from './workplace.ts';

const agent = '@anthropic-ai/claude-code';
const version = '2.1.330';
export const title = `Claude Code ${version}`;
/** What a plain install gets on Node 20. */
const olderVersion = '2.1.197';
const steps = planTour('').steps.length;

export async function checkClaude(checks: Checks, cli: string): Promise<void> {
  const workplace = createWorkplace();
  const setting: Setting = {
    workplace,
    cli,
    count: await loadProviderCount(),
    agentFolder: installAgent(agent, version, 'claude'),
  };
  console.log(`Claude Code ${version}`);
  try {
    const bare = await checkPrinted(checks, setting);
    await checkUnchanged(checks, setting, bare[0]!);
    await checkHelpers(checks, setting);
    await checkServer(checks, setting);
    await checkSessions(checks, setting);
    await checkNested(checks, setting);
    await checkRefused(checks, setting);
    await checkCorporate(checks, async (options) => {
      const { requests, finished } = await visit(setting, 'wrapped', options);
      return { turns: turnsOf(requests).length, finished };
    });
    await checkOriginals(checks, setting);
    await checkExcerpts(checks, {
      workplace,
      visit: (script) => visit(setting, 'wrapped', { script, tools: 'Bash', keepsHome: true }),
      resultsOf: (request) => resultsOf(request).map(({ text }) => text),
    });
    await checkCold(checks, setting);
    console.log(' headroom wrap claude -p, launcher killed with SIGKILL');
    bare.push(await visitKilled(setting));
    await checkKilled(checks, setting, bare);
    if (hasTmux()) await checkInTerminal(checks, setting, bare);
    else checks.skip('Claude Code at a terminal', 'tmux is not installed');
    await checkOlder(checks, setting);
  } finally {
    workplace.remove();
  }
}

async function checkPrinted(checks: Checks, setting: Setting): Promise<Visit[]> {
  console.log(' claude -p, bare');
  const bare = await visit(setting, 'bare');
  checkTour(checks, bare, steps);
  console.log(' headroom wrap claude -p');
  const beside = (name: string) => join(setting.workplace.temporary, '..', name);
  const files = { receipt: beside('receipt.json'), explain: beside('explain.jsonl') };
  const options = ['--receipt-json', files.receipt, '--explain', files.explain];
  const wrapped = await visit(setting, 'wrapped', { options });
  checkTour(checks, wrapped, steps);
  checkSameEnd(checks, bare, wrapped, 0);
  checkReceipt(checks, bare, wrapped, { receipt: take(files.receipt), explain: take(files.explain) });
  checkSameButSmaller(checks, bare, wrapped);
  checkSpliced(checks, wrapped);
  checkBill(checks, bare, wrapped);
  checkLedger(checks, wrapped);
  await checkNoTrace(checks, [bare], wrapped);
  return [bare];
}

/** Where the user wants nothing changed, nothing is: every byte of every result. */
async function checkUnchanged(checks: Checks, setting: Setting, bare: Visit): Promise<void> {
  for (const option of ['--off', '--observe']) {
    console.log(` headroom wrap ${option} claude -p`);
    const wrapped = await visit(setting, 'wrapped', { options: [option] });
    checkSameEnd(checks, bare, wrapped, 0);
    const [found, expected] = [wrapped, bare].map(({ requests }) => setAside(turnsOf(requests).map(messagesOf).join('\n')));
    checks.equal('every message is byte for byte that of a bare run', found!, expected!);
  }
}

/** Subagents at once beside the main conversation, with the message shape of the older models, and a 529 on the way. */
async function checkHelpers(checks: Checks, setting: Setting): Promise<void> {
  console.log(' headroom wrap claude -p --model claude-sonnet-4-5, two subagents, upstream overloaded at first');
  const wrapped = await visit(setting, 'wrapped', {
    script: planHelpers(setting.workplace.project),
    flags: ['--model', 'claude-sonnet-4-5'],
  });
  checks.equal('the tour ended', wrapped.finished.stdout.trim(), tourEnd);
  checks.check('upstream was asked once more after its 529', wrapped.requests.filter(({ answer }) => answer?.status === 529).length === 1);
  for (const conversation of ['step', 'conversation 0 step', 'conversation 1 step']) {
    const turns = turnsOf(wrapped.requests, conversation);
    checks.check(`${conversation}: all its turns`, turns.length === (conversation === 'step' ? 5 : 3), `${turns.length}`);
    checkPrefixes(checks, wrapped.requests, conversation);
  }
  checkSpliced(checks, wrapped);
  const results = resultsOf(turnsOf(wrapped.requests).at(-1)!).map(({ text }) => text);
  const isWhole = (word: string) => results.some((text) => text.includes(word));
  checks.check(
    'what only the subagents have seen is shown in full',
    isWhole('export function currencyOf(order) {') && isWhole("roles.includes('export')"),
  );
}

/** A tool of an MCP server that the user brings along. */
async function checkServer(checks: Checks, setting: Setting): Promise<void> {
  console.log(' a tool of an MCP server, bare and wrapped');
  const servers = JSON.stringify({ mcpServers: { lab: labServer } });
  const options = { script: serverTour, tools: 'mcp__lab__list_orders', flags: ['--mcp-config', servers] };
  const bare = await visit(setting, 'bare', options);
  const wrapped = await visit(setting, 'wrapped', options);
  checkSameEnd(checks, bare, wrapped, 0);
  for (const { manner, requests } of [bare, wrapped]) {
    const results = turnsOf(requests).slice(-1).flatMap(resultsOf);
    checks.check(
      `${manner}: the MCP server answered`,
      results.some(({ text }) => text.includes('customer_email')),
      JSON.stringify(results),
    );
  }
  checkSameButSmaller(checks, bare, wrapped);
  checkSpliced(checks, wrapped);
}

/** An upstream that says no: the agent shows it and ends as it would without us. */
async function checkRefused(checks: Checks, setting: Setting): Promise<void> {
  console.log(' a tour that upstream ends with 403, bare and wrapped');
  const script = { steps: [{ calls: [{ shell: 'ls' }] }, { status: 403 }] };
  const bare = await visit(setting, 'bare', { script });
  const wrapped = await visit(setting, 'wrapped', { script });
  checkSameEnd(checks, bare, wrapped, 1);
}

async function checkInTerminal(checks: Checks, setting: Setting, printed: readonly Visit[]): Promise<void> {
  console.log(' claude at a terminal, bare');
  const bare = await visitInTerminal(setting, 'bare');
  checkTour(checks, bare, steps);
  checkTerminal(checks, bare);
  console.log(' headroom wrap claude at a terminal');
  const wrapped = await visitInTerminal(setting, 'wrapped');
  checkTour(checks, wrapped, steps);
  checkTerminal(checks, wrapped);
  const { agentStdin: own, launcherStdin: outer } = wrapped.midway ?? {};
  const isOwn = own?.startsWith('/dev/pts/') && outer?.startsWith('/dev/pts/') && own !== outer;
  checks.check('the agent had a terminal of its own', isOwn ?? false, JSON.stringify(wrapped.midway));
  checks.check('exit code 0, as bare', bare.finished.code === 0 && wrapped.finished.code === 0, wrapped.screen.slice(-2000));
  checkSameButSmaller(checks, bare, wrapped);
  checkSpliced(checks, wrapped);
  checkBill(checks, bare, wrapped);
  await checkNoTrace(checks, [bare, ...printed], wrapped);
  console.log(' headroom wrap claude at a terminal, launcher killed with SIGKILL');
  await checkKilledInTerminal(checks, setting, [bare, ...printed]);
}

async function checkOlder(checks: Checks, setting: Setting): Promise<void> {
  console.log(` Claude Code ${olderVersion}: claude -p, bare and wrapped`);
  const older = { ...setting, agentFolder: installAgent(agent, olderVersion, 'claude') };
  const bare = await visit(older, 'bare');
  const wrapped = await visit(older, 'wrapped');
  checkTour(checks, wrapped, steps);
  checkSameEnd(checks, bare, wrapped, 0);
  checkSameButSmaller(checks, bare, wrapped);
  checkBill(checks, bare, wrapped);
}

/** As the newest models count, as far as is known; each text is counted once. */
async function loadProviderCount(): Promise<(text: string) => number> {
  const count = await loadCounter();
  const factor = familyFactor('claude-opus-5-5');
  const known = new Map<string, number>();
  return (text) => {
    const tokens = known.get(text) ?? Math.ceil(count(text) * factor);
    known.set(text, tokens);
    return tokens;
  };
}

function take(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
