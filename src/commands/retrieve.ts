/** `headroom retrieve`: prints an original, whole or in part, after comparing it with its hash. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { Failure, messageOf } from '../errors.ts';
import { originalsFolders } from '../store/list-originals.ts';
import { type Located, locateOriginal, type Place } from '../store/locate-original.ts';
import { type Found, findOriginal } from '../store/originals.ts';
import { cacheParts, findPlaces } from '../store/place.ts';
import { type LineRange, linesOf, parseLineRange } from '../text/line-range.ts';
import { sayBytes, sayCount } from '../text/say-amount.ts';

const examples = `
Examples:
  headroom retrieve 3f2a9c0d1e4b5a67                  all of it
  headroom retrieve 3f2a --lines 120-180              the beginning of a hash will do
  headroom retrieve 3f2a --search "error timeout"     lines that hold all the words
  headroom retrieve 3f2a --out whole.log`;

interface RetrieveFlags {
  readonly lines?: string;
  readonly search?: string;
  readonly out?: string;
}

export function createRetrieveCommand(): Command {
  return new Command('retrieve')
    .description('print the whole of a result that was shown in part')
    .usage('[options] <hash|path>')
    .argument('[original]')
    .helpOption('-h, --help', 'print this page')
    .option('--lines <a-b>', 'only these lines, from 1')
    .option('--search <words>', 'only lines that hold all these words, with their numbers')
    .option('--out <file>', 'write to a file, not to stdout')
    .addHelpText('after', examples)
    .action(retrieve);
}

async function retrieve(word: string | undefined, flags: RetrieveFlags): Promise<void> {
  if (word === undefined) throw new Failure('no-original', 'Which original?', 'Give the hash or the path that the note names.');
  const range = flags.lines === undefined ? undefined : readRange(flags.lines);
  const words = flags.search === undefined ? [] : readWords(flags.search);
  const bytes = read(word);
  const chosen = range || words.length > 0 ? choose(bytes.toString(), range, words) : bytes;
  if (flags.out === undefined) await print(chosen);
  else save(chosen, flags.out);
}

function readRange(text: string): LineRange {
  const range = parseLineRange(text);
  if (range) return range;
  throw new Failure('bad-range', `--lines: \`${text}\` is no range of lines`, 'Examples: --lines 10-20, --lines 10-, --lines 7.');
}

function readWords(text: string): readonly string[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length > 0) return words;
  throw new Failure('no-words', '--search: no word to look for', 'Example: --search "error timeout"');
}

/** The bytes of the original that is meant; a `Failure` where there is none, or none that can be trusted. */
function read(word: string): Buffer {
  const { cacheFolder } = findPlaces(process.platform, process.env, homedir());
  const { originals } = cacheParts(cacheFolder);
  const { folder, name } = placeOf(word, locateOriginal(word, originalsFolders(cacheFolder), process.cwd()), originals);
  const found = findOriginal(folder, name);
  if (found.state !== 'found') throw untrusted(found, word, originals);
  const isOther = /^[0-9a-f]{17,}$/i.test(word) && !createHash('sha256').update(found.bytes).digest('hex').startsWith(word.toLowerCase());
  if (isOther) throw missing(word, originals);
  return found.bytes;
}

function untrusted({ state, path, message }: Exclude<Found, { state: 'found' }>, word: string, originals: string): Failure {
  if (state === 'missing') return missing(word, originals);
  if (state === 'unreadable') return new Failure('unreadable-original', `Cannot read it: ${message}`, `See what stands at ${path}`);
  const hint = 'Delete the file. The text is kept anew when an agent gets the same result again.';
  return new Failure('damaged-original', `${path} was changed or cut short: it no longer is what was kept`, hint);
}

function placeOf(word: string, located: Located, originals: string): Place {
  if (located.state === 'located') return located.place;
  if (located.state === 'missing') throw missing(word, originals);
  if (located.state === 'ambiguous') {
    const some = located.names.slice(0, 3).join(', ');
    const message = `The hashes of ${located.names.length} originals begin with \`${word}\``;
    throw new Failure('ambiguous-hash', message, `Give more of it: ${some}${located.names.length > 3 ? ', ...' : ''}`);
  }
  if (located.state === 'elsewhere') {
    throw new Failure('no-original', `\`${word}\` is no original of ours`, `Originals are files in ${originals}`);
  }
  throw new Failure('no-hash', `\`${word}\` is neither a hash nor a path`, 'A hash is 4 to 64 of the digits 0-9 and a-f.');
}

function missing(word: string, originals: string): Failure {
  const hint = 'Originals go 30 days after their last use, when they are more than 1 GiB, and by `headroom clean`.';
  return new Failure('unknown-original', `There is no original \`${word}\` in ${originals}`, hint);
}

/** Lines with their own endings; found ones with their numbers, as grep prints them. */
function choose(text: string, range: LineRange | undefined, words: readonly string[]): Buffer {
  const lines = linesOf(text);
  const { first, last } = range ?? { first: 1, last: lines.length };
  if (first > lines.length) {
    throw new Failure('bad-range', `--lines: it has only ${sayCount(lines.length, 'line')}`, `Example: --lines 1-${lines.length || 1}`);
  }
  const part = lines.slice(first - 1, last);
  if (words.length === 0) return Buffer.from(part.join(''));
  const hits = part.flatMap((line, at) => {
    const lower = line.toLowerCase();
    return words.every((each) => lower.includes(each)) ? [`${first + at}:${line}`] : [];
  });
  if (hits.length > 0) return Buffer.from(hits.join(''));
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

/** A reader that has seen enough, such as `head`, is no error. */
async function print(bytes: Buffer): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EPIPE' ? resolve() : reject(error)));
    process.stdout.write(bytes, () => resolve());
  });
}
