/** A diff file by file: which lines belong to whose hunks, and which files a program wrote. For excerpts; knows git's form and ours. */
import { type DiffMark, readDiffMarks } from '../../text/diff-lines.ts';
import { header, oneSided } from './diff-headers.ts';

export interface DiffLines {
  /** One per line; undefined outside of hunks. */
  readonly marks: readonly (DiffMark | undefined)[];
  /** One per line: the path of the file whose hunks hold it, their headers included; undefined outside. */
  readonly paths: readonly (string | undefined)[];
}

const names = [/^diff --git a\/\S+ b\/(\S+)$/, header, /^\+\+\+ (?:b\/)?([^\t]+)/];

const lockFile =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|bun\.lock|deno\.lock|Cargo\.lock|go\.sum|go\.work\.sum|poetry\.lock|uv\.lock|pdm\.lock|pixi\.lock|Pipfile\.lock|Gemfile\.lock|composer\.lock|mix\.lock|pubspec\.lock|packages\.lock\.json|flake\.lock|Podfile\.lock|Package\.resolved|gradle\.lockfile|\.terraform\.lock\.hcl)$/;
const generatedFile =
  /(?:^|\/)(?:node_modules|dist|__generated__)\/|\.min\.(?:m?js|css)$|\.(?:js|css)\.map$|\.pb\.go$|_pb2(?:_grpc)?\.py$|\.g\.dart$/;

/** True for what package managers and generators write: nobody reads it line by line, and nobody edits it by hand. */
export function isWrittenByPrograms(path: string): boolean {
  return lockFile.test(path) || generatedFile.test(path);
}

export function readDiffLines(lines: readonly string[]): DiffLines {
  const marks = [...readDiffMarks(lines)];
  const paths: (string | undefined)[] = [];
  let path: string | undefined;
  let whole = 0;
  let wholeMark: DiffMark | undefined;
  for (const [at, line] of lines.entries()) {
    if (whole > 0) {
      whole--;
      marks[at] = wholeMark;
      paths.push(path);
      continue;
    }
    const mark = marks[at];
    const [, count, sort] = (mark === undefined && path !== undefined && oneSided.exec(line)) || [];
    if (count !== undefined) {
      whole = Number(count);
      wholeMark = sort as DiffMark;
    }
    if (mark === undefined) path = nameIn(line) ?? (isOfDiff(line) ? path : undefined);
    paths.push(mark !== undefined || count !== undefined || line.startsWith('@@ ') ? path : undefined);
  }
  return { marks, paths };
}

function nameIn(line: string): string | undefined {
  for (const name of names) {
    const found = name.exec(line)?.[1];
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Lines between the name of a file and its last hunk. */
function isOfDiff(line: string): boolean {
  return (
    line.startsWith('@@ ') ||
    line.startsWith('\\ ') ||
    /^(?:index|old|new|deleted|similarity|rename|copy|---|\+\+\+|\d+ lines) ?/.test(line)
  );
}
