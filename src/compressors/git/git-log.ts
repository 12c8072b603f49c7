/** `git log` writes the author above every commit, mostly the same one, and `--format=fuller` the committer and both dates: said once, at the top. */
import { append, type TwoWay } from '../two-way.ts';

const commit = /^commit [0-9a-f]{7,64}\b/;
const head = /^(?:Merge|Author|Date|AuthorDate|Commit|CommitDate): /;
const said = /^Commits below that name no "(Author|Commit)": (.+)$/;
const saidDates = 'Commits below that name no "CommitDate": that of "AuthorDate"';
/** Fewer commits than this are not worth the lines at the top. */
const leastCommits = 4;

export const commitPeople: TwoWay = { sign: /^Author: /m, shorten, writeOut };

function shorten(lines: readonly string[]): string[] | undefined {
  const heads = readHeads(lines);
  const first = heads[0]?.[0];
  if (heads.length < leastCommits || first === undefined || lines.some((line) => line.startsWith('Commits below that name no')))
    return undefined;
  const top: string[] = [];
  const left = new Set<number>();
  for (const name of ['Author', 'Commit']) {
    const values = new Map<string, number[]>();
    for (const at of heads.flat()) {
      const line = lines[at] ?? '';
      if (!line.startsWith(`${name}: `)) continue;
      const places = values.get(line);
      if (places) places.push(at);
      else values.set(line, [at]);
    }
    const [line, places = []] = [...values].reduce<[string, number[]]>(
      (best, next) => (next[1].length > best[1].length ? next : best),
      ['', []],
    );
    if (places.length < leastCommits) continue;
    top.push(`Commits below that name no "${name}": ${line.slice(name.length + 2)}`);
    for (const at of places) left.add(at);
  }
  const dates = heads.flat().filter((at) => isSameDate(lines[at - 2], lines[at]));
  if (dates.length >= leastCommits) top.push(saidDates);
  for (const at of dates.length >= leastCommits ? dates : []) left.add(at);
  if (top.length === 0) return undefined;
  const start = first - 1;
  return [...lines.slice(0, start), ...top, ...lines.slice(start).filter((_, at) => !left.has(at + start))];
}

function writeOut(short: readonly string[]): string[] {
  const start = short.findIndex((line) => line === saidDates || said.test(line));
  if (start < 0) return [...short];
  const people: Record<string, string> = {};
  let hasDates = false;
  let at = start;
  for (; short[at] === saidDates || said.test(short[at] ?? ''); at++) {
    const [, name, value = ''] = said.exec(short[at] ?? '') ?? [];
    if (name === undefined) hasDates = true;
    else people[name] = `${name}: ${value}`;
  }
  const lines = short.slice(0, start);
  while (at < short.length) {
    lines.push(short[at] ?? '');
    if (!commit.test(short[at++] ?? '')) continue;
    const given: string[] = [];
    while (head.test(short[at] ?? '')) given.push(short[at++] ?? '');
    append(lines, writeOutHead(given, people, hasDates));
  }
  return lines;
}

function writeOutHead(given: readonly string[], people: Readonly<Record<string, string>>, hasDates: boolean): string[] {
  const find = (name: string): string | undefined => given.find((line) => line.startsWith(`${name}: `));
  const authorDate = find('AuthorDate');
  const isFuller = authorDate !== undefined;
  const committer = isFuller ? (find('Commit') ?? people.Commit) : undefined;
  const committed = isFuller ? (find('CommitDate') ?? (hasDates ? authorDate.replace('AuthorDate', 'CommitDate') : undefined)) : undefined;
  const written = [find('Merge'), find('Author') ?? people.Author, find('Date'), authorDate, committer, committed];
  return written.filter((line) => line !== undefined);
}

/** Places of the lines between `commit …` and the message, commit by commit. */
function readHeads(lines: readonly string[]): number[][] {
  const heads: number[][] = [];
  for (let at = 0; at < lines.length; at++) {
    if (!commit.test(lines[at] ?? '')) continue;
    const places: number[] = [];
    while (head.test(lines[at + 1] ?? '')) places.push(++at);
    if (places.length > 0) heads.push(places);
  }
  return heads;
}

function isSameDate(authored: string | undefined, committed: string | undefined): boolean {
  return authored?.startsWith('AuthorDate: ') === true && committed === authored.replace('AuthorDate', 'CommitDate');
}
