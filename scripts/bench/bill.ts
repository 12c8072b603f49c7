/** Prints what recorded sessions cost, and what they would have cost with us on the very same trajectories. */
import type { Session } from '../../test/helpers/corpus.ts';
import { type BilledRequest, billRequest, type RecordedRequest } from './bill-request.ts';
import { billCold, foreseen } from './cold-bill.ts';
import { percent, sayQuantiles } from './corpus.ts';
import type { Gauge } from './corpus-pass.ts';
import { type Profile, profiles } from './profiles.ts';
import type { Context, Entry, Replays } from './replay.ts';
import { printTable } from './statistics.ts';

/** In tokens of fresh input. */
export interface SessionBill {
  readonly agent: string;
  readonly requests: readonly BilledRequest[];
  readonly before: number;
  readonly saved: Readonly<Record<Profile, number>>;
  /** The same with every saved token counted as one o200k token. */
  readonly savedPlain: Readonly<Record<Profile, number>>;
  /** What all results together cost. */
  readonly results: number;
}

/** With what rewriting old results at foreseeable cold moments saves beyond `standard`; 0 where usage does not tell of them. */
type WholeBill = SessionBill & { readonly savedCold: number };

const bar = 0.15;

export function createBillGauge(): Gauge {
  const bills: WholeBill[] = [];
  return {
    take: (session, replays, count) => {
      const bill = billSession(session, replays, count);
      const states = session.usage_reliable ? foreseen(session) : [];
      const { saved, openedCost } = billCold(session, replays, bill.requests, states, count);
      bills.push({ ...bill, savedCold: saved - openedCost });
    },
    print: () => print(bills),
  };
}

export function billSession(session: Session, replays: Replays, count: (text: string) => number): SessionBill {
  const requests: BilledRequest[] = [];
  const saved = { lossless: 0, standard: 0 };
  const savedPlain = { lossless: 0, standard: 0 };
  let results = 0;
  for (const [n, context] of replays.lossless.contexts.entries()) {
    const sizes = runningSums(context.entries, (entry) => tokensOf(entry, count));
    const less = {
      lossless: runningSums(context.entries, ({ before, after }) => before - after),
      standard: runningSums(replays.standard.contexts[n]?.entries ?? [], ({ before, after }) => before - after),
    };
    const whole = runningSums(context.entries, ({ before }) => before);
    let previous: BilledRequest | undefined;
    let known = 0;
    for (const { index, length } of context.requests) {
      const request = session.requests[index] as RecordedRequest;
      const reply = replyTokens(context, request.message_index, count);
      const fresh = (sizes[length] ?? 0) - (sizes[known] ?? 0);
      const billed = billRequest(request, session.usage_reliable, { carried: sizes[known] ?? 0, fresh, reply }, previous);
      const worthOf = (sums: readonly number[]): number => {
        const carried = sums[known] ?? 0;
        return carried * billed.priceOfCarried + ((sums[length] ?? 0) - carried) * billed.priceOfNew;
      };
      for (const profile of profiles) {
        saved[profile] += worthOf(less[profile]) * billed.factor;
        savedPlain[profile] += worthOf(less[profile]);
      }
      results += worthOf(whole) * billed.factor;
      requests.push(billed);
      previous = billed;
      known = length;
    }
  }
  const before = requests.reduce((sum, { read, written, output }) => sum + read + written + output, 0);
  return { agent: session.agent, requests, before, saved, savedPlain, results };
}

function print(bills: readonly WholeBill[]): void {
  const agents = [...new Set(bills.map(({ agent }) => agent))];
  const rows = agents
    .map((agent) => ({ agent, own: bills.filter((bill) => bill.agent === agent) }))
    .sort((one, other) => sum(other.own) - sum(one.own));
  printTable(
    'The bill at recorded trajectories, in millions of fresh input tokens. Each request: recorded usage at 0.1 for cache reads, 1.25 or 2 for\n' +
      'cache writes by their life, 1 for other input, 5 for output; less, for every result in it, the o200k tokens removed, times 1.18 or 1.5 where\n' +
      'the model is a Claude, at 0.1 where an earlier request of the context sent it, as far as the cache was hit, else at what new input cost in\n' +
      'that request. Modelled: usage was not recorded reliably; then 12,000 fixed tokens, and what was sent before is read from the cache.\n' +
      'Cold: standard, and old results rewritten where usage and times tell that the cache had certainly expired.',
    [
      ['', 'sessions', 'requests', 'modelled', 'bill', 'of it results', 'lossless', 'standard', 'cold', 'as o200k', 'as o200k'],
      ...rows.map(({ agent, own }) => row(agent, own)),
      row('all', bills),
    ],
  );
  const part = (what: 'read' | 'written' | 'output') =>
    bills.flatMap(({ requests }) => requests).reduce((all, request) => all + request[what], 0) / sum(bills);
  console.log(
    `\n  the bill is ${percent(part('read'))} cache reads, ${percent(part('written'))} writes and fresh input, ${percent(part('output'))} output`,
  );
  for (const profile of profiles)
    console.log(`  sessions, ${profile}, share saved: ${sayQuantiles(bills.map(({ before, saved }) => saved[profile] / before))}`);
  console.log(
    `  bar -15%: ${profiles.map((profile) => `${profile} ${share(bills, profile, 'saved') >= bar ? 'met' : 'MISSED'}`).join(', ')}`,
  );
}

function row(name: string, bills: readonly WholeBill[]): string[] {
  const requests = bills.flatMap((bill) => bill.requests);
  return [
    name,
    String(bills.length),
    String(requests.length),
    String(requests.filter(({ isRecorded }) => !isRecorded).length),
    (sum(bills) / 1e6).toFixed(1),
    percent(bills.reduce((all, { results }) => all + results, 0) / sum(bills)),
    ...profiles.map((profile) => percent(-share(bills, profile, 'saved'))),
    percent(-share(bills, 'standard', 'saved') - bills.reduce((all, { savedCold }) => all + savedCold, 0) / sum(bills)),
    ...profiles.map((profile) => percent(-share(bills, profile, 'savedPlain'))),
  ];
}

function share(bills: readonly SessionBill[], profile: Profile, what: 'saved' | 'savedPlain'): number {
  return bills.reduce((all, bill) => all + bill[what][profile], 0) / sum(bills);
}

function sum(bills: readonly SessionBill[]): number {
  return bills.reduce((all, { before }) => all + before, 0);
}

/** `sums[n]`: of the first n entries. */
function runningSums(entries: readonly Entry[], weigh: (entry: Entry) => number): number[] {
  const sums = [0];
  for (const entry of entries) sums.push((sums.at(-1) ?? 0) + weigh(entry));
  return sums;
}

function replyTokens({ entries }: Context, message: number, count: (text: string) => number): number {
  return entries.reduce((all, entry) => all + (entry.message === message ? tokensOf(entry, count) : 0), 0);
}

/** o200k; what is opaque counts nothing. */
function tokensOf({ block, before }: Entry, count: (text: string) => number): number {
  if (block.source === 'result') return before;
  return count(block.source === 'call' ? JSON.stringify(block.call?.input ?? '') : block.text);
}
