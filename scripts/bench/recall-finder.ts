/**
 * Hindsight: whether what later tool calls say, word for word, of earlier tool results is still there when the call is made. What the
 * assistant says in the very message of the call does not count as shown: it would have needed the text itself.
 */
import type { ToolCall } from '../../src/block.ts';
import { splitEnvelope } from '../../src/text/envelope.ts';
import { commandOf, numbersLines } from '../../src/text/tool-call.ts';
import { LineIndex } from './line-index.ts';
import { type Profile, profiles } from './profiles.ts';
import { type InputLine, inputLines, inputTexts } from './quotes.ts';
import { type Way, wayOf } from './recall-ways.ts';
import type { Context, Entry, Replays } from './replay.ts';

/** Something that a later call says and an earlier result showed. */
export interface Recalled {
  readonly text: string;
  readonly isEdit: boolean;
  /** How it is shown; `lost` where it is not. */
  readonly way: 'as it is' | Way | 'lost';
  /** Where it is not shown as it is: the result that showed it, and the call that says it. */
  readonly origin?: Entry;
  readonly action?: ToolCall;
}

/** A call made again word for word though what it first returned went out as an excerpt. */
export interface Rerun {
  readonly call: ToolCall;
  readonly kind: string;
  /** False: it returned something else this time, so it was made to see that. */
  readonly isSame: boolean;
}

export interface Recall {
  readonly recalled: Recalled[];
  readonly reruns: Rerun[];
}

const original = 1;
const flagOf: Readonly<Record<Profile, number>> = { lossless: 2, standard: 4 };
const everywhere = profiles.reduce((flags, profile) => flags | flagOf[profile], 0);

const lineNumber = /^ *\d+(?:\t|→)/;
const trustedLineNumber = /^ *\d+(?:\t|→|\| |: |\. )/;

export function findRecall(replays: Replays): Record<Profile, Recall> {
  const found = Object.fromEntries(profiles.map((profile) => [profile, { recalled: [], reruns: [] }])) as unknown as Record<
    Profile,
    Recall
  >;
  const acted = new Set<number>();
  for (const [n, context] of replays.lossless.contexts.entries()) {
    const outgoing = { lossless: context, standard: replays.standard.contexts[n]! };
    visit(outgoing, found, acted);
    for (const { message } of context.entries) acted.add(message);
  }
  return found;
}

function visit(contexts: Readonly<Record<Profile, Context>>, found: Record<Profile, Recall>, acted: ReadonlySet<number>): void {
  const index = new LineIndex();
  const { entries } = contexts.lossless;
  /** Said by the assistant in a message whose calls are still to come. */
  let pending: { message: number; text: string }[] = [];
  for (const [at, { block, message }] of entries.entries()) {
    for (const said of pending) if (said.message !== message) show(index, said.text, undefined, everywhere);
    pending = pending.filter((said) => said.message === message);
    if (block.source === 'said') pending.push({ message, text: block.text });
    else if (block.source === 'result') {
      show(index, block.text, block.call, original);
      for (const profile of profiles) show(index, contexts[profile].entries[at]?.replacement ?? block.text, block.call, flagOf[profile]);
    } else if (block.source === 'call' && block.call) {
      if (!acted.has(message)) {
        for (const { shared, isEdit } of sharedOf(index, inputLines(block.call)))
          for (const profile of profiles)
            found[profile].recalled.push(judge(index, shared, isEdit, profile, block.call, contexts[profile].entries, at));
        for (const profile of profiles) found[profile].reruns.push(...rerunOf(block.call, contexts[profile].entries, at));
      }
      for (const text of inputTexts(block.call.input)) show(index, text, undefined, everywhere);
    }
  }
}

function show(index: LineIndex, text: string, call: ToolCall | undefined, flags: number): void {
  const prefix = numbersLines(call) ? trustedLineNumber : lineNumber;
  for (const line of text.split('\n')) index.add(line.replace(prefix, ''), flags);
}

/** Strings that a call shares with results, each once; `flags`: who shows it. */
function sharedOf(index: LineIndex, lines: readonly InputLine[]): { shared: { text: string; flags: number }; isEdit: boolean }[] {
  const found = new Map<string, { shared: { text: string; flags: number }; isEdit: boolean }>();
  for (const { line, isEdit } of lines)
    for (const { from, until, flags } of index.shared(line, original)) {
      const text = line.slice(from, until);
      found.set(`${isEdit} ${text}`, { shared: { text, flags }, isEdit });
    }
  return [...found.values()];
}

function judge(
  index: LineIndex,
  { text, flags }: { text: string; flags: number },
  isEdit: boolean,
  profile: Profile,
  action: ToolCall,
  entries: readonly Entry[],
  at: number,
): Recalled {
  if ((flags & flagOf[profile]) !== 0 || index.shows(text, flagOf[profile])) return { text, isEdit, way: 'as it is' };
  const origins = entries
    .slice(0, at)
    .filter(({ block, replacement }) => replacement !== undefined && block.text.includes(text))
    .reverse();
  const [origin] = origins;
  // What an edit quotes has to be there to the letter, or in two lines that anyone would put together.
  for (const { replacement = '' } of origins.slice(0, 4)) {
    const way = wayOf(text, replacement);
    if (way && (!isEdit || way === 'heading and entry')) return { text, isEdit, way, action, ...(origin && { origin }) };
  }
  return { text, isEdit, way: 'lost', action, ...(origin && { origin }) };
}

function rerunOf(call: ToolCall, entries: readonly Entry[], at: number): Rerun[] {
  const name = nameOf(call);
  const first = entries
    .slice(0, at)
    .find(({ record, block }) => record?.form === 'excerpt' && block.call !== undefined && nameOf(block.call) === name);
  if (!first?.record) return [];
  const again = entries.slice(at).find(({ block }) => block.source === 'result' && block.call === call);
  const isSame = again !== undefined && splitEnvelope(again.block.text).body === splitEnvelope(first.block.text).body;
  return [{ call, kind: first.record.kind, isSame }];
}

/** The same for calls that ask for the same; how long to wait and what it is good for make no difference. */
function nameOf(call: ToolCall): string {
  return commandOf(call) ?? `${call.tool} ${JSON.stringify(call.input)}`;
}
