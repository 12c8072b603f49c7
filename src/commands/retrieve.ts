/** `headroom retrieve`: prints an original, whole or in part, after comparing it with its hash. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { Failure, messageOf } from '../errors.ts';
import { originalsFolders } from '../store/list-originals.ts';
import { findOriginal, nameOfHash } from '../store/originals.ts';
import { cacheParts } from '../store/place.ts';
import { readOriginal } from '../store/read-original.ts';
import { checkStore } from '../store/store-address.ts';
import { findLines, wordsOf } from '../text/find-lines.ts';
import { type LineRange, linesOf, parseLineRange } from '../text/line-range.ts';
import { sayBytes, sayCount } from '../text/say-amount.ts';
import { ownPlaces } from './own-places.ts';
import { printBytes } from './print-bytes.ts';

const examples = `
Examples:
  headroom retrieve 3f2a9c0d1e4b5a67
  headroom retrieve 3f2a --lines 120-180            the beginning will do
  headroom retrieve 3f2a --search "error timeout"   lines with all the words
  headroom retrieve 3f2a --out whole.log`;

interface RetrieveFlags {
  readonly lines?: string;
  readonly search?: string;
  readonly out?: string;
  readonly folder?: string;
}

export function createRetrieveCommand(): Command {
  return new Command('retrieve')
    .description('print the whole of a result that was shown in part')
    .usage('[options] <hash|path>')
    .argument('[original]')
    .helpOption('-h, --help', 'print this page')
    .option('--lines <a-b>', 'only these lines, from 1')
    .option('--search <words>', 'only lines that hold all these words, with their numbers')
    .option('--folder <folder>', 'kept there, not in our own cache')
    .option('--out <file>', 'write to a file, not to stdout')
    .addHelpText('after', examples)
    .action(retrieve);
}

async function retrieve(word: string | undefined, flags: RetrieveFlags): Promise<void> {
  if (word === undefined) throw new Failure('no-original', 'Which original?', 'Give the hash or the path that the note names.');
  const range = flags.lines === undefined ? undefined : readRange(flags.lines);
  const words = flags.search === undefined ? [] : readWords(flags.search);
  const bytes = await read(word, flags.folder);
  const chosen = range || words.length > 0 ? choose(bytes.toString(), range, words) : bytes;
  if (flags.out === undefined) await printBytes(chosen);
  else save(chosen, flags.out);
}

function readRange(text: string): LineRange {
  const range = parseLineRange(text);
  if (range) return range;
  throw new Failure('bad-range', `--lines: \`${text}\` is no range of lines`, 'Examples: --lines 10-20, --lines 10-, --lines 7.');
}

function readWords(text: string): readonly string[] {
  const words = wordsOf(text);
  if (words.length > 0) return words;
  throw new Failure('no-words', '--search: no word to look for', 'Example: --search "error timeout"');
}

async function read(word: string, folder: string | undefined): Promise<Buffer> {
  const cacheFolder = folder === undefined ? ownPlaces().cacheFolder : resolve(folder);
  const store = process.env.HEADROOM_STORE;
  const name = folder === undefined ? nameOfHash(word) : undefined;
  if (store && name !== undefined) await bring(name, store, cacheFolder);
  return readOriginal(word, { folders: originalsFolders(cacheFolder), workingFolder: process.cwd() }).bytes;
}

/** Where replicas share a store, another one may have kept it. */
async function bring(name: string, address: string, cacheFolder: string): Promise<void> {
  const { originals } = cacheParts(cacheFolder);
  if (findOriginal(originals, name).state === 'found') return;
  const { openRedisStore } = await import('../store/redis-store.ts');
  const store = await openRedisStore(checkStore(address), originals, { onChange: () => {} });
  try {
    await store.bring(name);
  } finally {
    await store.close();
  }
}

/** Lines with their own endings; found ones with their numbers, as grep prints them. */
function choose(text: string, range: LineRange | undefined, words: readonly string[]): Buffer {
  const lines = linesOf(text);
  if (range && range.first > lines.length) {
    throw new Failure('bad-range', `--lines: it has only ${sayCount(lines.length, 'line')}`, `Example: --lines 1-${lines.length || 1}`);
  }
  const found = findLines(text, range, words);
  if (words.length === 0) return Buffer.from(found.map(({ line }) => line).join(''));
  if (found.length > 0) return Buffer.from(found.map(({ number, line }) => `${number}:${line}`).join(''));
  const where = range ? 'No line in this range' : 'No line';
  throw new Failure('no-match', `${where} holds all of: ${words.join(' ')}`, 'All words are looked for in one line: try fewer.', 1);
}

function save(bytes: Buffer, path: string): void {
  try {
    writeFileSync(resolve(path), bytes, { mode: 0o600 });
  } catch (thrown) {
    throw new Failure('file-not-writable', `Cannot write the file of --out: ${messageOf(thrown)}`, 'Name a file that can be written.');
  }
  process.stderr.write(`${sayCount(linesOf(bytes.toString()).length, 'line')}, ${sayBytes(bytes.length)}, written to ${path}\n`);
}
