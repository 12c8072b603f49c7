/**
 * Diagnostics of compilers and linters that repeat their path (`src/a.ts(12,5): error TS2322: …`, `src/a.c:12:5: warning: …`): the path
 * once, above them, as search results with headings print it. Line, column and message stay as they are.
 */

/** The path, what follows it, and a word that says it is a diagnostic and no text with a colon. */
const diagnostic = /^((?:[A-Za-z]:[\\/])?[^\s:()][^:()\n]{0,300})(\(\d+,\d+\): |:\d+:\d+: |:\d+: )(?=\S)/;
const entry = /^(?:\(\d+,\d+\)|\d+(?::\d+)?): \S/;
const hasFile = /\.\w{1,10}$/;

/** False where no line can be one: a quick look. */
export function hasDiagnostics(text: string): boolean {
  return text.includes('): ') || /:\d+: /.test(text);
}

/** The same lines where there is nothing to group. */
export function groupDiagnostics(lines: readonly string[]): readonly string[] {
  const grouped: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const path = pathOf(lines[at] ?? '');
    const { end, entries } = path === undefined ? { end: at + 1, entries: 0 } : groupEnd(lines, at, path);
    if (path === undefined || entries < 2) {
      grouped.push(lines[at] ?? '');
      at++;
      continue;
    }
    grouped.push(path);
    for (; at < end; at++) grouped.push(withoutPath(lines[at] ?? '', path));
  }
  return grouped.length === lines.length ? lines : grouped;
}

export function ungroupDiagnostics(grouped: readonly string[]): string[] {
  const lines: string[] = [];
  let path: string | undefined;
  for (const [at, line] of grouped.entries()) {
    if (path !== undefined && entry.test(line)) lines.push(path + (line.startsWith('(') ? '' : ':') + line);
    else if (path !== undefined && isContinuation(line)) lines.push(line);
    else {
      path = entry.test(grouped[at + 1] ?? '') ? line : undefined;
      if (path === undefined) lines.push(line);
    }
  }
  return lines;
}

function pathOf(line: string): string | undefined {
  if (line.length > 2000 || !line.includes(': ')) return undefined;
  const path = diagnostic.exec(line)?.[1];
  return path !== undefined && hasFile.test(path) ? path : undefined;
}

function groupEnd(lines: readonly string[], from: number, path: string): { end: number; entries: number } {
  let end = from;
  let entries = 0;
  for (let at = from; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (pathOf(line) === path) {
      entries++;
      end = at + 1;
    } else if (!isContinuation(line)) break;
  }
  return { end, entries };
}

/** An indented line between two diagnostics explains the first; quoted source keeps the path beside it. */
function isContinuation(line: string): boolean {
  return line.length < 1000 && /^[ \t]+\S/.test(line) && !/^\s*\d*\s*\|/.test(line);
}

function withoutPath(line: string, path: string): string {
  return pathOf(line) === path ? line.slice(path.length + (line[path.length] === ':' ? 1 : 0)) : line;
}
