/** Codex, the real one, on the tour: bare and under headroom, with functions and in its code mode, unchanged and refused. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UpstreamRequest } from '../../src/demo/upstream-face.ts';
import { loadCounter } from '../../src/tokens/count.ts';
import { checkTerminalTour } from './agent-terminal.ts';
import { labServer, serverTour } from './agent-tour.ts';
import type { Checks } from './checks.ts';
import { checkHome, checkSameEnd } from './claude-compare.ts';
import type { Setting, Visit } from './claude-visit.ts';
import { codexAtTerminal } from './codex-terminal.ts';
import { codexAside, codexTour, visitCodex } from './codex-visit.ts';
import { checkCorporate } from './corporate.ts';
import { checkExcerpts } from './excerpts.ts';
import { installAgent } from './install.ts';
import { isListening } from './processes.ts';
import { checkSpliced } from './received.ts';
import { turnsOf, usagesOf } from './wire.ts';
import { createWorkplace } from './workplace.ts';

const version = '0.169.0';
export const title = `Codex ${version}`;
const withFunctions = 'gpt-5.5';
/** Told of tools of MCP servers from the start; newer ones search for them first. */
const withServers = 'gpt-5.2';
const inCodeMode = 'gpt-6.1-sol';

export async function checkCodex(checks: Checks, cli: string): Promise<void> {
  const workplace = createWorkplace();
  const setting: Setting = { workplace, cli, count: await loadCounter(), agentFolder: installAgent('@openai/codex', version, 'codex') };
  console.log(`Codex ${version}`);
  try {
    for (const model of [withFunctions, inCodeMode]) await checkModel(checks, setting, model);
    await checkAccount(checks, setting);
    await checkUnchanged(checks, setting);
    await checkServer(checks, setting);
    await checkRefused(checks, setting);
    await checkCorporate(checks, async (options) => {
      const { requests, finished } = await visitCodex(setting, 'wrapped', { model: withFunctions, ...options });
      return { turns: turnsOf(requests).length, finished };
    });
    await checkTerminalTour(checks, setting, codexAtTerminal, codexAtTerminal.terminal, codexTour);
    await checkExcerpts(checks, {
      workplace,
      visit: (script) => visitCodex(setting, 'wrapped', { model: withFunctions, script, keepsHome: true }),
      resultsOf: outputsOf,
    });
  } finally {
    workplace.remove();
  }
}

async function checkModel(checks: Checks, setting: Setting, model: string): Promise<void> {
  console.log(` codex exec -m ${model}, bare`);
  const bare = await visitCodex(setting, 'bare', { model });
  checkTour(checks, bare);
  console.log(` headroom wrap codex exec -m ${model}`);
  const file = join(setting.workplace.temporary, '..', 'receipt.json');
  const wrapped = await visitCodex(setting, 'wrapped', { model, options: ['--receipt-json', file] });
  checkTour(checks, wrapped);
  checkSameEnd(checks, bare, wrapped, 0);
  checkWire(checks, bare, wrapped);
  checkSmaller(checks, bare, wrapped);
  checkSpliced(checks, wrapped);
  checkReceipt(checks, wrapped, existsSync(file) ? readFileSync(file, 'utf8') : '{}');
  await checkNoTrace(checks, bare, wrapped);
}

/** With a ChatGPT account the address and the path are others, and bodies would come compressed. */
async function checkAccount(checks: Checks, setting: Setting): Promise<void> {
  console.log(' headroom wrap codex exec, with a ChatGPT account');
  const wrapped = await visitCodex(setting, 'wrapped', { model: withFunctions, hasAccount: true });
  checkTour(checks, wrapped);
  const turns = turnsOf(wrapped.requests);
  const paths = new Set(turns.map(({ path }) => path));
  checks.equal('its path goes upstream as it is', [...paths].join(), '/backend-api/codex/responses');
  const plain = turns.filter(({ headers }) => headers['chatgpt-account-id'] === 'account-1' && headers['content-encoding'] === undefined);
  checks.check('with its account, in plain JSON', plain.length === turns.length && turns.length > 0);
  checks.check(
    'the receipt counts them',
    wrapped.finished.stderr.includes(`${turns.length} requests to the model`),
    wrapped.finished.stderr,
  );
}

/** Where the user wants nothing changed, nothing is: every byte of every output. */
async function checkUnchanged(checks: Checks, setting: Setting): Promise<void> {
  for (const option of ['--off', '--observe']) {
    console.log(` headroom wrap ${option} codex exec`);
    const bare = await visitCodex(setting, 'bare', { model: withFunctions });
    const wrapped = await visitCodex(setting, 'wrapped', { model: withFunctions, options: [option] });
    checkSameEnd(checks, bare, wrapped, 0);
    const [found = '', expected = ''] = [wrapped, bare].map((visit) => codexAside(turnsOf(visit.requests).flatMap(itemsOf).join('\n')));
    checks.equal('every item is that of a bare run', found, expected);
  }
}

/** A tool of an MCP server that the user brings along. */
async function checkServer(checks: Checks, setting: Setting): Promise<void> {
  console.log(' a tool of an MCP server, bare and wrapped');
  const configuration = [`mcp_servers.lab={command=${JSON.stringify(labServer.command)},args=${JSON.stringify(labServer.args)}}`];
  const options = { model: withServers, script: serverTour, configuration };
  const bare = await visitCodex(setting, 'bare', options);
  const wrapped = await visitCodex(setting, 'wrapped', options);
  checkSameEnd(checks, bare, wrapped, 0);
  for (const { manner, requests } of [bare, wrapped]) {
    const outputs = turnsOf(requests).slice(-1).flatMap(outputsOf);
    checks.check(
      `${manner}: the MCP server answered`,
      outputs.some((text) => text.includes('customer_email')),
      outputs.join('\n'),
    );
  }
  checkSmaller(checks, bare, wrapped);
  checkSpliced(checks, wrapped);
}

async function checkRefused(checks: Checks, setting: Setting): Promise<void> {
  console.log(' a tour that upstream ends with 403, bare and wrapped');
  const script = { steps: [{ calls: [{ shell: 'ls' }] }, { status: 403 }] };
  const bare = await visitCodex(setting, 'bare', { model: withFunctions, script });
  checkSameEnd(checks, bare, await visitCodex(setting, 'wrapped', { model: withFunctions, script }), 1);
}

/** The tour went through: every step played once, the edit on disk, and each request extends the one before it. */
function checkTour(checks: Checks, { requests, edited, finished }: Visit): void {
  const turns = turnsOf(requests);
  const refused = requests.filter(({ method, answer }) => method === 'POST' && answer && answer.status >= 400);
  checks.check('upstream refused nothing', refused.length === 0, refused.map(({ answer }) => answer?.played).join('\n'));
  const played = turns.map(({ answer }) => answer?.played);
  checks.check('every step was played once', turns.length === codexTour.steps.length, `${played}\n${finished.stderr.slice(-1500)}`);
  checks.check('the edit is on disk', edited?.includes("'shipping needs a role', code: 1004") ?? false);
  const outputs = turns.slice(-1).flatMap(outputsOf);
  const failed = outputs.find((text) => /exit(?:ed with)? code:? 3/i.test(text));
  checks.check(
    'the failing command came back with its exit code and its message',
    failed?.includes('src/handlers.js:12 has no test') ?? false,
  );
  const items = turns.map(itemsOf);
  const broken = items.findIndex((list, at) => at > 0 && items[at - 1]!.some((item, position) => item !== list[position]));
  checks.check('each request extends the one before it, byte for byte', broken < 0, `request ${broken}`);
  const missed = turns.filter(({ answer }, at) => at > 0 && (answer?.usage?.cache_read_input_tokens ?? 0) < inputOf(turns[at - 1]!));
  checks.check('each request reads from the cache all that the one before it sent', missed.length === 0, `${missed.length}`);
}

/** WebSocket is tried and refused by us, so upstream hears nothing of it; bodies come as plain JSON. */
function checkWire(checks: Checks, bare: Visit, { requests }: Visit): void {
  const isUpgrade = ({ headers }: UpstreamRequest) => headers.upgrade !== undefined;
  checks.check('bare, WebSocket is tried first', bare.requests.filter(isUpgrade).length === 1);
  checks.check(
    'wrapped, upstream sees plain requests only',
    requests.every((request) => !isUpgrade(request) && request.method === 'POST'),
  );
  // How a connection is kept is a matter between neighbours.
  const names = (request: UpstreamRequest | undefined) =>
    Object.keys(request?.headers ?? {})
      .filter((name) => name !== 'connection')
      .sort()
      .join();
  checks.equal('with the headers of a bare run', names(turnsOf(requests)[0]), names(turnsOf(bare.requests)[0]));
}

/** All but the outputs as in a bare run; those smaller, none larger; and less is billed. */
function checkSmaller(checks: Checks, bare: Visit, wrapped: Visit): void {
  const [before, after] = [turnsOf(bare.requests), turnsOf(wrapped.requests)];
  if (!checks.check('as many turns as bare', before.length === after.length && before.length > 0)) return;
  const rest = (turns: readonly UpstreamRequest[]) => codexAside(turns.flatMap((turn) => itemsOf(turn).map(withoutOutput)).join('\n'));
  checks.equal('everything but outputs is that of a bare run', rest(after), rest(before));
  const [own, ours] = [outputsOf(before.at(-1)!), outputsOf(after.at(-1)!)];
  const size = (texts: readonly string[]) => texts.reduce((sum, text) => sum + Buffer.byteLength(codexAside(text)), 0);
  const grown = ours.filter((text, at) => size([text]) > size([own[at] ?? '']));
  checks.check('no output is larger than bare', ours.length === own.length && grown.length === 0, grown.join('\n').slice(0, 600));
  checks.check('outputs are smaller than bare', size(ours) < size(own), `${size(ours)} of ${size(own)} bytes`);
  const input = (visit: Visit) => turnsOf(visit.requests).reduce((sum, turn) => sum + inputOf(turn), 0);
  checks.check('fewer input tokens are billed', input(wrapped) < input(bare), `${input(wrapped)} of ${input(bare)}`);
  checks.note(`outputs: ${size(own)} bytes bare, ${size(ours)} sent; input tokens: ${input(bare)} bare, ${input(wrapped)} wrapped`);
}

function checkReceipt(checks: Checks, { finished, requests }: Visit, text: string): void {
  const {
    usage = {},
    requests: counts = {},
    input,
  } = JSON.parse(text) as {
    readonly usage?: Readonly<Record<string, number>>;
    readonly requests?: Readonly<Record<string, number>>;
    readonly input?: { readonly after: number };
  };
  const usages = usagesOf(requests);
  const billed = {
    fresh: usages.reduce((sum, each) => sum + each.input_tokens, 0),
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    cacheRead: usages.reduce((sum, each) => sum + each.cache_read_input_tokens, 0),
    output: usages.reduce((sum, each) => sum + each.output_tokens, 0),
  };
  const told = Object.fromEntries(Object.keys(billed).map((tier) => [tier, usage[tier]]));
  checks.equal('the receipt has what upstream billed, tier by tier', JSON.stringify(told), JSON.stringify(billed));
  const figures = [usages.length, billed.fresh + billed.cacheRead, billed.cacheRead, billed.output];
  checks.check('it counts each turn once', counts.turns === usages.length && input?.after === figures[1], text);
  const saysAll = figures.every((figure) => finished.stderr.includes(figure.toLocaleString('en-US')));
  checks.check('and says the same on stderr', saysAll, finished.stderr.slice(-1500));
  checks.note(finished.stderr.slice(finished.stderr.lastIndexOf('headroom ')).trim().replaceAll('\n', '\n        '));
}

async function checkNoTrace(checks: Checks, bare: Visit, wrapped: Visit): Promise<void> {
  checkHome(checks, [bare], wrapped);
  checks.check('no process is left', wrapped.left.length === 0, JSON.stringify(wrapped.left));
  const { ports = [] } = wrapped.midway ?? {};
  checks.check('in the middle there was one port', ports.length === 1, JSON.stringify(wrapped.midway));
  checks.check('it is free again', !(await Promise.all(ports.map(isListening))).includes(true));
}

interface Item {
  readonly type?: string;
  readonly output?: string | readonly { readonly text?: string }[];
}

function itemsOf({ json }: UpstreamRequest): string[] {
  return (json as { input: unknown[] }).input.map((item) => JSON.stringify(item));
}

function outputsOf(request: UpstreamRequest): string[] {
  const { input } = request.json as { input: Item[] };
  return input.flatMap(({ output }) => {
    if (output === undefined) return [];
    return typeof output === 'string' ? output : output.map(({ text = '' }) => text).join('');
  });
}

function withoutOutput(item: string): string {
  const { output: _, ...rest } = JSON.parse(item) as Item;
  return JSON.stringify(rest);
}

function inputOf({ answer }: UpstreamRequest): number {
  return (answer?.usage?.input_tokens ?? 0) + (answer?.usage?.cache_read_input_tokens ?? 0);
}
