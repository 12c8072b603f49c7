/** Lines that an edit quotes from the text it changes, and whether they stand in what the model has seen. */
import type { ToolCall } from '../../src/block.ts';

/** Some agents quote the line number along; it is not part of the file. */
const quotedNumber = /^ *\d+(?:\t|→)/;
const lineNumber = /^ *\d+(?:\t|→|\| |: |\. )/;
const quoteFields = /^(old_string|old_str|oldText|old_text|oldString|search)$/;

/** The lines an edit must match exactly: old strings, and the context and removed lines of patches. Lines of less than 8 characters say nothing. */
export function quotedLines(call: ToolCall | undefined): string[] {
  return textsOf(call?.input, '')
    .flatMap((text) => text.split('\n'))
    .map((line) => line.replace(quotedNumber, ''))
    .filter((line) => line.trim().length >= 8);
}

/** Every string in a call's input: what the model wrote itself it can see. */
export function inputTexts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(inputTexts);
}

function textsOf(value: unknown, name: string): string[] {
  if (typeof value === 'string') {
    if (quoteFields.test(name)) return [value];
    return value.startsWith('*** Begin Patch') ? [patchLines(value)] : [];
  }
  if (Array.isArray(value)) return value.flatMap((item) => textsOf(item, name));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => textsOf(item, key));
}

function patchLines(patch: string): string {
  return patch
    .split('\n')
    .filter((line) => /^[- ]/.test(line))
    .map((line) => line.slice(1))
    .join('\n');
}

/** Every line of every text added, as it stands and without a line number in front. */
export class SeenLines {
  private readonly lines = new Set<string>();

  add(text: string): void {
    for (const line of text.split('\n')) {
      this.lines.add(line);
      const bare = line.replace(lineNumber, '');
      if (bare !== line) this.lines.add(bare);
    }
  }

  has(line: string): boolean {
    return this.lines.has(line);
  }
}
