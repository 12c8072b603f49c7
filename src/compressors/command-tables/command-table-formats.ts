/** Tables that commands print, told by their headings or, for `ps` behind a filter, by its options: where a table is, and its cells. */
import { type ColumnSpan, cellsByOffset, cellsByOverlap, cellsByWords, spansOfPadded, spansOfWords } from '../../text/columns.ts';

/** Some lines of a text, all of them rows of one table. */
export interface CommandTable {
  readonly name: 'ps' | 'top' | 'lsof' | 'netstat' | 'ss' | 'df' | 'events' | 'objects';
  readonly from: number;
  /** The heading first, where there is one; undefined for a line whose cells cannot be told: it stays as it is. */
  readonly rows: readonly (readonly string[] | undefined)[];
}

interface Format {
  readonly name: CommandTable['name'];
  readonly heading: RegExp;
  readonly spans: (heading: string) => ColumnSpan[];
  readonly cells: (row: string, spans: readonly ColumnSpan[]) => string[] | undefined;
  /** A line that ends the table, beside an empty one. */
  readonly ends?: RegExp;
}

const words = (row: string, spans: readonly ColumnSpan[]): string[] | undefined => cellsByWords(row, spans.length);
const pairs = /Local Address|Foreign Address|Peer Address|Mounted on|Program name/g;
const paired = (heading: string): ColumnSpan[] => spansOfWords(heading, pairs);

const formats: readonly Format[] = [
  { name: 'top', heading: /^ *PID +USER +PR +NI +VIRT .* COMMAND *$/, spans: spansOfWords, cells: words, ends: /^top - / },
  { name: 'ps', heading: /^ *(?:F +S +)?(?:USER|UID|PID|PPID) +[A-Z%][A-Z%+ -]* (?:COMMAND|CMD)\s*$/, spans: spansOfWords, cells: words },
  { name: 'lsof', heading: /^COMMAND +PID .* NAME *$/, spans: spansOfWords, cells: cellsByOverlap },
  {
    name: 'netstat',
    heading: /^Proto +Recv-Q +Send-Q +Local Address +Foreign Address/,
    spans: paired,
    cells: cellsByOverlap,
    ends: /^Active /,
  },
  {
    name: 'netstat',
    heading: /^Address +Type +Recv-Q +Send-Q +Inode .* Addr *$/,
    spans: spansOfWords,
    cells: cellsByOverlap,
    ends: /^Active |^Registered /,
  },
  {
    name: 'ss',
    heading: /^(?:Netid +)?State +Recv-Q +Send-Q +Local Address:Port/,
    spans: (heading) => paired(heading.replace(/PortProcess/, 'Port')),
    cells: words,
  },
  { name: 'df', heading: /^Filesystem +.* Mounted on *$/, spans: paired, cells: words },
];

/** What happened to an object, at the end of `kubectl describe`. */
const events: Format = {
  name: 'events',
  heading: /^ +Type +Reason +Age +From +Message *$/,
  spans: spansOfPadded,
  cells: cellsByOffset,
};

/** `docker ps`, `kubectl get pods`, `helm list`: headings in capitals, two spaces or more between columns. */
const objects: Format = {
  name: 'objects',
  heading: /^[A-Z][A-Z0-9()/%.:_-]*(?: [A-Z0-9()/%.:_-]+)*(?: {2,}[A-Z][A-Z0-9()/%.:_-]*(?: [A-Z0-9()/%.:_-]+)*)+ *$/,
  spans: spansOfPadded,
  cells: cellsByOffset,
};

/** The tables of a text; `command` says what may be in it. */
export function* findTables(lines: readonly string[], command: string): Generator<CommandTable> {
  const known = /\b(?:docker|podman|nerdctl|kubectl|oc|helm|minikube|kind|flux|argocd|fly|flyctl|az|gcloud|doctl|crictl|nomad)\b/.test(
    command,
  )
    ? [...formats, events, objects]
    : formats;
  const bare = psColumns(command);
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    const format = looksLikeHeading(line) ? known.find(({ heading }) => heading.test(line)) : undefined;
    const table = format ? readTable(format, lines, at) : bare && line.length > 12 ? readBareRows(bare, lines, at) : undefined;
    if (!table) {
      at++;
      continue;
    }
    if (table.rows.length > 2) yield table;
    at += table.rows.length;
  }
}

/** Spares most lines the patterns of all headings. */
function looksLikeHeading(line: string): boolean {
  return line.length > 12 && line.length < 400 && /^ *[A-Z]/.test(line) && line.includes(' ');
}

function readTable({ name, spans: read, cells, ends }: Format, lines: readonly string[], from: number): CommandTable {
  const heading = lines[from] ?? '';
  const spans = read(heading);
  const rows: (string[] | undefined)[] = [
    spans.map(({ from: begin, until }, at) => (at === spans.length - 1 ? heading.slice(begin).trimEnd() : heading.slice(begin, until))),
  ];
  for (let at = from + 1; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line.trim() === '' || ends?.test(line) || line.includes('\t')) break;
    const row = cells(line, spans);
    // A line that was never part of the table ends it; one whose cells ran into each other does not.
    if (!row && !/ {2}/.test(line)) break;
    rows.push(row);
  }
  return { name, from, rows };
}

/** Rows of `ps` whose heading a filter took away: each must fit every column. */
function readBareRows(row: RegExp, lines: readonly string[], from: number): CommandTable | undefined {
  const rows: string[][] = [];
  for (let at = from; at < lines.length; at++) {
    const found = row.exec(lines[at] ?? '');
    if (!found) break;
    rows.push(found.slice(1).map((cell) => cell.trimEnd()));
  }
  return rows.length > 0 ? { name: 'ps', from, rows } : undefined;
}

const number = '(\\d+)';
const share = '(\\d+\\.\\d)';
const word = '(\\S+)';
const elapsed = '((?:\\d+-)?[\\d:]+)';
const rest = '(\\S.*)';
const columnPatterns: Readonly<Record<string, string>> = {
  pid: number,
  ppid: number,
  pgid: number,
  sid: number,
  sess: number,
  nlwp: number,
  psr: number,
  rss: number,
  rsz: number,
  vsz: number,
  uid: number,
  etimes: number,
  '%cpu': share,
  pcpu: share,
  '%mem': share,
  pmem: share,
  c: number,
  time: elapsed,
  etime: elapsed,
  cputime: elapsed,
  cmd: rest,
  command: rest,
  args: rest,
  user: word,
  euser: word,
  ruser: word,
  tty: word,
  tt: word,
  stat: '([A-Z][\\w<+]*)',
  state: '([A-Z])',
  s: '([A-Z])',
  comm: word,
  ucmd: word,
};
const layouts: Readonly<Record<string, readonly string[]>> = {
  full: ['user', 'pid', 'ppid', 'c', 'tty', 'tty', 'time', 'cmd'],
  bsd: ['user', 'pid', '%cpu', '%mem', 'vsz', 'rss', 'tty', 'stat', 'tty', 'time', 'cmd'],
};

/** What a row of the command's `ps` looks like; undefined where it runs none, or one with columns that are not known. */
function psColumns(command: string): RegExp | undefined {
  const [, options = ''] = /(?:^|[\s;&|(])ps\s+([^|;&\n]*)/.exec(command) ?? [];
  const chosen = /(?:^|\s)-?\w*o[= ]*"?([\w%,]+)/.exec(options)?.[1]?.toLowerCase().split(',');
  const names = chosen ?? (/^-?[aex]*u[axw]*\b/.test(options) ? layouts.bsd : /^-\w*f/.test(options) ? layouts.full : undefined);
  const patterns = names?.map((name) => columnPatterns[name]);
  if (!patterns || patterns.length < 3 || patterns.includes(undefined)) return undefined;
  // Only the last column may hold spaces.
  if (patterns.slice(0, -1).includes(rest)) return undefined;
  return new RegExp(`^ *${patterns.join(' +')}\\s*$`);
}

const describing = /\b(?:kubectl|oc)\b[^\n;&|]*\bdescribe\b|\b(?:docker|podman)\s+info\b|\blscpu\b|\bhostnamectl\b/;
const pair = /^( *[\w%][\w ()/.%-]{0,60}:) {2,}(?=\S)/;

/** For commands that describe one object (`Name:      web-1`): a line with one space between a name and its value. */
export function gapCloser(command: string): ((line: string) => string) | undefined {
  return describing.test(command) ? (line) => line.replace(pair, '$1 ') : undefined;
}
