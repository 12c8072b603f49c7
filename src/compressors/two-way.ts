/** Line rewritings that come with their inverse, one after the other; one that does not read back is left out. */
import { linesOf } from '../text/lines-of.ts';
import type { SmallerText } from './compressor.ts';

export interface TwoWay {
  /** What a text must hold to be worth a look. */
  readonly sign: RegExp;
  /** Undefined where there is nothing to do, or where a text is already in the short form. */
  readonly shorten: (lines: readonly string[]) => string[] | undefined;
  readonly writeOut: (short: readonly string[]) => string[];
}

/** `push` takes no more arguments than a call stack holds. */
export function append(lines: string[], more: readonly string[]): void {
  for (const line of more) lines.push(line);
}

function shortenAll(lines: readonly string[], ways: readonly TwoWay[]): { lines: readonly string[]; ways: TwoWay[] } {
  const used: TwoWay[] = [];
  let present = lines;
  for (const way of ways) {
    const short = way.shorten(present);
    if (!short || !isSame(way.writeOut(short), present)) continue;
    present = short;
    used.push(way);
  }
  return { lines: present, ways: used };
}

export function shortenText(text: string, ways: readonly TwoWay[]): SmallerText | undefined {
  const present = ways.filter(({ sign }) => sign.test(text));
  if (present.length === 0) return undefined;
  const { lines, ways: used } = shortenAll(linesOf(text), present);
  if (used.length === 0) return undefined;
  const inverse = (given: string): string =>
    used.reduceRight<readonly string[]>((short, way) => way.writeOut(short), given.split('\n')).join('\n');
  return { text: lines.join('\n'), form: 'invertible', inverse };
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((line, at) => line === other[at]);
}
