/** Prints what a replay came to: a report that a person would show around. All figures are estimates, and the line on the model says how good. */
import { sayCount, sayDollars, sayNumber, sayShare } from '../text/say-amount.ts';
import { priceSource } from '../tokens/prices.ts';
import { kindTable } from './kind-table.ts';
import { type ReplaySum, type ReplaySummary, type Tier, tiers, total } from './replay-summary.ts';
import { endsTables, table } from './table.ts';

const names: Readonly<Record<Tier, string>> = {
  cacheRead: 'cache read',
  cacheWrite5m: 'cache write 5 min',
  cacheWrite1h: 'cache write 1 h',
  fresh: 'other input',
  output: 'output',
};
const inputTiers = tiers.filter((tier) => tier !== 'output');
const mostRows = 12;

export function replayLines(summary: ReplaySummary, profile: string): readonly string[] {
  const { all, from, to } = summary;
  const days = from === undefined || to === undefined ? [] : [[...new Set([from, to].map(day))].join(' to ')];
  const head = [sayCount(all.conversations, 'conversation'), sayCount(all.requests, 'request'), ...days, `replayed as ${profile}`];
  const input = { before: total(all.before.tokens, inputTiers), after: total(all.after.tokens, inputTiers) };
  const cost = { before: total(all.before.dollars), after: total(all.after.dollars) };
  const lines = [head.join(' · ')];
  if (cost.before > 0)
    lines.push(`  cost    ~${sayDollars(cost.before)} → ~${sayDollars(cost.after)}, ${sayChange(cost)} (API prices: ${priceSource})`);
  lines.push(`  input   ~${sayNumber(input.before)} → ~${sayNumber(input.after)} tokens, ${sayChange(input)}`);
  lines.push(`  results ~${sayNumber(summary.results.before)} → ~${sayNumber(summary.results.after)} tokens, each counted once`);
  lines.push(...sayCold(summary), ...sayUnpriced(summary), ...sayCheck(summary), '', ...tierTable(all), '');
  lines.push(...groupTable('agent', Object.entries(summary.byAgent)), '', ...groupTable('model', Object.entries(summary.byModel)), '');
  lines.push(...leverTable(summary), '', ...kindTable(summary.byKind), ...conversationTables(summary));
  lines.push(
    'The conversations are taken as they went; whether the model would have gone',
    'another way nobody can say. The demo shows what it would have read.',
  );
  return lines;
}

function tierTable({ before, after }: ReplaySum): readonly string[] {
  const rows = tiers
    .filter((tier) => before.tokens[tier] + after.tokens[tier] > 0)
    .map((tier) => [
      names[tier],
      sayNumber(before.tokens[tier]),
      sayNumber(after.tokens[tier]),
      sayDollars(before.dollars[tier]),
      sayDollars(after.dollars[tier]),
      sayChange({ before: before.tokens[tier], after: after.tokens[tier] }),
    ]);
  const sums = [
    sayNumber(total(before.tokens)),
    sayNumber(total(after.tokens)),
    sayDollars(total(before.dollars)),
    sayDollars(total(after.dollars)),
  ];
  const all = ['all', ...sums, sayChange({ before: total(before.dollars), after: total(after.dollars) })];
  return table([['tier', 'tokens', 'as sent', 'cost', 'as sent', ''], ...rows, all]);
}

function groupTable(title: string, groups: readonly (readonly [string, ReplaySum])[]): readonly string[] {
  const rows = [...groups].sort(
    ([, one], [, other]) =>
      total(other.before.dollars) - total(one.before.dollars) || total(other.before.tokens) - total(one.before.tokens),
  );
  const shown = rows.slice(0, mostRows).map(([name, sum]) => [name, ...cellsOf(sum)]);
  const rest = rows.length > mostRows ? [`and ${rows.length - mostRows} more, see --json`] : [];
  return [...table([[title, 'requests', 'input', 'removed', 'cost', 'saved', 'of cost'], ...shown]), ...rest];
}

function cellsOf(sum: ReplaySum): string[] {
  const input = { before: total(sum.before.tokens, inputTiers), after: total(sum.after.tokens, inputTiers) };
  const cost = { before: total(sum.before.dollars), after: total(sum.after.dollars) };
  const saved = cost.before - cost.after;
  const money = cost.before > 0 ? [sayDollars(cost.before), sayDollars(saved), sayShare(saved, cost.before)] : ['no price'];
  return [sayNumber(sum.requests), sayNumber(input.before), sayShare(input.before - input.after, input.before), ...money];
}

function leverTable({ byLever, results }: ReplaySummary): readonly string[] {
  const rows = Object.entries(byLever).sort(([, one], [, other]) => other - one);
  return table([
    ['lever', 'tokens removed', 'of all results'],
    ...rows.map(([lever, tokens]) => [lever, sayNumber(tokens), sayShare(tokens, results.before)]),
  ]);
}

function conversationTables({ conversations }: ReplaySummary): readonly string[] {
  const share = ({ before, after }: ReplaySum) => 1 - total(after.tokens, inputTiers) / Math.max(1, total(before.tokens, inputTiers));
  const some = conversations.filter(({ requests }) => requests > 1);
  const head = ['requests', 'removed', 'cost', 'saved', 'of cost'];
  return endsTables(some, share, 'conversations', head, (each) => {
    const [requests = '', , ...others] = cellsOf(each);
    return [`${each.agent} ${each.name}`, requests, ...others];
  });
}

function sayCheck({ check }: ReplaySummary): readonly string[] {
  if (check.requests === 0) return ['  model   no usage was recorded: sizes are our own estimate'];
  const explained = sayShare(check.recorded - check.difference, check.recorded);
  const reads = [sayShare(check.modelledRead, check.modelled), sayShare(check.recordedRead, check.recorded)];
  return [
    `  model   explains ${explained} of the input recorded with ${sayCount(check.requests, 'request')}; reads ${reads[0]} of it cached, recorded ${reads[1]}`,
  ];
}

/** What the requests to a cold cache would have cost, and what rewriting old results there saves, in them and in the turns after them. */
function sayCold({ cold }: ReplaySummary): readonly string[] {
  if (cold.moments === 0) return [];
  const requests = sayCount(cold.moments, 'request');
  if (cold.before === 0)
    return [`  cold    ${requests} to a cold cache, ~${sayNumber(cold.tokensBefore)} → ~${sayNumber(cold.tokensAfter)} tokens`];
  return [
    `  cold    ${requests} to a cold cache, ~${sayDollars(cold.before)} → ~${sayDollars(cold.after)}`,
    `          old results rewritten there save ~${sayDollars(cold.saved)}, later turns included`,
  ];
}

function sayUnpriced({ all, byModel }: ReplaySummary): readonly string[] {
  if (all.unpriced === 0) return [];
  const models = Object.entries(byModel).flatMap(([model, { unpriced }]) => (unpriced > 0 ? [model] : []));
  return [`          no price known for ${sayCount(all.unpriced, 'request')}, which are counted in tokens only: ${models.join(', ')}`];
}

function sayChange({ before, after }: { readonly before: number; readonly after: number }): string {
  if (before === after) return '';
  return after < before ? `~${sayShare(before - after, before)} less` : `~${sayShare(after - before, before)} more`;
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
