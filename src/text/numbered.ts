/** Line-number prefixes: which lines of a text carry one, and how it is spelled. Knows nothing of what is done with them. */

/** How a text spells its line numbers, so that any number can be spelled again. */
export interface Spelling {
  readonly separator: string;
  /** Numbers are padded to this width; 0: not padded. */
  readonly width: number;
  readonly pad: ' ' | '0';
}

/** A text line by line: `numbers[i]` is the line number in front of line i, or -1; `contents[i]` what stands behind it. */
export interface NumberedText {
  readonly spelling: Spelling | undefined;
  readonly numbers: readonly number[];
  readonly contents: readonly string[];
}

interface Style {
  readonly separator: string;
  readonly prefix: RegExp;
  /** Also stands in front of list items and data: only believed where nearly every line of a file view has it. */
  readonly isCommon: boolean;
}

const styles: readonly Style[] = [
  { separator: '→', prefix: /^( *)(\d{1,7})→/, isCommon: false },
  { separator: '\t', prefix: /^( *)(\d{1,7})\t/, isCommon: false },
  { separator: '| ', prefix: /^( *)(\d{1,7})\| /, isCommon: false },
  { separator: ' | ', prefix: /^( *)(\d{1,7}) \| /, isCommon: true },
  { separator: ': ', prefix: /^()(\d{1,7}): /, isCommon: true },
  { separator: '. ', prefix: /^()(\d{1,7})\. /, isCommon: true },
];

/** A content line that begins like one of the styles would be taken for a numbered line. */
const looksNumbered = /^\s*\d+(→|\t| ?\| |: |\. |$)/;

/** Lines of a text whose numbers are believed to be line numbers; `trusted`: the call shows files or numbers lines. */
export function readNumbers(lines: readonly string[], trusted: boolean): NumberedText {
  const plain: NumberedText = { spelling: undefined, numbers: lines.map(() => -1), contents: lines };
  if (!trusted) return plain;
  const style = styles.find((candidate) => isNumberedBy(lines, candidate));
  if (!style) return plain;
  const spelling = spellingOf(lines, style);
  const numbers: number[] = [];
  const contents: string[] = [];
  for (const line of lines) {
    const found = style.prefix.exec(line);
    const number = found ? Number(found[2]) : -1;
    const own = found !== null && found[0] === spell(spelling, number);
    numbers.push(own ? number : -1);
    contents.push(own ? line.slice(found[0].length) : line);
  }
  return { spelling, numbers, contents };
}

/** The prefix for one number, as the text spells it. */
export function spell(spelling: Spelling, number: number): string {
  return String(number).padStart(spelling.width, spelling.pad) + spelling.separator;
}

/**
 * Which numbers stay when consecutive ones are thinned: the first and last of each run of consecutive numbers, every tenth, and those in
 * front of content that itself looks numbered, with its neighbours.
 */
export function keptNumbers(text: NumberedText): boolean[] {
  const { numbers, contents } = text;
  return numbers.map((number, at) => {
    if (number < 0) return true;
    if (number % 10 === 0) return true;
    if (numbers[at - 1] !== number - 1 || numbers[at + 1] !== number + 1) return true;
    return looksNumbered.test(contents[at] ?? '');
  });
}

/** Gives a thinned text its numbers back: between two numbered lines whose distance fits, every line has the number that counts on. */
export function fillNumbers(numbers: readonly number[]): number[] {
  const filled = [...numbers];
  let last = -1;
  for (let at = 0; at < filled.length; at++) {
    const number = filled[at] ?? -1;
    if (number < 0) continue;
    const before = last < 0 ? -1 : (filled[last] ?? -1);
    if (last >= 0 && before + (at - last) === number)
      for (let between = last + 1; between < at; between++) filled[between] = before + (between - last);
    last = at;
  }
  return filled;
}

/** How a thinned text may spell its numbers: a guess for each style that some line of it has. */
export function guessSpellings(lines: readonly string[]): readonly Spelling[] {
  return styles.filter(({ prefix }) => lines.some((line) => prefix.test(line))).map((style) => spellingOf(lines, style));
}

function isNumberedBy(lines: readonly string[], style: Style): boolean {
  let numbered = 0;
  let consecutive = 0;
  let previous = -2;
  for (const line of lines) {
    const found = style.prefix.exec(line);
    if (!found) continue;
    numbered++;
    const number = Number(found[2]);
    if (number === previous + 1) consecutive++;
    previous = number;
  }
  if (consecutive < 3 || consecutive < numbered * 0.6) return false;
  return !style.isCommon || numbered >= lines.length - 12;
}

function spellingOf(lines: readonly string[], style: Style): Spelling {
  for (const line of lines) {
    const found = style.prefix.exec(line);
    const [, spaces = '', digits = ''] = found ?? [];
    if (spaces !== '') return { separator: style.separator, width: spaces.length + digits.length, pad: ' ' };
    if (digits.startsWith('0') && digits.length > 1) return { separator: style.separator, width: digits.length, pad: '0' };
  }
  return { separator: style.separator, width: 0, pad: ' ' };
}
