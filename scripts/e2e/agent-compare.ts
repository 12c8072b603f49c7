/** What must hold of any agent's tour, and between one that went through headroom and one that did not. */
import type { UpstreamRequest } from '../../src/demo/upstream-face.ts';
import type { AgentVisit } from './agent-visit.ts';
import { toolTextsOf, withoutToolTexts } from './any-wire.ts';
import type { Checks } from './checks.ts';
import { isListening } from './processes.ts';
import { checkSpliced } from './received.ts';
import { tourEnd } from './tour.ts';
import type { TourAgent } from './tour-agent.ts';
import { turnsOf } from './wire.ts';
import { setAside } from './workplace.ts';

export interface Pair {
  readonly bare: AgentVisit;
  readonly wrapped: AgentVisit;
}

export async function checkAgentTours(checks: Checks, agent: TourAgent, pair: Pair, steps: number): Promise<void> {
  for (const visit of [pair.bare, pair.wrapped]) checkTour(checks, agent, visit, steps);
  checks.equal('the edits are on disk as in a bare run', pair.wrapped.edited ?? '', pair.bare.edited ?? '');
  checkSmaller(checks, agent, pair);
  checkSpliced(checks, pair.wrapped);
  await checkTrace(checks, pair);
}

function checkTour(
  checks: Checks,
  { retries = [], hasServer }: TourAgent,
  { manner, requests, finished, edited }: AgentVisit,
  steps: number,
): void {
  const turns = turnsOf(requests);
  const refused = requests.filter(({ answer }) => answer && answer.status >= 400 && !/failing first/.test(answer.played));
  const told = refused.filter(({ method }) => method === 'POST').map(({ path, answer }) => `${path} ${answer?.played}`);
  checks.check(`${manner}: upstream refused nothing`, told.length === 0, told.join('\n'));
  const played = turns.map(({ answer }) => answer?.played);
  const end = `${finished.stdout.slice(-1500)}\n${finished.stderr.slice(-1500)}`;
  checks.check(
    `${manner}: the tour ends: all ${steps} steps, each once`,
    new Set(played).size === steps && played.length === steps,
    `${played}\n${end}`,
  );
  checks.check(
    `${manner}: exit code 0, and its last words`,
    finished.code === 0 && finished.stdout.includes(tourEnd),
    `${finished.code} ${end}`,
  );
  checks.check(`${manner}: the edit is on disk`, edited?.includes("'shipping needs a role', code: 1004") ?? false);
  const results = turns.slice(-1).flatMap(toolTextsOf);
  checks.check(
    `${manner}: the failing command came back with its message`,
    results.some((text) => text.includes('src/handlers.js:12 has no test')),
  );
  if (hasServer)
    checks.check(
      `${manner}: the MCP server answered`,
      // The whole of it, but where the agent itself cut its middle out.
      results.some((text) => text.includes('customer_email') && /18354|truncated/.test(text)),
      results.find((text) => text.includes('customer_email'))?.slice(-600),
    );
  const failed = requests.filter(({ answer }) => answer?.played.endsWith('failing first')).length;
  if (retries.length > 0) checks.check(`${manner}: an overloaded upstream was asked again`, failed === retries.length);
  const lists = turns.map(messagesOf);
  const broken = lists.findIndex((list, at) => at > 0 && lists[at - 1]!.some((message, position) => message !== list[position]));
  const moved = broken < 0 ? '' : lists[broken - 1]!.find((message, position) => message !== lists[broken]![position]);
  checks.check(`${manner}: each request extends the one before it`, broken < 0, `request ${broken}: ${moved?.slice(0, 400)}`);
}

/** All but tool results as in a bare run; those smaller, none larger. */
function checkSmaller(checks: Checks, { losesOutput }: TourAgent, { bare, wrapped }: Pair): void {
  const [before, after] = [turnsOf(bare.requests), turnsOf(wrapped.requests)];
  if (!checks.check('as many turns as bare', before.length === after.length && before.length > 0, `${before.length} and ${after.length}`))
    return;
  const rest = (turns: readonly UpstreamRequest[]) => skillsInOrder(bodyAside(turns.map(withoutToolTexts).join('\n')));
  checks.equal('nothing but tool results differs from a bare run', rest(after), rest(before));
  const [own, ours] = [before, after].map((turns) => turns.slice(-1).flatMap(toolTextsOf).map(bodyAside));
  const size = (texts: readonly string[] = []) => texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const lost = own!.filter((text) => losesOutput?.test(text)).length;
  if (lost > 0) checks.note(`${lost} outputs that the agent lost in the bare run are compared with nothing`);
  // A pid or a time may be a digit longer.
  const isGrown = (text: string, before = '') => size([text]) > size([before]) + 8 && !losesOutput?.test(before);
  const grown = ours!.flatMap((text, at) => (isGrown(text, own![at]) ? [`${text}\n-- bare:\n${own![at]}`] : []));
  checks.check('no result is larger than bare', ours!.length === own!.length && grown.length === 0, grown.join('\n').slice(0, 1200));
  checks.check('tool results are smaller than bare', size(ours) < size(own), `${size(ours)} of ${size(own)} bytes`);
  checks.note(`tool results: ${size(own)} bytes bare, ${size(ours)} sent (${(((size(ours) - size(own)) / size(own)) * 100).toFixed(1)}%)`);
}

/** Law 7: the home as a bare run leaves it, nothing of ours running or listening. */
async function checkTrace(checks: Checks, { bare, wrapped }: Pair): Promise<void> {
  const names = ({ home }: AgentVisit) => [...new Set([...home.keys()].map(nameAside))].sort();
  const [own, ours] = [names(bare), names(wrapped)];
  const missing = own.filter((name) => !ours.includes(name));
  const added = ours.filter((name) => !own.includes(name));
  checks.check(
    'the home has the files that a bare run leaves, and no other',
    missing.length + added.length === 0,
    JSON.stringify({ missing, added }, null, 1),
  );
  const { ports = [] } = wrapped.midway ?? {};
  const words = ['.cache/headroom/launches', ...ports.map((port) => `127.0.0.1:${port}/`)];
  const telling = [...wrapped.home].flatMap(([name, text]) => words.flatMap((word) => (text.includes(word) ? `${name}: ${word}` : [])));
  checks.check('no file of the home names the proxy', telling.length === 0, telling.join('\n'));
  checks.check('no process is left', wrapped.left.length <= bare.left.length, JSON.stringify(wrapped.left));
  const open = await Promise.all(ports.map(isListening));
  checks.check('its port is free again', ports.length > 0 && !open.includes(true), `${ports}`);
}

/** Messages as the provider sees them, without the client's moving marks. */
function messagesOf({ json }: UpstreamRequest): readonly string[] {
  const { messages, input, contents } = (json ?? {}) as Record<'messages' | 'input' | 'contents', readonly unknown[] | undefined>;
  return (messages ?? input ?? contents ?? []).map((each) => JSON.stringify(each).replace(/,"cache_control":\{[^}]*\}/g, ''));
}

/** What differs from run to run: ids, dates, times, process numbers, commit hashes of agents' own. */
function bodyAside(text: string): string {
  return setAside(text)
    .replace(/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?/g, '<date>')
    .replace(/_1\d{12}_\d+\b/g, '_<time>')
    .replace(/\b(?:ses|msg|prt|call|toolu|req)_[A-Za-z0-9]{12,}\b/g, '<id>')
    .replace(/\b\d+(?:\.\d+)?\s?(?:ms|s|seconds)\b/g, '<time>');
}

/** Gemini lists its skills as their files happened to be read: here by name. */
function skillsInOrder(text: string): string {
  return text.replace(
    /(?<=<available_skills>).*?(?=<\/available_skills>)/gs,
    (list) =>
      list
        .match(/<skill>.*?<\/skill>/gs)
        ?.sort()
        .join('\n') ?? list,
  );
}

function nameAside(name: string): string {
  return name
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
    .replace(/[0-9a-f]{38,}/g, '<hash>')
    .replace(/\bobjects\/[0-9a-f]{2}\//g, 'objects/')
    .replace(/\b(?:ses|msg|prt|call|toolu|session|run)[_-][A-Za-z0-9_-]{8,}/g, '<id>')
    .replace(/\d{4}-\d\d-\d\d[T_-]?[\dA-Za-z:.-]*/g, '<date>')
    .replace(/\bprocess-<time>-\d+(?=\.log$)/g, 'process-<time>-<process>')
    .replace(/\d{5,}/g, '<number>')
    .replace(/(?<=<(?:number|process)>_)[a-z0-9]{5}\b/g, '<chance>');
}
