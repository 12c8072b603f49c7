/** The texts of a made-up session: source files read in parts and again, searches, test runs, listings. All from one seed. */

interface Call {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly output: string;
}

export interface Texts {
  prose(bytes: number): string;
  /** The next call, with a result of about so many bytes. */
  call(bytes: number): Call;
}

const words = (
  'account address amount batch branch buffer build cache chunk client column config count cursor date delay entry error event field file filter ' +
  'format group handle header index input item key label layout limit line list lock map mark match message method mode name node note number ' +
  'offset option order output owner page parse part path pattern pool port prefix price queue range reader record region reply report request ' +
  'result retry route row rule schema scope score secret select server session share sheet signal size slot source span stage start state status ' +
  'step store stream string table task text thread time token total trace tree type unit update user value view width window worker writer zone'
).split(' ');

export function createTexts(seed: number): Texts {
  const random = createRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const name = () => pick(words) + capital(pick(words));
  const codeLine = () => {
    const indent = '  '.repeat(Math.floor(random() * 4));
    const value = Math.floor(random() * 10_000);
    return pick([
      () => `${indent}const ${name()} = ${pick(words)}.${name()}(${name()}, ${value});`,
      () => `${indent}if (${name()} > ${value}) return ${pick(words)}.${pick(words)}("${pick(words)}-${value}");`,
      () => `${indent}// ${pick(words)} ${pick(words)} by ${pick(words)} ${value}: what ${name()} expects`,
      () => `${indent}}`,
      () => '',
      () => `${indent}await ${name()}.${pick(words)}({ ${pick(words)}: ${value}, ${pick(words)}: '${name()}' });`,
    ])();
  };
  const files = Array.from({ length: 40 }, (_, at) => ({
    path: `/home/dev/shop/packages/${words[at]}/src/${name()}.ts`,
    lines: [] as string[],
  }));

  const read = (bytes: number, isAgain: boolean): Call => {
    const file = pick(files);
    const from = isAgain ? Math.max(0, file.lines.length - Math.ceil(bytes / 30)) : file.lines.length;
    const shown: string[] = [];
    for (let at = from, size = 0; size < bytes; at++) {
      if (at === file.lines.length) file.lines.push(codeLine());
      shown.push(`${at + 1}\t${file.lines[at]}`);
      size += shown.at(-1)!.length + 4;
    }
    return { name: 'Read', input: { file_path: file.path, offset: from + 1, limit: shown.length }, output: shown.join('\n') };
  };
  const search = (bytes: number): Call => {
    const wanted = pick(words);
    const output = fill(bytes, () => {
      const file = pick(files);
      return `${file.path}:${1 + Math.floor(random() * 400)}:${codeLine().trim()} ${wanted}`;
    });
    return { name: 'Grep', input: { pattern: wanted, path: '/home/dev/shop', output_mode: 'content' }, output };
  };
  const testRun = (bytes: number): Call => {
    const output = fill(
      bytes,
      () => ` \u001b[32m✓\u001b[39m ${pick(words)} \u001b[2m>\u001b[22m ${name()} ${pick(words)} (${Math.floor(random() * 90)} ms)`,
    );
    return { name: 'Bash', input: { command: `npx vitest run ${pick(words)}`, description: 'Run tests' }, output };
  };
  const listing = (bytes: number): Call => ({
    name: 'Bash',
    input: { command: `git log --stat -- ${pick(words)}`, description: 'See what changed' },
    output: fill(bytes, () => `${hex(random)} ${pick(words)} ${pick(words)} ${name()} | ${Math.floor(random() * 300)} ++--`),
  });

  return {
    prose: (bytes) => fill(bytes, () => `The ${pick(words)} of a ${pick(words)} is its ${pick(words)}; see ${name()}.`),
    call: (bytes) => {
      const kind = random();
      if (kind < 0.42) return read(bytes, false);
      if (kind < 0.62) return read(bytes, true);
      if (kind < 0.74) return search(bytes);
      return kind < 0.86 ? testRun(bytes) : listing(bytes);
    },
  };
}

/** Lines until they take about so many bytes in a JSON string. */
function fill(bytes: number, line: () => string): string {
  const lines: string[] = [];
  for (let size = 0; size < bytes; size += lines.at(-1)!.length + 2) lines.push(line());
  return lines.join('\n');
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function hex(random: () => number): string {
  return Math.floor(random() * 0xfffffff)
    .toString(16)
    .padStart(7, '0');
}

/** Mulberry32: small, and the same everywhere. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
