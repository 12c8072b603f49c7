/** The names that calls copy from results: paths, files, identifiers. A line that alone shows one of them stays. Tells no language's grammar. */

/** Names at the end of a path count for themselves, as far up as this. */
const mostParts = 12;
const leastLength = 5;
/** What is longer is data that nobody writes down again. */
const mostLength = 300;
const word = /[\p{L}\p{N}_$@~.:/\\-]{5,}/gu;
/** A slash or a dot between word characters, a capital behind a small letter, an underscore. */
const shape = /[\w.-]{2}[/\\][\w.-]{2}|\p{Ll}\p{Lu}|\w_\w|\w\.\w/u;

export class ShownNames {
  private readonly names = new Set<string>();

  /** Every name in the text is shown from now on, and so is the end of each path. */
  add(text: string): void {
    for (const name of namesIn(text)) {
      let rest = name;
      for (let part = 0; part < mostParts && rest.length >= leastLength && !this.names.has(rest); part++) {
        this.names.add(rest);
        const end = rest.search(/[/\\:]/);
        if (end < 0) break;
        rest = rest.slice(end + 1);
      }
    }
  }

  /** True where the text holds a name that is not shown yet. */
  isNewIn(text: string): boolean {
    for (const name of namesIn(text)) if (!this.names.has(name)) return true;
    return false;
  }
}

function* namesIn(text: string): Generator<string> {
  for (const [found] of text.matchAll(word)) {
    if (found.length > mostLength || !shape.test(found)) continue;
    const name = found.slice(edge(found, 0, 1), edge(found, found.length - 1, -1) + 1);
    if (name.length >= leastLength) yield name;
  }
}

/** The first place from an end where no punctuation stands. */
function edge(found: string, from: number, step: 1 | -1): number {
  let at = from;
  while (at >= 0 && at < found.length && '.:/\\-'.includes(found[at] ?? '')) at += step;
  return at;
}
