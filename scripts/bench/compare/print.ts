/** Prints a comparison. It measures nothing and leaves out nobody. */
import { percent } from '../corpus.ts';
import { printTable, quantiles } from '../statistics.ts';
import type { Conversation } from './conversations.ts';
import type { Compared } from './index.ts';
import type { Inputs } from './inputs.ts';

export function printComparison({ conversations, planted }: Inputs, compared: readonly Compared[], skipped: readonly string[]): void {
  const [plain] = compared;
  if (!plain) return;
  const tokensOf = ({ measured }: Compared, own: readonly Conversation[]): number =>
    own.reduce((sum, { name }) => sum + (measured.tokens.get(name) ?? 0), 0);
  const removed: Removed = (one, own) => 1 - tokensOf(one, own) / tokensOf(plain, own);
  const group = (name: Conversation['group']) => conversations.filter((conversation) => conversation.group === name);

  console.log('');
  for (const { contender } of compared.filter(({ contender: { version } }) => version !== ''))
    console.log(`  ${contender.name} ${contender.version}${contender.note ? `: ${contender.note}` : ''}`);
  for (const reason of skipped) console.log(`  skipped: ${reason}`);
  const workloads = group('workloads');
  printTable(
    'Share of the o200k tokens of tool results removed, in the last request of a conversation: the showcase workloads, recorded outputs, and\n' +
      `${group('sessions').length} recorded sessions of Claude Code. Every conversation ends with three turns without a tool, so that who waits before shrinking gets to it.`,
    [
      ['', ...workloads.map(({ name }) => name), 'outputs', 'sessions'],
      ...compared.map((one) => [
        one.contender.name,
        ...workloads.map((workload) => percent(removed(one, [workload]))),
        percent(removed(one, group('outputs'))),
        percent(removed(one, group('sessions'))),
      ]),
    ],
  );
  printTable('The same for recorded outputs, by kind (outputs of up to 100 KB); tokens are those that came.', [
    ['', 'tokens', ...compared.slice(1).map(({ contender }) => contender.short)],
    ...group('outputs').map((kind) => [
      kind.name,
      String(plain.measured.tokens.get(kind.name)),
      ...compared.slice(1).map((one) => percent(removed(one, [kind]))),
    ]),
  ]);
  const each = [...workloads, ...group('outputs')].map((one): [string, Conversation[]] => [one.name, [one]]);
  printLosses([...each, ['sessions', group('sessions')]], compared, removed);
  const facts = [...planted.values()].flat(2).length;
  printTable(
    `Of ${facts} facts planted in results of 8 KB or more, how many the last request shows: half are lines or rows that say that something failed,\n` +
      'half ordinary ones that only a search for their own word would find. What is not shown we keep in a file that the note names.\n' +
      `Prefix: over ${plain.measured.prefix.requests} requests that go on from one before, those that changed what had been sent, and how many bytes of it. Bill: the\n` +
      'input side of the sessions by the model of the prompt cache (5 minutes, recorded times), a changed prefix read up to the change; dollars\n' +
      'estimated, less than 0% is cheaper than sending everything as it is.',
    [
      ['', 'failures', 'ordinary', 'requests', 'changed KB', 'of sent', 'bill', 'against nothing'],
      ...compared.map(({ contender, measured: { shown, prefix, bill } }) => [
        contender.name,
        percent(shown.error),
        percent(shown.ordinary),
        String(prefix.changing),
        (prefix.changed / 1024).toFixed(0),
        `${((prefix.changed / prefix.known) * 100).toFixed(2)}%`,
        `$${bill.toFixed(3)}`,
        signed(bill / plain.measured.bill - 1),
      ]),
    ],
  );
  printTable(
    `Milliseconds that each of the ${plain.outcome.added.length} requests of the sessions was held up: by a proxy, from its first byte to the last of its answer, less the\n` +
      'same request sent directly; by a function, what the call took. Start: from the spawn of the process to the first answer. Memory: resident,\n' +
      'after everything. Size: on disk, without the interpreter. Load: of the machine, which has others to serve, while it ran.',
    [
      ['', 'p50', 'p99', 'start ms', 'memory MB', 'size MB', 'load'],
      ...compared.map(({ contender, load, outcome: { added, started, resident, installed } }) => {
        const { p50, p99 } = quantiles(added);
        return [
          contender.name,
          p50.toFixed(1),
          p99.toFixed(1),
          started === undefined ? '-' : started.toFixed(0),
          resident === undefined ? '-' : resident.toFixed(0),
          installed === 0 ? '-' : (installed / 1_000_000).toFixed(1),
          load.toFixed(1),
        ];
      }),
    ],
  );
}

/** The inputs of which others remove more than we do by default, the farthest behind first. */
function printLosses(
  inputs: readonly (readonly [string, readonly Conversation[]])[],
  compared: readonly Compared[],
  removed: Removed,
): void {
  const [own] = compared.filter(({ contender }) => contender.short === 'standard');
  if (!own) return;
  const losses = inputs.flatMap(([name, conversations]) => {
    const mine = removed(own, conversations);
    const [best] = compared.filter((one) => one !== own).sort((one, other) => removed(other, conversations) - removed(one, conversations));
    const most = best ? removed(best, conversations) : 0;
    const line = `${name} ${percent(mine)} (${best?.contender.name} ${percent(most)})`;
    return most - mine >= 0.005 ? [{ line, behind: most - mine }] : [];
  });
  const lines = losses.sort((one, other) => other.behind - one.behind).map(({ line }) => line);
  console.log(
    `\n  where another removes more than we do:${lines.length === 0 ? ' nowhere' : lines.map((line) => `\n    ${line}`).join('')}`,
  );
}

type Removed = (one: Compared, own: readonly Conversation[]) => number;

function signed(share: number): string {
  return `${share > 0 ? '+' : ''}${(share * 100).toFixed(1)}%`;
}
