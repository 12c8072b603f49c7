/** Prints what rewriting old results at cold moments takes off the bill, with every result that has to be opened again counted as a turn. */

import type { ToolCall } from '../../src/block.ts';
import { commandOf } from '../../src/text/tool-call.ts';
import { billSession, type SessionBill } from './bill.ts';
import { atQuarters, billCold, type ColdBill, type ColdLoss, foreseen, withHindsight } from './cold-bill.ts';
import { percent } from './corpus.ts';
import type { Gauge } from './corpus-pass.ts';
import { printTable } from './statistics.ts';

interface OfSession {
  readonly id: string;
  readonly agent: string;
  readonly bill: SessionBill;
  readonly foreseen: ColdBill;
  readonly hindsight: ColdBill;
  readonly quarters: ColdBill;
}

const labels = { foreseen: 'foreseeable', hindsight: 'all that usage shows', quarters: 'if at each quarter' } as const;
type Which = keyof typeof labels;
const all = Object.keys(labels) as Which[];

const bars = { bill: 0.18, edits: 0.99, others: 0.99 };

export function createColdGauge(listsLosses: boolean): Gauge {
  const sessions: OfSession[] = [];
  return {
    take: (session, replays, count) => {
      if (!session.usage_reliable || !/^Claude Code/.test(session.agent)) return;
      const bill = billSession(session, replays, count);
      const coldBill = (states: ReturnType<typeof foreseen>) => billCold(session, replays, bill.requests, states, count);
      sessions.push({
        id: session.id,
        agent: session.agent,
        bill,
        foreseen: coldBill(foreseen(session)),
        hindsight: coldBill(withHindsight(session)),
        quarters: coldBill(atQuarters(session)),
      });
    },
    print: () => print(sessions, listsLosses),
  };
}

function print(sessions: readonly OfSession[], listsLosses: boolean): void {
  const own = sessions.filter(({ agent }) => agent === 'Claude Code');
  const before = own.reduce((all, { bill }) => all + bill.before, 0);
  const standard = own.reduce((all, { bill }) => all + bill.saved.standard, 0);
  const of = (which: Which) => own.map((session) => session[which]);
  const rows = all.map((which) => {
    const bills = of(which);
    const add = (what: 'moments' | 'cost' | 'savedThen' | 'saved' | 'opened' | 'openedCost') =>
      bills.reduce((sum, each) => sum + each[what], 0);
    const net = standard + add('saved') - add('openedCost');
    return {
      net: net / before,
      row: [
        labels[which],
        ...[String(add('moments')), percent(add('cost') / before), percent(-add('savedThen') / Math.max(1, add('cost')))],
        ...[inDetail(-add('saved') / before), String(add('opened')), inDetail(add('openedCost') / before), inDetail(-net / before)],
      ],
    };
  });
  printTable(
    'Cold moments of Claude Code sessions with reliable usage: nothing sent for longer than what was asked for lives and a minute, or another\n' +
      'model; then old results are told shorter, and stay so. In shares of the whole bill. Opened again: a result that showed what a later call\n' +
      'says and nothing else does (an edit, a path or a name, 30 letters or more of a copy): a turn that reads the context and is told the\n' +
      'original, once until the next cold moment. Ceiling: every result that is older than the moment gone from there on, whatever it is needed for.',
    [['', 'moments', 'their cost', 'then', 'saved', 'opened', 'opening', 'bill'], ...rows.map(({ row }) => row)],
  );
  const ceiling = (which: Which) => percent(-(standard + own.reduce((all, each) => all + each[which].ceiling, 0)) / before);
  console.log(
    `\n  the bill without this lever ${inDetail(-standard / before)}; ceiling: foreseeable ${ceiling('foreseen')}, all that usage shows ${ceiling('hindsight')}`,
  );
  const dearer = own.filter(({ bill, foreseen: { saved, openedCost } }) => bill.saved.standard + saved - openedCost < 0);
  const worse = own.filter(({ foreseen: { saved, openedCost } }) => saved < openedCost);
  console.log(
    `  bar -18%: ${(rows[0]?.net ?? 0) >= bars.bill ? 'met' : 'MISSED'}; sessions dearer than bare: ${dearer.length}, than without this lever: ${worse.length}`,
  );
  const strict = (what: 'strictCost' | 'strictestCost') =>
    inDetail(-(standard + own.reduce((all, { foreseen }) => all + foreseen.saved - foreseen[what], 0)) / before);
  console.log(
    `  the bill if every string of 12 characters that is lost were needed: ${strict('strictCost')} with a turn for each original, ${strict('strictestCost')} with one for each string`,
  );
  const dearerThen = own.filter(({ foreseen: { saved, strictCost } }) => saved < strictCost);
  console.log(`    and sessions dearer than without this lever: ${dearerThen.map(({ id }) => id).join(', ') || 'none'}`);
  for (const which of all) printRecall(labels[which], of(which));
  if (listsLosses) for (const { id, foreseen } of own) for (const loss of foreseen.losses) printLoss(id, loss);
}

/** A tenth of a percent is much for this lever. */
function inDetail(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}

function printRecall(which: string, all: readonly ColdBill[]): void {
  const add = (what: 'edits' | 'others' | 'needed') => all.reduce((sum, { recall }) => sum + recall[what], 0);
  const misses = all.flatMap(({ recall }) => recall.misses);
  const lostEdits = misses.filter(({ isEdit }) => isEdit).length;
  const lostNeeded = misses.filter(({ isNeeded }) => isNeeded).length;
  const [edits, others, needed] = [add('edits'), add('others'), add('needed')];
  const say = (lost: number, of: number) => `${((1 - lost / Math.max(1, of)) * 100).toFixed(2)}% (${lost} of ${of} lost)`;
  console.log(
    `  ${which}, still shown after cold moments: quoted by edits ${say(lostEdits, edits)}, needed ${say(lostNeeded, needed)},\n` +
      `    all others of 12 characters and more, those shared by chance among them, ${say(misses.length - lostEdits, others)}`,
  );
  const met = (lost: number, of: number, bar: number) => (lost <= (1 - bar) * of ? 'met' : 'MISSED');
  console.log(
    `    bars 99%: edits ${met(lostEdits, edits, bars.edits)}, needed ${met(lostNeeded, needed, bars.others)}, all others ${met(misses.length - lostEdits, others, bars.others)}`,
  );
}

function printLoss(id: string, { text, isEdit, isNeeded, action, entry }: ColdLoss): void {
  const why = isEdit ? 'quoted by an edit' : isNeeded ? 'needed' : 'by chance';
  console.log(`    ${id} ${why}: ${JSON.stringify(text.slice(0, 160))}`);
  console.log(`      of: ${say(entry?.block.call)}${entry?.record?.kind === 'old result' ? '' : ', which another form no longer shows'}`);
  console.log(`      by: ${say(action)}`);
}

function say(call: ToolCall | undefined): string {
  return call ? `${call.tool} ${JSON.stringify((commandOf(call) ?? JSON.stringify(call.input) ?? '').slice(0, 200))}` : 'unknown';
}
