/** What a killed agent leaves on in the terminal, read from its output. */
import { expect, it } from 'vitest';
import { watchModes } from '../src/launch/terminal-modes.ts';

function resetAfter(...chunks: string[]): string {
  const screen = watchModes();
  for (const chunk of chunks) screen.see(Buffer.from(chunk, 'latin1'));
  return screen.reset();
}
const partial = resetAfter('\x1b[?2004h');
const whole = resetAfter('\x1b[?1049h');

it('leaves the alternate screen only where it is on, for leaving it moves the cursor', () => {
  expect(whole).toContain('\x1b[?1049l\x1b[?25h\x1b[?1000;1002;1003;1006l\x1b[?2004l\x1b[<u\x1b[0m');
  expect(partial).not.toContain('1049');
  expect(partial).toContain('\x1b[?25h\x1b[?1000;1002;1003;1006l\x1b[?2004l\x1b[<u\x1b[0m');
});

it.each([
  ['plain text', ['hello \x1b[31mred\x1b[0m \x1b[2J'], ''],
  ['an agent that cleaned up', ['\x1b[?1049h\x1b[?25l\x1b[?2004h\x1b[>1u', '\x1b[<u\x1b[?2004l\x1b[?25h\x1b[?1049l'], ''],
  ['a hidden cursor', ['\x1b[?25l'], partial],
  ['a mouse', ['\x1b[?1000h\x1b[?1006h\x1b[?1000l'], partial],
  ['focus reports', ['\x1b[?1004h'], partial],
  ['kitty keys', ['\x1b[>5u'], partial],
  ['several modes in one sequence', ['\x1b[?25;1049h'], whole],
  ['an older alternate screen', ['\x1b[?47h'], whole],
  ['a sequence in two halves', ['text\x1b[?10', '49h'], whole],
  ['a sequence byte by byte', [...'\x1b[?1049h more'], whole],
  ['an end in two halves', ['\x1b[?1049h and text', 'text\x1b[?1049', 'l'], ''],
] as const)('after %s', (_, chunks, reset) => {
  expect(resetAfter(...chunks)).toBe(reset);
});
