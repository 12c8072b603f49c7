/** Stack frames inside libraries and the runtime: where a run of them is long, the first of it stays. Frames of the user's own code always do. */
import { longestLine } from './run-family.ts';
import { filler, type Marks, type Noise } from './run-marks.ts';

/** A frame of a language: one line, or one line and those of its source below it. */
interface Frames {
  /** Words one of which is in every text with such frames. */
  readonly words: readonly string[];
  readonly frame: RegExp;
  readonly library: RegExp;
  readonly where: string;
  /** Lines that follow a frame and belong to it. */
  readonly rest?: RegExp;
}

const kinds: readonly Frames[] = [
  {
    words: ['node_modules', 'node:', '(native)', 'bun:', 'ext:'],
    frame: /^\s+(?:at |❯ )\S/,
    library: /[\\/]node_modules[\\/]|\bnode:|\(native\)|\bbun:|\bext:|^\s+❯ node_modules/,
    where: 'node_modules and the runtime',
  },
  {
    words: ['  File "'],
    frame: /^ {2}File "[^"]+", line \d+/,
    library: /[\\/](?:site-packages|dist-packages|lib[\\/]python[\d.]+)[\\/]|"<frozen /,
    where: 'libraries',
    rest: /^ {4,}\S/,
  },
  {
    words: ['.py:'],
    // pytest's short frames, the place first.
    frame: /^\S+\.py:\d+: in \S/,
    library: /(?:^|[\\/])(?:site-packages|dist-packages|lib[\\/]python[\d.]+)[\\/]/,
    where: 'libraries',
    rest: /^ {4,}\S/,
  },
  {
    words: [' at ', '\tat '],
    frame: /^\s+at [\w.$]+(?:\/[\w.$]+)*[\w.$<>]+\(/,
    library:
      /^\s+at (?:java\.|javax\.|jdk\.|sun\.|com\.sun\.|java\.base\/|org\.junit\.|junit\.|org\.gradle\.|org\.apache\.maven\.|org\.testng\.|kotlin\.|scala\.)/,
    where: 'libraries',
  },
  {
    words: ['0: '],
    frame: /^\s+\d+: \S/,
    library: /^\s+\d+: (?:<?(?:std|core|alloc|test|__rustc|rust_begin_unwind|__libc|_start|backtrace|fn\(.* as core)\b)/,
    where: 'the standard library',
    rest: /^\s+at \S/,
  },
  { words: [':in `', ":in '"], frame: /^\s*# \S+:\d+:in /, library: /[\\/]gems[\\/]|[\\/]lib[\\/]ruby[\\/]/, where: 'gems' },
];

/** Shorter runs are shown. */
const leastFrames = 3;

export function markFrames(text: string, lines: readonly string[], marks: Marks): void {
  for (const kind of kinds) if (kind.words.some((word) => text.includes(word))) markKind(lines, marks, kind);
}

function markKind(lines: readonly string[], marks: Marks, { frame, library, where, rest }: Frames): void {
  const noise: Noise = { one: `frame in ${where}`, many: `frames in ${where}` };
  const isFrame = (line: string): boolean => line.length <= longestLine && frame.test(line);
  for (let at = 0; at < lines.length; ) {
    if (!isFrame(lines[at] ?? '') || marks[at] !== undefined) {
      at++;
      continue;
    }
    // The run of library frames that begins here, each with what belongs to it.
    const starts: number[] = [];
    let end = at;
    while (end < lines.length && isFrame(lines[end] ?? '') && library.test(lines[end] ?? '')) {
      starts.push(end);
      end++;
      while (rest && end < lines.length && rest.test((lines[end] ?? '').slice(0, longestLine)) && !isFrame(lines[end] ?? '')) end++;
    }
    if (starts.length <= leastFrames) {
      at = Math.max(end, at + 1);
      continue;
    }
    const [, second = end] = starts;
    for (let inner = second; inner < end; inner++) marks[inner] = filler;
    for (const start of starts.slice(1)) marks[start] = [[noise, 1]];
    at = end;
  }
}
