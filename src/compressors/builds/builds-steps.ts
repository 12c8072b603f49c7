/** What builds print while nothing is wrong: steps, downloads, files written. Diagnostics are not read here: what no row knows is shown. */
import type { Family } from '../runs/run-family.ts';
import { filler, type Marks, type Noise } from '../runs/run-marks.ts';

const steps: Noise = { one: 'build step', many: 'build steps', isGuarded: true, isStep: true };
const commands: Noise = { one: 'compiler command', many: 'compiler commands', isGuarded: true, isStep: true };
const checks: Noise = { one: 'configure check', many: 'configure checks', isGuarded: true, isStep: true };
const downloads: Noise = { one: 'download', many: 'downloads', isGuarded: true };
const crates: Noise = { one: 'crate built or fetched', many: 'crates built or fetched', isGuarded: true, isStep: true };
const written: Noise = { one: 'file written, under 100 kB', many: 'files written, each under 100 kB' };
const unchanged: Noise = { one: 'unchanged file', many: 'unchanged files' };
const modules: Noise = { one: 'bundled module', many: 'bundled modules', isGuarded: true };
const folders: Noise = { one: 'change of folder', many: 'changes of folder' };

const cargo: Family = {
  name: 'cargo',
  sort: 'builds',
  words: ['  Compiling ', ' Checking ', ' Finished ', ' Downloaded ', ' Updating ', ' Fresh '],
  present: /^ +(?:Compiling|Checking|Finished|Downloaded|Updating|Fresh) \S/m,
  rows: [
    {
      pattern: /^ +(?:Compiling|Checking|Documenting|Fresh|Downloading|Downloaded|Adding|Locking|Updating|Unpacking) \S.*$/,
      noise: crates,
    },
  ],
};

const make: Family = {
  name: 'make',
  sort: 'builds',
  words: ['make', '%] ', '/'],
  present:
    /^make(?:\[\d+\])?: (?:Entering|Leaving|\*\*\*)|^\[ *\d+%\] (?:Building|Built|Linking)|^\[\d+\/\d+\] \S|^ {2}(?:CC|CXX|LD|AR|CCLD|CXXLD) +\S|^(?:\/\S*\/)?(?:x86_64-[\w-]+-)?(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+) .* -c /m,
  rows: [
    {
      pattern: /^\[ *\d+%\] (?:Building|Built|Linking|Generating|Automatic|Performing|Creating|Completed|No |Running|Scanning)\b.*$/,
      noise: steps,
    },
    { pattern: /^(?:Scanning dependencies of target|Consolidate compiler generated dependencies of target) \S+$/, noise: steps },
    { pattern: /^\[\d+\/\d+\] \S.*$/, noise: steps },
    {
      pattern:
        /^ {2}(?:CC|CXX|LD|AR|AS|CCLD|CXXLD|GEN|LINK|HOSTCC|HOSTLD|UPD|WRAP|CHK|OBJCOPY|CALL|DESCEND|INSTALL|MKDIR)(?: +\[\w+\])? +\S+$/,
      noise: steps,
    },
    {
      pattern:
        /^(?:\/bin\/(?:ba)?sh \S*libtool .*|libtool: (?:compile|link): .*|(?:\/\S*\/)?(?:\w+-[\w-]+-)?(?:gcc|g\+\+|cc|c\+\+|clang|clang\+\+|ar|ranlib)(?:-\d+)? (?=.*(?: -|\.[oa]\b)).*)$/,
      noise: commands,
    },
    {
      pattern: /^(?:checking \S.*\.\.\. .*|-- (?:Looking for|Performing Test|Check(?:ing)? (?:for|if|size)|Detecting) .*)$/,
      noise: checks,
    },
  ],
  refine: (lines, marks) => markFolders(lines, marks),
};

const maven: Family = {
  name: 'Maven',
  sort: 'builds',
  words: ['[INFO] '],
  present: /^\[INFO\] (?:Scanning for projects\.\.\.|BUILD (?:SUCCESS|FAILURE)|--- |Building )/m,
  rows: [
    { pattern: /^(?:\[INFO\] )?(?:Downloading|Downloaded|Progress)(?: from \S+)?(?:: | \().*$/, noise: downloads },
    { pattern: /^\[INFO\] --- .* ---$/, noise: steps },
    {
      pattern:
        /^\[INFO\] (?:Using '.*' encoding|Copying \d+ resources?|skip non existing|Nothing to compile|No (?:sources|tests|previous)|Changes detected|Recompiling|Compiling \d+ source|Deleting |Building (?:jar|war): |Installing |Using auto detected|The encoding used|Surefire report).*$/,
      noise: steps,
    },
    { pattern: /^\[INFO\]\s*$/, noise: steps, amount: () => 0 },
  ],
};

const gradle: Family = {
  name: 'Gradle',
  sort: 'builds',
  words: ['> Task :', 'BUILD '],
  present: /^> Task :|^BUILD (?:SUCCESSFUL|FAILED) in /m,
  rows: [
    { pattern: /^> (?:Task|Transform) :?\S+(?: (?:UP-TO-DATE|NO-SOURCE|FROM-CACHE|SKIPPED))?$/, noise: steps },
    { pattern: /^Download https?:\/\/\S+.*$/, noise: downloads },
  ],
};

const ant: Family = {
  name: 'Ant',
  sort: 'builds',
  words: ['Buildfile: ', '[javac] ', '[mkdir] ', '[copy] ', '[jar] ', '[delete] '],
  present: /^Buildfile: |^ +\[(?:javac|mkdir|copy|jar|delete)\] /m,
  rows: [
    {
      pattern: /^ +\[(?:mkdir|copy|delete|jar|javac|unzip|echo)\] (?:Created dir|Copying|Deleting|Building|Compiling|Expanding)\b.*$/,
      noise: steps,
    },
  ],
};

/** A size as bundlers print it, and whether it is small. */
const size = String.raw`(?:\d{1,2}(?:\.\d+)? (?:kB|KB|KiB)|[\d.]+ (?:B|bytes?))`;

const bundlers: Family = {
  name: 'bundlers',
  sort: 'builds',
  words: ['vite v', ' Build start', 'gzip: ', 'webpack ', 'asset ', 'rollup v', 'B\n', 'b\n'],
  present:
    /^vite v\d|^(?:ESM|CJS|DTS|IIFE) \S+ +[\d.]+ [KM]?B$|^webpack \d|^asset \S+ [\d.]+ |^rollup v\d|^ +\S+\.js +[\d.]+[km]b$|(?:ESM|CJS|DTS) Build start$| │ gzip: /m,
  rows: [
    { pattern: new RegExp(String.raw`^(?:(?:ESM|CJS|DTS|IIFE) )?\S+\.\w+ +${size}(?: │ .*)?$`), noise: written },
    { pattern: /^ +\S+\.\w+ +(?:\d{1,2}(?:\.\d)?kb|\d+b)$/, noise: written },
    { pattern: new RegExp(String.raw`^ *asset \S+ ${size} .*\[.*$`), noise: written },
    { pattern: /^ *(?:\.{0,2}\/|external )\S+ .*\[built\].*$/, noise: modules },
  ],
};

const downloadsOfGo: Family = {
  name: 'go modules',
  sort: 'builds',
  words: ['go: '],
  present: /^go: (?:downloading|finding|extracting) \S/m,
  rows: [{ pattern: /^go: (?:downloading|finding|extracting) \S+ v\S+$/, noise: downloads }],
};

const formatted: Noise = {
  one: "line of the formatter's changes",
  many: "lines of the formatter's changes",
  whole: "the formatter's changes",
};

const biome: Family = {
  name: 'biome',
  sort: 'builds',
  words: ['Formatter would have printed'],
  present: /^ +× Formatter would have printed the following content:$/m,
  rows: [],
  refine: (lines, marks) => {
    // What the formatter would write it writes by itself when asked to; that it would is what has to be known.
    let isChange = false;
    for (const [at, line] of lines.entries()) {
      if (/━━━$/.test(line) || /^\S/.test(line)) isChange = false;
      else if (/^ +× Formatter would have printed the following content:$/.test(line)) isChange = true;
      else if (isChange && marks[at] === undefined && line !== '') marks[at] = line.trim() === '' ? filler : [[formatted, 1]];
    }
  },
};

const formatters: Family = {
  name: 'prettier',
  sort: 'builds',
  words: ['(unchanged)'],
  present: /^\S+ \d+ms \(unchanged\)$/m,
  rows: [{ pattern: /^\S+ \d+ms \(unchanged\)$/, noise: unchanged }],
};

export const buildSteps: readonly Family[] = [cargo, make, maven, gradle, ant, bundlers, downloadsOfGo, biome, formatters];

/** `make` says which folder it works in: shown where something else is shown before the next such line. */
function markFolders(lines: readonly string[], marks: Marks): void {
  let entered = -1;
  let isQuiet = true;
  for (const [at, line] of lines.entries()) {
    const change = /^make(?:\[\d+\])?: (Entering|Leaving) directory /.exec(line)?.[1];
    if (change === undefined) {
      if (line !== '' && marks[at] === undefined) isQuiet = false;
      continue;
    }
    if (entered >= 0 && isQuiet) marks[entered] = [[folders, 1]];
    if (change === 'Leaving') marks[at] = [[folders, 1]];
    entered = change === 'Entering' ? at : -1;
    isQuiet = true;
  }
  if (entered >= 0 && isQuiet) marks[entered] = filler;
}
