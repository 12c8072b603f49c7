/** Which lines of a text stand in the hunks of a unified diff, and by which mark. Counts lines as the hunk headers say; knows no files. */

/** What the first character of a hunk's line says of it. */
export type DiffMark = 'added' | 'removed' | 'unchanged';

export const diffMarks: Readonly<Record<DiffMark, string>> = { added: '+', removed: '-', unchanged: ' ' };

const hunk = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/;

/** One per line; undefined outside of hunks. A hunk that is cut off ends where its lines end. */
export function readDiffMarks(lines: readonly string[]): (DiffMark | undefined)[] {
  let removed = 0;
  let added = 0;
  return lines.map((line) => {
    const header = hunk.exec(line);
    if (header) {
      removed = Number(header[1] ?? 1);
      added = Number(header[2] ?? 1);
      return undefined;
    }
    const mark = markOf(line);
    if (mark === undefined || (mark !== 'added' && removed === 0) || (mark !== 'removed' && added === 0)) {
      // Of `\ No newline at end of file` the hunk goes on.
      if (!line.startsWith('\\')) removed = added = 0;
      return undefined;
    }
    if (mark !== 'added') removed--;
    if (mark !== 'removed') added--;
    return mark;
  });
}

function markOf(line: string): DiffMark | undefined {
  if (line.startsWith('+')) return 'added';
  if (line.startsWith('-')) return 'removed';
  return line.startsWith(' ') ? 'unchanged' : undefined;
}
