/**
 * Results of a web search, one after the other, each with its title and address on lines of their own: all titles and addresses, the first lines of
 * every result, and the lines that hold a telling word of the question.
 */
import { findTelling } from '../../text/telling-words.ts';

const label =
  /^(?:#{1,6} |(?:\d+\. )?(?:\*\*)?(?:Title|URL|Link|Source|Published|Date|Author|Snippet|Summary|Highlights|Score)\b[^:\n]{0,12}:|https?:\/\/\S+$|-{3,}$)/i;
const address = /^(?:(?:\d+\. )?(?:\*\*)?(?:URL|Link|Source)\b[^:\n]{0,12}:\s*)?https?:\/\/\S+\s*$/i;
const leastResults = 3;
/** Lines of every result that are shown whatever they say. */
const opening = 4;
/** A word in more of the lines than this tells none from the others. */
const mostCommon = 0.2;

/** One per line; undefined where the text is no list of results. */
export function keepResults(lines: readonly string[], question: string): boolean[] | undefined {
  if (lines.filter((line) => address.test(line)).length < leastResults) return undefined;
  const isTelling = findTelling(lines, question, mostCommon);
  let shown = 0;
  return lines.map((line) => {
    if (address.test(line)) shown = 0;
    if (label.test(line)) return true;
    const text = line.trim();
    if (text === '' || text === '...') return shown < opening;
    if (shown < opening) {
      shown++;
      return true;
    }
    return isTelling(line);
  });
}
