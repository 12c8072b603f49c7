/**
 * Hindsight after a cold moment: whether what later calls say, word for word, of results above is still there, beyond what was left out
 * before. What a call shares with a result by chance is told from what it needs: unrelated sessions share as many short pieces of prose.
 */
import type { ToolCall } from '../../src/block.ts';
import { numbersLines } from '../../src/text/tool-call.ts';
import { LineIndex } from './line-index.ts';
import { inputLines, inputTexts } from './quotes.ts';
import { wayOf } from './recall-ways.ts';
import type { Context, Entry, Stretch } from './replay.ts';

export interface ColdMiss {
  readonly text: string;
  readonly isEdit: boolean;
  /** False: neither an edit nor a name nor a longer copy. */
  readonly isNeeded: boolean;
  /** Index of the entry that showed it, and of the call that says it. */
  readonly origin: number;
  readonly at: number;
  readonly action: ToolCall;
}

export interface ColdRecall {
  /** Strings of 12 units and more that calls share with results above: what edits quote, and others; of all those the needed. */
  edits: number;
  others: number;
  needed: number;
  readonly misses: ColdMiss[];
}

const original = 1;
const warm = 2;
const cold = 4;
const lineNumber = /^ *\d+(?:\t|→)/;
const trustedLineNumber = /^ *\d+(?:\t|→|\| |: |\. )/;
/** UTF-16 units of letters and digits beside names that nobody writes twice by chance. */
const leastCopied = 30;
const word = /[\w./\\@~:-]+/g;
const nameOfCode = /[\w.-]{2}[/\\][\w.-]{2}|[a-z][A-Z]|\w_\w|\w\.\w/;
const leastName = 6;

/** `acted`: messages whose calls an earlier context made already. `recall` is added to. */
export function recallStretch(
  { entries: context }: Context,
  { entries }: Stretch,
  from: number,
  until: number,
  acted: ReadonlySet<number>,
  recall: ColdRecall,
): void {
  const index = new LineIndex();
  let pending: { message: number; text: string }[] = [];
  for (let at = 0; at < until; at++) {
    const { block, message } = entries[at]!;
    for (const said of pending) if (said.message !== message) show(index, said.text, undefined, warm | cold);
    pending = pending.filter((said) => said.message === message);
    if (block.source === 'said') pending.push({ message, text: block.text });
    if (block.source === 'result') showResult(index, context[at]!, entries[at]!);
    if (block.source !== 'call' || !block.call) continue;
    if (at >= from && !acted.has(message)) judge(index, block.call, entries, at, recall);
    for (const text of inputTexts(block.call.input)) show(index, text, undefined, warm | cold);
  }
}

function showResult(index: LineIndex, before: Entry, { block, replacement }: Entry): void {
  show(index, block.text, block.call, original);
  show(index, before.replacement ?? block.text, block.call, warm);
  show(index, replacement ?? block.text, block.call, cold);
}

function judge(index: LineIndex, call: ToolCall, entries: readonly Entry[], at: number, recall: ColdRecall): void {
  const seen = new Set<string>();
  for (const { line, isEdit } of inputLines(call))
    for (const { from, until, flags } of index.shared(line, original)) {
      const text = line.slice(from, until);
      if (seen.has(`${isEdit} ${text}`)) continue;
      seen.add(`${isEdit} ${text}`);
      if (isEdit) recall.edits++;
      else recall.others++;
      if (isEdit || isNeeded(text, () => false)) recall.needed++;
      const isThere = (wanted: string, flag: number) => index.shows(wanted, flag);
      if ((flags & cold) !== 0 || isThere(text, cold) || !((flags & warm) !== 0 || isThere(text, warm))) continue;
      const origin = originOf(entries, at, text, isEdit);
      if (origin === 'shown otherwise') continue;
      const needed = isEdit || isNeeded(text, (name) => isThere(name, cold));
      recall.misses.push({ text, isEdit, isNeeded: needed, origin, at, action: call });
    }
}

/** The latest result that showed it; -1 where none did, such as a text put together of two. */
function originOf(entries: readonly Entry[], at: number, text: string, isEdit: boolean): number | 'shown otherwise' {
  let origin = -1;
  for (let before = at - 1; before >= 0; before--) {
    const { block, replacement } = entries[before]!;
    if (block.source !== 'result' || replacement === undefined || !block.text.includes(text)) continue;
    const way = wayOf(text, replacement);
    if (way && (!isEdit || way === 'heading and entry')) return 'shown otherwise';
    if (origin < 0) origin = before;
  }
  return origin;
}

/** True where a name in it is not shown anywhere, or where it copies more than names. */
function isNeeded(text: string, isShown: (name: string) => boolean): boolean {
  let rest = text;
  for (const [found] of text.matchAll(word)) {
    const name = found.replace(/^[.:-]{1,9}|[.:-]{1,9}$/g, '');
    if (name.length < leastName || !nameOfCode.test(name)) continue;
    if (!isShown(name)) return true;
    rest = rest.replace(name, '');
  }
  return rest.replace(/[^\p{L}\p{N}]+/gu, ' ').trim().length >= leastCopied;
}

function show(index: LineIndex, text: string, call: ToolCall | undefined, flags: number): void {
  const prefix = numbersLines(call) ? trustedLineNumber : lineNumber;
  for (const line of text.split('\n')) index.add(line.replace(prefix, ''), flags);
}
