/**
 * Terminal noise: colours, carriage-return overwrites, progress bars and spinners become what the terminal showed in the end.
 * Never in what a file holds: there an escape is content, and an edit must quote it.
 */

import { withoutTerminalLineEnds } from '../text/terminal-line-ends.ts';
import { readScreen } from '../text/terminal-screen.ts';
import { showsFiles } from '../text/tool-call.ts';
import type { Compressor } from './compressor.ts';

/** An escape, a backspace, or a carriage return that does not end a line. */
const noise = /\x1b[[\]()=>]|\x08|\r(?![\r\n]|$)|\r\r$/;

export const terminal: Compressor = {
  kind: 'terminal',
  lever: 'terminal noise',
  claim: ({ text, call }) => (withoutTerminalLineEnds(text, call) !== text || (noise.test(text) && !showsFiles(call)) ? 1 : 0),
  shrink: ({ text: given, call }) => {
    const text = withoutTerminalLineEnds(given, call);
    if (text !== given && !noise.test(text)) return { text, form: 'same-to-the-eye' };
    if (saysByColour(text)) return undefined;
    const lines = text.split('\n');
    // Line ends of files (CRLF) are content; only what stands before them is the terminal's.
    const ends = lines.map(returnsAtEnd);
    const shown = readScreen(lines.map((line, at) => line.slice(0, line.length - (ends[at] ?? '').length)).join('\n'));
    if (shown === undefined) return undefined;
    const cleaned = shown.split('\n');
    // What moves the cursor through its lines ends them as a terminal does.
    if (cleaned.length !== lines.length || /\x1b\[\d*[AF]/.test(text)) return { text: shown, form: 'same-to-the-eye' };
    return { text: cleaned.map((line, at) => line + (ends[at] ?? '')).join('\n'), form: 'same-to-the-eye' };
  },
};

/** Carriage returns at the end of a line, as many as there are. */
function returnsAtEnd(line: string): string {
  let from = line.length;
  while (line[from - 1] === '\r') from--;
  return line.slice(from);
}

/** A word diff tells old from new by colour alone: without it the text would say something else. */
function saysByColour(text: string): boolean {
  if (!/^(\x1b\[[\d;]*m)*@@ /m.test(text)) return false;
  let inHunk = false;
  for (const line of text.split('\n')) {
    const plain = line.replace(/\x1b\[[\d;]*m/g, '');
    if (plain.startsWith('@@ ')) inHunk = true;
    else if (/^(diff|index|commit) /.test(plain)) inHunk = false;
    else if (inHunk && !/^[-+]/.test(plain) && /\x1b\[(\d+;)*3[12]m/.test(line)) return true;
  }
  return false;
}
