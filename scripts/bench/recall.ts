/** Prints what hindsight found, the gate for every excerpt: totals, by kind, and on demand every loss. */
import type { ToolCall } from '../../src/block.ts';
import { commandOf } from '../../src/text/tool-call.ts';
import type { Gauge } from './corpus-pass.ts';
import { type Profile, profiles } from './profiles.ts';
import { findRecall, type Recall, type Recalled, type Rerun } from './recall-finder.ts';
import { ways } from './recall-ways.ts';
import { printTable } from './statistics.ts';

/** The rest is mostly words that a call shares with a result by chance. */
const nameOfCode = /[\w.-]{2}[/\\][\w.-]{2}|[a-z][A-Z]|\w_\w|\w\.\w/;

interface OfSession {
  readonly id: string;
  readonly recall: Record<Profile, Recall>;
}

/** `listsLosses`: every loss is printed, not only how many. */
export function createRecallGauge(listsLosses: boolean): Gauge {
  const sessions: OfSession[] = [];
  return {
    take: (session, replays) => void sessions.push({ id: session.id, recall: findRecall(replays) }),
    print: () => {
      printTable(
        'Hindsight recall: of the longest strings (12 characters or more, within lines) that the input of a later tool call shares with earlier\n' +
          'results, each once per call, the share still shown when the call is made. "Shown otherwise": a path by heading and entry, JSON\n' +
          'without its escapes or as name and cell of a table, or all but for spacing. Bars: 100% for what edits quote, 99.9% in all.',
        [
          ['', 'strings', 'recall', 'by characters', 'shown otherwise', 'lost', 'edits', 'recall', 'lost'],
          ...profiles.map((profile) => row(profile, sessions)),
        ],
      );
      for (const profile of profiles) {
        printOtherwise(profile, sessions);
        printLost(profile, sessions, listsLosses);
      }
    },
  };
}

/** The share of strings, or of their characters, that are still shown. */
export function recallShare(recalled: readonly Recalled[], weigh: (recalled: Recalled) => number = () => 1): number {
  const all = recalled.reduce((sum, one) => sum + weigh(one), 0);
  const lost = recalled.reduce((sum, one) => sum + (one.way === 'lost' ? weigh(one) : 0), 0);
  return all === 0 ? 1 : 1 - lost / all;
}

function row(profile: Profile, sessions: readonly OfSession[]): string[] {
  const all = sessions.flatMap(({ recall }) => recall[profile].recalled);
  const edits = all.filter(({ isEdit }) => isEdit);
  return [
    profile,
    String(all.length),
    percent(recallShare(all)),
    percent(recallShare(all, ({ text }) => text.length)),
    String(all.filter(({ way }) => way !== 'as it is' && way !== 'lost').length),
    String(lostOf(all).length),
    String(edits.length),
    percent(recallShare(edits)),
    String(lostOf(edits).length),
  ];
}

function printOtherwise(profile: Profile, sessions: readonly OfSession[]): void {
  const all = sessions.flatMap(({ recall }) => recall[profile].recalled);
  const counted = ways.map((way) => `${way} ${all.filter((one) => one.way === way).length}`);
  const reruns = sessions.flatMap(({ recall }) => recall[profile].reruns);
  const opened = new Set(lostOf(all).map(({ origin, action }) => `${origin?.block.key} ${JSON.stringify(action)}`)).size;
  const quoted = all.filter(({ isEdit, way }) => isEdit && way !== 'as it is' && way !== 'lost').length;
  console.log(`\n  ${profile}: shown otherwise: ${counted.join(', ')}; quoted by edits ${quoted} of them`);
  console.log(
    `  ${profile}: originals that would have had to be opened again: ${opened}; calls made again after an excerpt: ${reruns.length}, with the same result: ${reruns.filter(({ isSame }) => isSame).length}`,
  );
}

/** Listed are, below `standard`, only the losses that `lossless` does not have. */
function printLost(profile: Profile, sessions: readonly OfSession[], listsLosses: boolean): void {
  const keyOf = (id: string, { text, action }: Recalled): string => `${id} ${text} ${JSON.stringify(action)}`;
  const listed = new Set(
    profile === 'lossless' ? [] : sessions.flatMap(({ id, recall }) => lostOf(recall.lossless.recalled).map((lost) => keyOf(id, lost))),
  );
  const groups = new Map<string, { id: string; lost: Recalled }[]>();
  for (const { id, recall } of sessions)
    for (const lost of lostOf(recall[profile].recalled)) {
      const record = lost.origin?.record;
      const name = record ? `${record.kind} (${record.form})` : 'unknown';
      groups.set(name, [...(groups.get(name) ?? []), { id, lost }]);
    }
  for (const [name, losses] of [...groups].sort((one, other) => other[1].length - one[1].length)) {
    const edits = losses.filter(({ lost }) => lost.isEdit).length;
    const names = losses.filter(({ lost }) => nameOfCode.test(lost.text)).length;
    console.log(`  ${profile}: lost from ${name}: ${losses.length}, with a path or a name of code ${names}, quoted by edits ${edits}`);
    if (!listsLosses) continue;
    for (const { id, lost } of losses.filter((loss) => !listed.has(keyOf(loss.id, loss.lost)))) {
      console.log(`    ${id}${lost.isEdit ? ' EDIT' : ''} ${JSON.stringify(shorten(lost.text, 160))}`);
      console.log(`      of: ${say(lost.origin?.block.call)}`);
      console.log(`      by: ${say(lost.action)}`);
    }
  }
  if (listsLosses)
    for (const { id, recall } of sessions)
      for (const rerun of recall[profile].reruns.filter(({ isSame }) => isSame)) console.log(`  ${profile}: ${id} ${sayRerun(rerun)}`);
}

function sayRerun({ call, kind }: Rerun): string {
  return `made again after an excerpt of ${kind}: ${say(call)}`;
}

function lostOf(recalled: readonly Recalled[]): Recalled[] {
  return recalled.filter(({ way }) => way === 'lost');
}

function say(call: ToolCall | undefined): string {
  return call ? `${call.tool} ${JSON.stringify(shorten(commandOf(call) ?? JSON.stringify(call.input), 200))}` : 'unknown';
}

function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}

/** Two digits: the bar is 99.9. */
function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}
