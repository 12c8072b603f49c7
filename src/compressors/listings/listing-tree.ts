/** Drawings by `tree` and its like: two spaces a level say what bars and corners draw. The inverse draws them again, to the byte. */
import { linesOf } from '../../text/lines-of.ts';
import type { SmallerText } from '../compressor.ts';

/** How a program draws: each piece takes four columns. */
interface Style {
  readonly bar: string;
  readonly fork: string;
  readonly corner: string;
}

const styles: readonly Style[] = [
  { bar: '│\u00a0\u00a0 ', fork: '├── ', corner: '└── ' },
  { bar: '│   ', fork: '├── ', corner: '└── ' },
  { bar: '|   ', fork: '|-- ', corner: '`-- ' },
];
const blank = '    ';
const indented = /^(?: {2})+(?=\S)/;
const leastLines = 3;

/** Undefined where the text holds no drawing that can be drawn again. */
export function shrinkTree(text: string): SmallerText | undefined {
  const lines = linesOf(text);
  for (const style of styles) {
    const names = lines.map((line) => readName(line, style));
    if (names.filter(Boolean).length < leastLines) continue;
    const form = lines.map((line, at) => names[at] ?? line).join('\n');
    if (drawTree(form, style) === text) return { text: form, form: 'invertible', inverse: (smaller) => drawTree(smaller, style) };
  }
  return undefined;
}

/** The line with its drawing as spaces. */
function readName(line: string, { bar, fork, corner }: Style): string | undefined {
  for (let at = 0; ; at += 4) {
    const piece = line.slice(at, at + 4);
    if (piece === fork || piece === corner) return '  '.repeat(at / 4 + 1) + line.slice(at + 4);
    if (piece !== bar && piece !== blank) return undefined;
  }
}

function drawTree(text: string, { bar, fork, corner }: Style): string {
  const lines = text.split('\n');
  const drawn: string[] = [];
  // From below: which levels go on further down.
  const goesOn: boolean[] = [];
  for (const line of lines.reverse()) {
    const depth = (indented.exec(line)?.[0].length ?? 0) / 2;
    let front = '';
    for (let level = 1; level < depth; level++) front += goesOn[level] ? bar : blank;
    if (depth > 0) front += goesOn[depth] ? fork : corner;
    goesOn.length = depth + 1;
    goesOn[depth] = true;
    drawn.push(front + line.slice(2 * depth));
  }
  return drawn.reverse().join('\n');
}
