/** What must hold of any tour of Claude Code, and between one that went through headroom and one that did not. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { bill } from '../../src/demo/prompt-cache.ts';
import type { Checks } from './checks.ts';
import { ourCache, type Visit } from './claude-visit.ts';
import { isListening } from './processes.ts';
import { tourEnd } from './tour.ts';
import { membersOf, messagesOf, resultsOf, turnsOf, usagesOf } from './wire.ts';
import { setAside } from './workplace.ts';

/** The tour went through: every step played, the edit on disk, and each request extends the one before it. */
export function checkTour(checks: Checks, visit: Pick<Visit, 'requests' | 'edited'>, steps: number): void {
  const turns = turnsOf(visit.requests);
  const refused = visit.requests.filter(({ answer }) => answer && answer.status >= 400).map(({ answer }) => answer?.played);
  checks.check('upstream refused nothing', refused.length === 0, refused.join('\n'));
  checks.check(
    `all ${steps} steps were played`,
    new Set(turns.map(({ answer }) => answer?.played)).size === steps,
    `${turns.map(({ answer }) => answer?.played)}`,
  );
  checks.check('the edit is on disk', visit.edited?.includes("'shipping needs a role', code: 1004") ?? false);
  if (turns.length === 0) return;
  const failed = resultsOf(turns.at(-1)!).find(({ text }) => text.startsWith('Exit code 3'));
  checks.check(
    'the failing command came back with its exit code and its message',
    failed?.text.includes('rule 9: src/handlers.js:12 has no test') ?? false,
  );
  checkPrefixes(checks, visit.requests);
}

/** Law 1 as the provider sees it: nothing that was sent changes, and the prompt cache keeps hitting. */
export function checkPrefixes(checks: Checks, requests: Visit['requests'], conversation?: string): void {
  const turns = turnsOf(requests, conversation);
  const broken = turns.flatMap((turn, index) => {
    const earlier = index > 0 ? messagesOf(turns[index - 1]!) : [];
    const later = messagesOf(turn);
    const at = earlier.findIndex((message, position) => message !== later[position]);
    return at < 0 ? [] : [`request ${index}, message ${at}: ${earlier[at]?.slice(0, 200)}\nbecame ${later[at]?.slice(0, 200)}`];
  });
  checks.check('each request extends the one before it, byte for byte', broken.length === 0, broken.join('\n'));
  for (const name of ['system', 'tools']) {
    const spellings = new Set(turns.map((turn) => membersOf(turn.body.toString('utf8')).get(name)));
    checks.check(`${name}: the same bytes in every request`, spellings.size === 1);
  }
  const missed = turns.filter(({ answer }, index) => index > 0 && answer!.usage!.cache_read_input_tokens < sent(turns[index - 1]!));
  checks.check(
    'each request reads from the cache all that the one before it sent',
    missed.length === 0,
    `${missed.map(({ answer }) => answer?.played)}`,
  );
}

/** Byte for byte what the agent sent, but for the tool results; and those are smaller. */
export function checkSameButSmaller(checks: Checks, bare: Pick<Visit, 'requests'>, wrapped: Pick<Visit, 'requests'>): void {
  const [before, after] = [turnsOf(bare.requests), turnsOf(wrapped.requests)];
  if (!checks.check('as many requests as bare', before.length === after.length && bare.requests.length === wrapped.requests.length)) return;
  if (before.length === 0) return;
  const [first, second] = [before, after].map((turns) => turns.map((turn) => setAside(withoutResults(turn)).split('\n')));
  const different = first!.flatMap((parts, index) =>
    parts.flatMap((part, at) => (part === second![index]![at] ? [] : [[second![index]![at] ?? '', part] as const])),
  );
  const [found, expected] = different[0] ?? ['', ''];
  checks.equal('system, tools, thinking, assistant and user turns are byte for byte those of a bare run', found, expected);

  const [bareResults, ourResults] = [resultsOf(before.at(-1)!), resultsOf(after.at(-1)!)];
  const bytes = (results: typeof bareResults) => results.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  const [bareBytes, ourBytes] = [bytes(bareResults), bytes(ourResults)];
  checks.check('the same results, in the same order', bareResults.map(({ id }) => id).join() === ourResults.map(({ id }) => id).join());
  const grown = ourResults.filter(({ text }, index) => Buffer.byteLength(text) > Buffer.byteLength(bareResults[index]!.text));
  checks.check('no result is larger than bare', grown.length === 0, grown.map(({ text }) => text.slice(0, 300)).join('\n'));
  checks.check('tool results are smaller than bare', ourBytes < bareBytes, `${ourBytes} of ${bareBytes} bytes`);
  checks.note(`tool results: ${bareBytes} bytes bare, ${ourBytes} sent (${percent(ourBytes, bareBytes)})`);
}

/** The whole session's bill by the cache model, in input tokens at the full price. */
export function checkBill(checks: Checks, bare: Pick<Visit, 'requests'>, wrapped: Pick<Visit, 'requests'>): void {
  const [before, after] = [bill(usagesOf(bare.requests)), bill(usagesOf(wrapped.requests))];
  const asMany = usagesOf(bare.requests).length === usagesOf(wrapped.requests).length;
  checks.check('the bill is lower than bare', asMany && after < before, `${after} against ${before}`);
  checks.note(`bill in full-price input tokens: ${Math.round(before)} bare, ${Math.round(after)} wrapped (${percent(after, before)})`);
}

/** Law 7: the home as bare runs leave it, nothing of ours running, listening or lying about. */
export async function checkNoTrace(checks: Checks, bare: readonly Visit[], wrapped: Visit): Promise<void> {
  checkHome(checks, bare, wrapped);
  checks.check('no process is left', wrapped.left.length === 0, JSON.stringify(wrapped.left));
  const { ports = [], settingsFile = '' } = wrapped.midway ?? {};
  const hadBoth = ports.length === 1 && settingsFile !== '';
  checks.check('in the middle there was one port and one private settings file', hadBoth, JSON.stringify(wrapped.midway));
  const open = await Promise.all(ports.map(isListening));
  checks.check('its port is free again', hadBoth && !open.includes(true));
  checks.check('its private folder is gone', hadBoth && !existsSync(dirname(settingsFile)));
}

/**
 * All the files that every bare run leaves, and none that no bare run leaves: some stay only when the agent is killed.
 * None speaks of us: neither of our address nor of our folder.
 */
export function checkHome(
  checks: Checks,
  bare: readonly Visit[],
  { home, temporary, midway }: Pick<Visit, 'home' | 'temporary' | 'midway'>,
): void {
  const missing = [...bare[0]!.home.keys()].filter((name) => !home.has(name) && bare.every((each) => each.home.has(name)));
  const added = [...home.keys()].filter((name) => !bare.some((each) => each.home.has(name)));
  checks.check(
    'the home has the files that bare runs leave, and no other',
    missing.length + added.length === 0,
    JSON.stringify({ missing, added }),
  );
  checks.check(
    'the temporary folder too',
    [...temporary.keys()].every((name) => bare.some((each) => each.temporary.has(name))),
    [...temporary.keys()].join(),
  );
  const words = [`${ourCache}/`, ...(midway?.ports ?? []).map((port) => `127.0.0.1:${port}`)];
  const telling = [...home].flatMap(([name, text]) => words.flatMap((word) => (text.includes(word) ? `${name}: ${word}` : [])));
  checks.check('no file of the home names the proxy', telling.length === 0, telling.join('\n'));
}

export function checkSameEnd(checks: Checks, bare: Visit, wrapped: Visit, code: number): void {
  checks.check(
    `exit code ${code}, as bare`,
    bare.finished.code === code && wrapped.finished.code === code,
    JSON.stringify([bare.finished, wrapped.finished], null, 1),
  );
  checks.equal('stdout is that of a bare run', wrapped.finished.stdout, bare.finished.stdout);
  checks.equal('the edits are on disk as in a bare run', wrapped.edited ?? '', bare.edited ?? '');
  if (code === 0) checks.equal('and it is the end of the tour', wrapped.finished.stdout.trim(), tourEnd);
}

/** A request's bytes in lines that can be compared: members of the body, then message by message, the text of results left out. */
function withoutResults(request: Visit['requests'][number]): string {
  const members = membersOf(request.body.toString('utf8'));
  const fixed = [...members]
    .filter(([name]) => !['messages', 'metadata', 'safeguards'].includes(name))
    .map(([name, value]) => `${name}:${value}`);
  return [[...members.keys()].join(), ...fixed, ...messagesOf(request).map(withoutResultText)].join('\n');
}

function withoutResultText(message: string): string {
  if (!message.includes('"type":"tool_result"')) return message;
  return message
    .replace(/("tool_use_id":"\w+","type":"tool_result","content":)"(?:[^"\\]|\\.)*"/g, '$1…')
    .replace(/("type":"tool_result","content":(?:\[\{"type":"text","text":)?)"(?:[^"\\]|\\.)*"/g, '$1…');
}

function sent({ answer }: Visit['requests'][number]): number {
  const { cache_read_input_tokens: read, cache_creation_input_tokens: written } = answer!.usage!;
  return read + written;
}

function percent(part: number, whole: number): string {
  return `${(((part - whole) / whole) * 100).toFixed(1)}%`;
}
