/** One conversation as far as it is known: its chain keys, what each block became, and the lines the model can see. It grows with the conversation. */
import type { Block } from '../block.ts';
import { readNumbers } from '../text/numbered.ts';
import { withoutTerminalLineEnds } from '../text/terminal-line-ends.ts';
import { labelOf, numbersLines, pathOf } from '../text/tool-call.ts';
import type { Decision } from './decision.ts';
import { isNote, readNote } from './note.ts';
import { route } from './route.ts';
import { type Mark, VisibleLines, type VisibleText } from './visible-lines.ts';

export interface Thread {
  readonly keys: string[];
  /** One per key; undefined for blocks that are no results. */
  readonly decisions: (Decision | undefined)[];
  /** One per key: how much was visible before the block. */
  readonly marks: Mark[];
  readonly visible: VisibleLines;
}

export function createThread(): Thread {
  return { keys: [], decisions: [], marks: [], visible: new VisibleLines() };
}

/** What a result shows, and by which name it is found again. */
export function outputOf({ key, call }: Block): VisibleText {
  return { key, label: labelOf(call), nearLabel: labelOf(call, 1), path: pathOf(call), part: 'output' };
}

/** Cuts a thread back to its first `length` blocks. */
export function cutBack(thread: Thread, length: number): void {
  const mark = thread.marks[length];
  if (mark) thread.visible.rollBack(mark);
  thread.keys.length = length;
  thread.decisions.length = length;
  thread.marks.length = length;
}

/** Shows a block that goes out as it came: what it shows can be referred to from now on. */
export function showAsItCame(visible: VisibleLines, block: Block): void {
  if (block.source === 'result') show(visible, outputOf(block), withoutTerminalLineEnds(block.text, block.call), numbersLines(block.call));
  else if (block.source === 'said')
    show(visible, { key: block.key, label: 'message', nearLabel: 'message', path: undefined, part: 'text' }, block.text, false);
  else for (const text of stringsIn(block.call?.input, 0)) show(visible, { ...outputOf(block), part: 'input' }, text, false);
}

/** Shows a result that goes out in a form decided before. `shape`: what `shapeOf` gives for it. */
export function showShrunk(
  visible: VisibleLines,
  block: Block,
  { replacement: outgoing = '', form }: Decision,
  shape: (block: Block) => string | undefined,
): void {
  // What an excerpt shows are its own lines; what it was made from is not needed.
  if (form === 'excerpt') {
    showExcerpt(visible, block, outgoing);
    return;
  }
  const text = shape(block);
  // Where a member fails that did not before, nothing refers to these lines.
  if (text === undefined) return;
  const { numbers, contents } = readNumbers(text.split('\n'), numbersLines(block.call));
  // Another version may have made it: then what goes out is what is seen.
  if (!showsLines(outgoing, contents)) {
    showExcerpt(visible, block, outgoing);
    return;
  }
  visible.open(outputOf(block));
  let at = 0;
  for (const line of outgoing.split('\n')) {
    const note = readNote(line);
    if (note) visible.hide();
    else showLine(visible, contents, numbers, at);
    at += note?.count ?? 1;
  }
}

/** The text that repeats were looked for in, before they were: it follows from the block alone. Undefined where a member fails on it. */
export function shapeOf({ text, call }: Block, count: (text: string) => number): string | undefined {
  try {
    return route({ text, call }, count).text;
  } catch {
    return undefined;
  }
}

/** Whether these are the lines that an outgoing text shows, where its notes leave them. */
function showsLines(outgoing: string, contents: readonly string[]): boolean {
  let at = 0;
  for (const line of outgoing.split('\n')) {
    const note = readNote(line);
    if (!note && !line.endsWith(contents[at] ?? '\n')) return false;
    at += note?.count ?? 1;
  }
  return at === contents.length;
}

function showExcerpt(visible: VisibleLines, block: Block, outgoing: string): void {
  visible.open(outputOf(block));
  let at = 0;
  for (const line of outgoing.split('\n')) {
    if (isNote(line)) visible.hide();
    else visible.show({ content: line, number: at + 1, isNumbered: false });
    at += readNote(line)?.count ?? 1;
  }
}

function show(visible: VisibleLines, source: VisibleText, text: string, trusted: boolean): void {
  const { numbers, contents } = readNumbers(text.split('\n'), trusted);
  visible.open(source);
  for (let at = 0; at < contents.length; at++) showLine(visible, contents, numbers, at);
}

function showLine(visible: VisibleLines, contents: readonly string[], numbers: readonly number[], at: number): void {
  const number = numbers[at] ?? -1;
  visible.show({ content: contents[at] ?? '', number: number >= 0 ? number : at + 1, isNumbered: number >= 0 });
}

/** The texts in a call's input: what a Write holds, the new text of an Edit; not what an edit replaces. */
function stringsIn(value: unknown, depth: number): string[] {
  if (typeof value === 'string') return value.includes('\n') || value.length > 100 ? [value] : [];
  if (typeof value !== 'object' || value === null || depth > 6) return [];
  if (Array.isArray(value)) return value.flatMap((item) => stringsIn(item, depth + 1));
  return Object.entries(value).flatMap(([name, item]) => (/^old/.test(name) ? [] : stringsIn(item, depth + 1)));
}
