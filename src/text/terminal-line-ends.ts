/**
 * Line ends that a terminal made. Aider runs commands in a terminal of its own, which ends every line with CR LF, and edits by what it shows
 * elsewhere: there a line end is no content of a file, whatever the command shows. Everywhere else CR LF stays.
 */
import type { ToolCall } from '../block.ts';

const aiderTools = new Set(['run', 'test', 'lint', 'shell']);

/** The text with plain line ends; the very same text where they are no terminal's. */
export function withoutTerminalLineEnds(text: string, call: ToolCall | undefined): string {
  if (!aiderTools.has(call?.tool ?? '') || !text.includes('\r\n') || /(?<!\r)\n/.test(text)) return text;
  return text.replace(/(?<!\r)\r+\n/g, '\n');
}
