/** The words of a question that tell some lines of a text from the others: a word that stands in many of them does not. */
import { findAsked } from './asked-words.ts';

const mostWords = 24;

/** Says whether a line holds such a word; `mostCommon`: the share of the lines in which a telling word may stand. */
export function findTelling(lines: readonly string[], question: string | undefined, mostCommon: number): (line: string) => boolean {
  const tests = [...new Set((question ?? '').split(/\s+/))]
    .map((word) => findAsked(word))
    .filter((test) => test !== undefined)
    .slice(0, mostWords)
    .filter((test) => lines.filter(test).length <= lines.length * mostCommon);
  return (line) => tests.some((test) => test(line));
}
