/** What a folder has that is worth showing: a bounded, ordered walk over its plain text files, and the two that the demo reads. Only reads. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';

interface ShownFile {
  /** Below the folder, with slashes. */
  readonly path: string;
  readonly lines: readonly string[];
}

export interface Look {
  /** Read again and again. */
  readonly main: ShownFile;
  readonly other: ShownFile | undefined;
  /** A word of the main file to search for. */
  readonly word: string;
  readonly hasGit: boolean;
}

/** Undefined where there is no file of a size that shows anything. */
export function lookAround(folder: string): Look | undefined {
  const candidates = listTextFiles(folder)
    .map((path) => ({ path, bytes: sizeOf(join(folder, path)) }))
    .filter(({ bytes }) => bytes >= leastBytes && bytes <= mostBytes)
    .sort((one, other) => rank(one) - rank(other) || (one.path < other.path ? -1 : 1));
  const found: ShownFile[] = [];
  // Most are what their names say; a folder full of others is not read to its end.
  for (const { path } of candidates.slice(0, 40)) {
    const lines = found.length < 2 ? readLines(join(folder, path)) : undefined;
    if (lines && lines.length >= leastLines && lines.every((line) => line.length <= 400)) found.push({ path, lines });
  }
  const [main, other] = found;
  if (!main) return undefined;
  return { main, other, word: tellingWord(main.lines), hasGit: isInRepository(folder) };
}

/** Paths of text files by their names, nearest first, at most 2,000; no links, no dot files, nothing that tools have made. */
export function listTextFiles(folder: string): readonly string[] {
  const files: string[] = [];
  const folders = [''];
  for (let at = 0; at < folders.length && at < 400 && files.length < 2000; at++) {
    for (const entry of entriesOf(join(folder, folders[at]!))) {
      const path = folders[at] ? `${folders[at]}/${entry.name}` : entry.name;
      if (entry.name.startsWith('.') || made.test(entry.name)) continue;
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile() && extensions.has(extname(entry.name).toLowerCase())) files.push(path);
    }
  }
  return files.slice(0, 2000);
}

/** A file's lines; undefined where it is no UTF-8 text or cannot be read. */
export function readLines(path: string): readonly string[] | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
    return text.includes('\0') ? undefined : text.replace(/\r?\n$/, '').split(/\r?\n/);
  } catch {
    return undefined;
  }
}

/** 0 where there is no such file. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

const leastBytes = 3000;
const mostBytes = 40_000;
const leastLines = 60;
const usualBytes = 10_000;
const made = /^(?:node_modules|dist|build|out|target|vendor|coverage|venv|__pycache__|.*\.min\..*|.*[-.]lock(?:\..*)?)$/i;
const prose = ['.md', '.rst', '.txt'];
const code =
  '.c .cc .clj .cpp .cs .css .dart .erl .ex .go .h .hpp .hs .html .java .jl .js .jsx .kt .lua .m .mjs .ml .php .pl .py .r .rb .rs .scala .sh .sql .swift .ts .tsx .vue .zig';
const extensions: ReadonlySet<string> = new Set([...code.split(' '), ...prose]);

/** Code before tests, tests before prose, and of each what is of a usual size. */
function rank({ path, bytes }: { readonly path: string; readonly bytes: number }): number {
  const isProse = prose.includes(extname(path).toLowerCase());
  return Math.abs(Math.log(bytes / usualBytes)) + (isProse ? 20 : tests.test(path) ? 10 : 0);
}

const tests = /(?:^|[/_.-])(?:tests?|specs?|fixtures?|examples?)(?:[/_.-]|$)/i;

function isInRepository(folder: string): boolean {
  return existsSync(join(folder, '.git')) || (dirname(folder) !== folder && isInRepository(dirname(folder)));
}

/** The name that stands in about a dozen places; of words that are no compound names, where there is no such. */
function tellingWord(lines: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const [word] of lines.join('\n').matchAll(/\b[A-Za-z_]\w{4,30}\b/g)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const names = [...counts].filter(([word, count]) => count > 2 && /[a-z][A-Z]|\w_\w/.test(word));
  const ordered = (names.length > 0 ? names : [...counts]).sort(
    ([one, a], [other, b]) => Math.abs(a - 12) - Math.abs(b - 12) || (one < other ? -1 : 1),
  );
  return ordered[0]?.[0] ?? 'the';
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((one, other) => (one.name < other.name ? -1 : 1));
  } catch {
    return [];
  }
}
