/**
 * Which lines of a very long listing are shown: of what tools keep for themselves (`.git`, `node_modules`, caches) the first few, unless the
 * call named it; the first of very many names made by a machine, or of one folder among those of `ls -R`; of sizes by `du` the largest. All
 * other names stay: who lists files looks for one.
 */
import type { Excerpt, SmallerText } from '../compressor.ts';

const leastLines = 300;
const ownedByTools = new Set([
  ...['.git', 'node_modules', '__pycache__', '.venv', 'venv', 'site-packages', '.mypy_cache', '.pytest_cache', '.ruff_cache', '.gradle'],
  ...['.next', '.nuxt', '.turbo', '.cache', '.terraform', '.dolt', 'DerivedData', 'Pods'],
]);
/** Shown of a tool's own folder, and of others with more than `manyNames`. */
const fewNames = 3;
const firstNames = 20;
const manyNames = 60;
const mostShapes = 0.1;
const largestSizes = 60;
const mostPath = 600;
const size = /^ ?(\d[\d.]*)([KMGTP]?)\t/;

/** `asked`: the call, as text. */
export function excerptOf(text: string, form: SmallerText | undefined, asked: string): Excerpt | undefined {
  const lines = (form?.text ?? text).split('\n');
  if (lines.length < leastLines) return undefined;
  const shape = { ...(form ? { of: form } : {}) };
  if (lines.filter((line) => size.test(line)).length > 0.9 * lines.length - largestSizes) return { ...shape, ...largest(lines) };
  const blocks = blocksOf(lines, asked);
  const hides = new Set([...new Set(blocks)].filter((block) => block !== undefined && (block.isOfTools || isOfMany(block, lines))));
  const keeps = lines.map((_, at) => {
    const block = blocks[at];
    return !hides.has(block) || at - (block?.from ?? at) < (block?.isOfTools ? fewNames : firstNames);
  });
  return {
    ...shape,
    keeps,
    tell: (from) => (blocks[from]?.isOfTools ? `more below ${blocks[from].name}` : `more of ${blocks[from]?.name}`),
  };
}

/** Lines in a row that are of one folder; the heading of a folder is no part of it, unless the folder is within a tool's own. */
interface Block {
  readonly name: string;
  readonly isOfTools: boolean;
  /** A folder of `ls -R`. */
  readonly isOfListing: boolean;
  readonly from: number;
  until: number;
}

/** Numbers and hashes told apart from words, few shapes are left of names that a machine made. */
function isOfMany({ from, until, isOfListing }: Block, lines: readonly string[]): boolean {
  if (until - from <= manyNames) return false;
  if (isOfListing) return true;
  const shapes = new Set(lines.slice(from, until).map((line) => line.replace(/[0-9a-z]{16,}|[0-9a-f]{7,}|\d+/g, '#')));
  return shapes.size <= (until - from) * mostShapes;
}

function blocksOf(lines: readonly string[], asked: string): (Block | undefined)[] {
  const blocks: (Block | undefined)[] = [];
  let folder = '';
  let isOfListing = false;
  for (const [at, line] of lines.entries()) {
    const next = lines[at + 1] ?? '';
    const isFolded = /[\\/]$/.test(line) && /^ \S/.test(next);
    const isHeading = isFolded || (/^\S.*:$/.test(line) && next !== '');
    if (isHeading) {
      folder = isFolded ? line : `${line.slice(0, -1)}/`;
      isOfListing = !isFolded;
    } else if (line === '' || (!line.startsWith(' ') && /[\\/]$/.test(folder) && /[\\/]/.test(line))) folder = '';
    const path = isHeading ? `${folder}x` : folder + line.replace(/^ /, '');
    const owned = ownedFolder(path.slice(0, mostPath), asked);
    const name = owned ?? (isHeading ? '' : folder);
    const before = blocks[at - 1];
    // An empty line between two folders of a tool is the tool's as well.
    const isBetween = line === '' && before?.isOfTools && next.startsWith(before.name);
    if (before && (before.name === name || isBetween) && (name !== '' || isBetween)) {
      before.until = at + 1;
      blocks.push(before);
    } else blocks.push(name === '' ? undefined : { name, isOfTools: owned !== undefined, isOfListing, from: at, until: at + 1 });
  }
  return blocks;
}

/** The path up to the first folder that a tool keeps for itself and nobody asked for. */
function ownedFolder(path: string, asked: string): string | undefined {
  let from = 0;
  for (let at = 0; at < path.length - 1; at++) {
    const code = path.charCodeAt(at);
    if (code !== 47 && code !== 92) continue;
    const folder = path.slice(from, at);
    if (ownedByTools.has(folder) && !asked.includes(folder)) return path.slice(0, at + 1);
    from = at + 1;
  }
  return undefined;
}

function largest(lines: readonly string[]): Pick<Excerpt, 'keeps' | 'tell'> {
  const sizes = lines.map(sizeOf);
  const least = [...sizes].sort((one, other) => other - one)[largestSizes] ?? 0;
  const keeps = lines.map((line, at) => !size.test(line) || (sizes[at] ?? 0) > least || at === lines.length - 1);
  const tell = (from: number, until: number): string => {
    const most = sizes.slice(from, until).reduce((top, one) => Math.max(top, one), 0);
    const at = sizes.indexOf(most, from);
    return `sizes up to ${size.exec(lines[at] ?? '')?.[0].trim() ?? most}`;
  };
  return { keeps, tell };
}

function sizeOf(line: string): number {
  const [, digits = '0', unit = ''] = size.exec(line) ?? [];
  return Number(digits) * 1024 ** ' KMGTP'.indexOf(unit || ' ');
}
