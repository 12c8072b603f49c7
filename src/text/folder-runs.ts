/** Which neighbours in a row of paths are worth naming below their common folder. Pure arithmetic over lengths; writes nothing. */

/** `paths[from..until)` all begin with `folder`, which ends in its separator, and go on behind it. */
export interface FolderRun {
  readonly from: number;
  readonly until: number;
  readonly folder: string;
}

/** What a heading costs beyond its own length, in UTF-16 units: a run must save more than that. */
const headingCost = 6;
const leastSaved = 10;
const mostDepth = 40;
const mostLength = 1000;

/** Runs of at least two paths, in order, that together save the most. */
export function foldFolders(paths: readonly string[]): readonly FolderRun[] {
  const shared = paths.map((path, at) => (at + 1 < paths.length ? sharedFolder(path, paths[at + 1] ?? '') : 0));
  return best({ paths, shared }, 0, paths.length, 0).runs;
}

/** Length of the longest folder, its separator included, that both paths go on behind. */
export function sharedFolder(one: string, other: string): number {
  const most = Math.min(one.length, other.length, mostLength) - 1;
  let folder = 0;
  for (let at = 0; at < most && one.charCodeAt(at) === other.charCodeAt(at); at++) {
    const code = one.charCodeAt(at);
    if (code === 47 || code === 92) folder = at + 1;
  }
  return folder;
}

interface Paths {
  readonly paths: readonly string[];
  /** Length of the folder that each path shares with the next. */
  readonly shared: readonly number[];
}

interface Choice {
  readonly saved: number;
  readonly runs: readonly FolderRun[];
}

interface Part extends Choice {
  readonly from: number;
  readonly until: number;
}

const nothing: Choice = { saved: 0, runs: [] };

/** The best runs within a range: split where neighbours share least, each part by itself or, with its neighbours, below that least folder. */
function best(rows: Paths, from: number, until: number, depth: number): Choice {
  if (until - from < 2 || depth > mostDepth) return nothing;
  let least = Number.POSITIVE_INFINITY;
  for (let at = from; at < until - 1; at++) least = Math.min(least, rows.shared[at] ?? 0);
  const parts: Part[] = [];
  let start = from;
  for (let at = from; at < until; at++) {
    if (at < until - 1 && (rows.shared[at] ?? 0) > least) continue;
    parts.push({ from: start, until: at + 1, ...best(rows, start, at + 1, depth + 1) });
    start = at + 1;
  }
  return least === 0 ? join(parts) : bestParts(rows, parts, least);
}

/** Each part either keeps its own runs, or is named below the folder of length `folder` together with parts before it. */
function bestParts(rows: Paths, parts: readonly Part[], folder: number): Choice {
  // closed[i]: the most saved by the first i parts; begins[i]: where the run that ends there began, or -1.
  const closed: number[] = [0];
  const begins: number[] = [-1];
  let open = Number.NEGATIVE_INFINITY;
  let openAt = 0;
  for (const [at, { from, until, saved }] of parts.entries()) {
    const gain = (until - from) * (folder - 1);
    const before = closed[at] ?? 0;
    const opened = before - folder - headingCost + gain;
    if (opened > open + gain) openAt = at;
    open = Math.max(opened, open + gain);
    const isRun = open > before + saved && open - (closed[openAt] ?? 0) >= leastSaved && until - (parts[openAt]?.from ?? 0) > 1;
    closed.push(isRun ? open : before + saved);
    begins.push(isRun ? openAt : -1);
  }
  const chosen: Choice[] = [];
  for (let end = parts.length; end > 0; ) {
    const begin = begins[end] ?? -1;
    const from = parts[begin]?.from ?? 0;
    if (begin < 0) chosen.push(parts[end - 1] ?? nothing);
    else
      chosen.push({ saved: 0, runs: [{ from, until: parts[end - 1]?.until ?? from, folder: (rows.paths[from] ?? '').slice(0, folder) }] });
    end = begin < 0 ? end - 1 : begin;
  }
  return { saved: closed.at(-1) ?? 0, runs: join(chosen.reverse()).runs };
}

function join(choices: readonly Choice[]): Choice {
  return { saved: choices.reduce((sum, { saved }) => sum + saved, 0), runs: choices.flatMap(({ runs }) => runs) };
}
