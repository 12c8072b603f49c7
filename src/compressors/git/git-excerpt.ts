/** Which lines of long git output are shown: recent commits whole, older ones by their subject, the beginning of long folders and lists. */
import { matcherOf } from '../../text/asked-words.ts';
import type { Excerpt } from '../compressor.ts';

const commit = /^commit [0-9a-f]{7,64}\b/;
const commitLine = /^[*|\\/_ ]{0,40}[0-9a-f]{7,64} \S/;
const refLine = /^[0-9a-f]{40,64}\t(\S+)/;
const graph = /^[*|\\/_ ]{1,80}$/;
const heading = /^[\t ]?\S.*\/:$/;
const inFolder = /^(?: [\t A-Z?!]|\t\t)/;

const wholeCommits = 15;
const shownOneLiners = 60;
const shownInFolder = 5;
const leastInFolder = 12;
const shownAtEnd = 5;
const mostMatches = 30;

/** What a text must hold to be worth a look. */
export const longList = /^(?:commit [0-9a-f]{7}|[*|\\/_ ]{0,40}[0-9a-f]{7,64}[\t ]\S|.*\/:$)/m;

export function excerptOfGit(lines: readonly string[], asked: string): Excerpt | undefined {
  const about: (string | undefined)[] = lines.map(() => undefined);
  markOldCommits(lines, about);
  markLongList(lines, about, (line) => commitLine.test(line) || graph.test(line), 'commits', matcherOf(asked));
  markLongList(
    lines,
    about,
    (line) => refLine.test(line),
    'refs',
    (line) => /\t(?:HEAD$|refs\/heads\/)/.test(line),
  );
  markFolders(lines, about);
  const keeps = about.map((what) => what === undefined);
  if (!keeps.includes(false)) return undefined;
  return { keeps, tell: (from, until) => tell(about, from, until) };
}

/** Of commits beyond the first ones: hash, date and subject stay. */
function markOldCommits(lines: readonly string[], about: (string | undefined)[]): void {
  let commits = 0;
  let isSubjectShown = false;
  for (const [at, line] of lines.entries()) {
    if (commit.test(line)) {
      commits++;
      isSubjectShown = false;
      continue;
    }
    if (commits <= wholeCommits || /^(?:Merge|Author|Date|AuthorDate|Commit|CommitDate): /.test(line)) continue;
    if (!isSubjectShown) isSubjectShown = line.trim() !== '';
    else if (/^(?: |$)/.test(line))
      about[at] = /^ \S.* (?:\||files? changed)|\/:$/.test(line) ? 'files' : /^ {4}\S/.test(line) ? 'message' : '';
  }
}

/** The first and last of a long run of lines, and those that answer what was asked. */
function markLongList(
  lines: readonly string[],
  about: (string | undefined)[],
  isListed: (line: string) => boolean,
  name: string,
  matches: (line: string) => boolean,
): void {
  for (let from = 0; from < lines.length; from++) {
    if (!isListed(lines[from] ?? '')) continue;
    let until = from;
    while (until < lines.length && isListed(lines[until] ?? '')) until++;
    let matched = 0;
    for (let at = from + shownOneLiners; at < until - shownAtEnd; at++) {
      if (matched < mostMatches && matches(lines[at] ?? '')) matched++;
      else about[at] = name;
    }
    from = until;
  }
}

function markFolders(lines: readonly string[], about: (string | undefined)[]): void {
  for (let at = 0; at < lines.length; at++) {
    if (!heading.test(lines[at] ?? '')) continue;
    let until = at + 1;
    while (inFolder.test(lines[until] ?? '')) until++;
    if (until - at - 1 >= leastInFolder)
      about.fill(`in ${lines[at]?.trim().slice(0, -1).replace(/[[\]]/g, '')}`, at + 1 + shownInFolder, until);
    at = until - 1;
  }
}

function tell(about: readonly (string | undefined)[], from: number, until: number): string | undefined {
  const said = [...new Set(about.slice(from, until))].filter((what) => what !== '');
  if (said.length === 2 && said.includes('files') && said.includes('message')) return 'message and files';
  return said.length === 1 ? said[0] : undefined;
}
