/** What the input of a tool call says, line by line, and which of these lines an edit must match exactly. */
import type { ToolCall } from '../../src/block.ts';

export interface InputLine {
  readonly line: string;
  /** An old string, or a context or removed line of a patch: it has to stand in the file to the letter. */
  readonly isEdit: boolean;
}

/** Some agents quote the line number along; it is not part of the file. */
const quotedNumber = /^ *\d+(?:\t|→)/;
const quoteFields = /^(old_string|old_str|oldText|old_text|oldString|search)$/;
const patchBegin = '*** Begin Patch';
const patchEnd = '*** End Patch';

export function inputLines(call: ToolCall | undefined): InputLine[] {
  return linesOf(call?.input, '');
}

/** Every string in a call's input: what the model wrote itself it can see. */
export function inputTexts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(inputTexts);
}

function linesOf(value: unknown, name: string): InputLine[] {
  if (typeof value === 'string') {
    if (quoteFields.test(name)) return value.split('\n').map((line) => ({ line: line.replace(quotedNumber, ''), isEdit: true }));
    return value.includes(patchBegin) ? patchLines(value) : value.split('\n').map((line) => ({ line, isEdit: false }));
  }
  if (Array.isArray(value)) return value.flatMap((item) => linesOf(item, name));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => linesOf(item, key));
}

function patchLines(text: string): InputLine[] {
  let isInside = false;
  return text.split('\n').map((line) => {
    if (line.includes(patchBegin)) isInside = true;
    if (line.startsWith(patchEnd)) isInside = false;
    if (!isInside || !/^[-+ ]/.test(line)) return { line, isEdit: false };
    return { line: line.slice(1), isEdit: !line.startsWith('+') };
  });
}
