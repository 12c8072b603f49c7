/** Writes a text with its repeats noted and its numbers thinned, and reads it back: the inverse is what makes the form true. */
import { diffMarks } from '../text/diff-lines.ts';
import { fillNumbers, keptNumbers, type NumberedText, type Spelling, spell } from '../text/numbered.ts';
import { readNote } from './note.ts';
import type { Repeat } from './repeats.ts';

/** The outgoing form of a text: notes for its repeats, and of consecutive numbers those that help. */
export function layOut(text: NumberedText, repeats: readonly Repeat[]): string {
  const kept = keptNumbers(text);
  const lines: string[] = [];
  let next = 0;
  // What stands between notes is what changed: its first line says where.
  let isBehindNote = false;
  for (let at = 0; at < text.contents.length; at++) {
    const repeat = repeats[next];
    if (repeat?.from === at) {
      lines.push(repeat.note);
      at += repeat.count - 1;
      next++;
      isBehindNote = true;
      continue;
    }
    const number = text.numbers[at] ?? -1;
    const content = text.contents[at] ?? '';
    lines.push(number >= 0 && (kept[at] || isBehindNote) && text.spelling ? spell(text.spelling, number) + content : content);
    isBehindNote = false;
  }
  return lines.join('\n');
}

/** The text that `layOut` was given, from its outgoing form, how the text spells numbers, and the lines that each note refers to. */
export function readBack(outgoing: string, spelling: Spelling | undefined, noted: readonly (readonly string[])[]): string {
  const numbers: number[] = [];
  const contents: string[] = [];
  let next = 0;
  for (const line of outgoing.split('\n')) {
    const note = readNote(line);
    if (note) {
      for (const [n, content] of (noted[next] ?? []).entries()) {
        contents.push(note.mark === undefined ? content : diffMarks[note.mark] + content);
        numbers.push(note.number === undefined ? -1 : note.number + n);
      }
      next++;
      continue;
    }
    const number = spelling ? numberOf(line, spelling) : -1;
    numbers.push(number);
    contents.push(number >= 0 && spelling ? line.slice(spell(spelling, number).length) : line);
  }
  const filled = fillNumbers(numbers);
  return contents
    .map((content, at) => ((filled[at] ?? -1) >= 0 && spelling ? spell(spelling, filled[at] ?? 0) + content : content))
    .join('\n');
}

function numberOf(line: string, spelling: Spelling): number {
  const end = line.indexOf(spelling.separator);
  if (end < 0 || end > 12) return -1;
  const number = Number(line.slice(0, end));
  return Number.isInteger(number) && line.startsWith(spell(spelling, number)) ? number : -1;
}
