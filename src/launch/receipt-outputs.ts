/** The closing lines where only what tools returned passed through us. All figures in tokens are our own estimate, and nothing was billed here. */
import { sayCount, sayDuration, sayNumber, sayShare } from '../text/say-amount.ts';
import type { ReceiptFacts, Style } from './receipt.ts';
import { row, sayTimes, sorted } from './receipt-words.ts';

export function outputLines(facts: ReceiptFacts, style: Style): readonly string[] {
  const { totals, title, withoutProxy } = facts;
  const { toolOutput, requests, restarts, removedBy } = totals;
  const head = style.strong('headroom');
  const time = sayDuration(facts.milliseconds);
  if (!facts.callsModel) return [];
  if (withoutProxy) return [`${head} ${style.bad('nothing was shrunk')} in ${time}: ${withoutProxy}`];
  const troubles = [
    ...(requests.refused > 0 ? [`${sayCount(requests.refused, 'foreign request')} refused`] : []),
    ...(restarts.length > 0 ? [`the worker died ${sayTimes(restarts.length)}: ${restarts.at(-1)}`] : []),
  ].map((trouble) => row('', style.bad(trouble)));
  if (toolOutput.calls === 0) {
    const none = `no output of an MCP tool came by: ${title} used none, or did not run the hook`;
    return [`${head} ${time} · ${none}`, ...troubles];
  }
  const mode = { shrink: '', observe: ' · observed only, nothing was changed', off: ' · off, nothing was changed' }[facts.mode];
  const levers = sorted(removedBy).map(([lever, tokens]) => `${lever} ~${sayNumber(tokens)}`);
  const lines = [
    `${head} ${time} · the output of ${sayCount(toolOutput.calls, 'MCP call')} came by${mode}`,
    row('output', sayAmounts(facts, style)),
    ...(levers.length > 0 ? [row('by', levers.join(' · '))] : whyLeft(facts)),
    row('', 'requests to the model and other tools do not pass through here'),
    ...troubles,
  ];
  return lines.map((line) => line.replace(/^ {2}[a-z]+/, (label) => style.quiet(label)));
}

function sayAmounts({ mode, totals }: ReceiptFacts, style: Style): string {
  const { before, after, bytesBefore } = totals.toolOutput;
  // Small results are not counted in tokens.
  if (mode === 'off' || before === 0) return `${sayNumber(bytesBefore)} bytes`;
  const removed = before - after;
  if (removed === 0) return `~${sayNumber(before)} tokens by our own estimate`;
  const saved = `~${sayShare(removed, before)}`;
  if (mode === 'observe')
    return `~${sayNumber(before)} tokens; ~${sayNumber(removed)} of them (${saved}) would have been removed (our own estimate)`;
  return `~${sayNumber(before)} → ~${sayNumber(after)} tokens, ${style.good(`${saved} removed`)} (our own estimate)`;
}

function whyLeft({ mode, totals }: ReceiptFacts): readonly string[] {
  if (mode === 'off') return [];
  const reasons = [
    ...Object.entries(totals.leftAlone).map(([reason, { results }]) => [reason, results] as const),
    ...Object.entries(totals.unread),
  ].sort(([, one], [, other]) => other - one);
  const said = reasons.slice(0, 3).map(([reason, count]) => `${sayNumber(count)} ${reason}`);
  return said.length > 0 ? [row('', `nothing could be shrunk: ${said.join(' · ')}`)] : [];
}
