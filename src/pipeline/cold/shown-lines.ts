/** The lines that all which goes out as before shows: to hide one of them elsewhere saves nothing, for notes no longer stand in for its copies. */

/** UTF-16 units of a line that is worth a note. */
const leastLength = 12;

export class ShownLines {
  private readonly lines = new Set<string>();

  add(text: string): void {
    for (const line of text.split('\n')) if (line.length >= leastLength) this.lines.add(bareLine(line));
  }

  /** UTF-16 units of the lines at which `keeps` says no and which stand elsewhere all the same. */
  unitsElsewhere(text: string, keeps: readonly boolean[]): number {
    let units = 0;
    for (const [at, line] of text.split('\n').entries())
      if (keeps[at] === false && line.length >= leastLength && this.lines.has(bareLine(line))) units += line.length + 1;
    return units;
  }
}

/** Without what quoting and reading add: line numbers, marks of quotation, white space at the ends. */
export function bareLine(line: string): string {
  return line.replace(/^(?:\s*\d+(?:\t|→)|[>\s]+)/, '').trim();
}
