/**
 * What every line of a log repeats, said once: a line that ends in `…` is what stands in front of the lines below it, and ` … as above`
 * stands for the same words as in the line before. Each line keeps its own place, and its time.
 */
import { bestRun, continuesTime, continuesWith, nextOthers, sharesInstants, stampOf } from './log-instants.ts';
import { type LogLine, readLogLine, readUndated } from './log-line.ts';

const mark = '…';
const ditto = ' … as above';
/** UTF-16 units that must repeat before they are not said again. */
const leastDitto = 30;
/** Lines that a heading with a date must stand before. */
const leastRun = 3;

/** The lines with what they repeat taken out, or undefined where the text uses our marks itself. */
export function writeHeadings(lines: readonly string[], dittos: boolean): string[] | undefined {
  if (lines.some((line) => isHeading(line) || line.endsWith(ditto))) return undefined;
  const read = lines.map(readLogLine);
  const said = dittos ? writeDittos(lines, read) : lines;
  const byDate = headByDate(said, read);
  if (!sharesInstants(read)) return byDate;
  const byTime = headByTime(lines, said, read);
  return sizeOf(byTime) < sizeOf(byDate) ? byTime : byDate;
}

/** True for a line that says what stands before the lines below it. */
export function isHeading(line: string): boolean {
  return line.endsWith(mark);
}

/** Gives back what `writeHeadings` took out. */
export function readHeadings(written: readonly string[]): string[] {
  const lines: string[] = [];
  let heading = readHeading('');
  for (const line of written) {
    if (isHeading(line)) {
      heading = readHeading(line.slice(0, -mark.length));
      continue;
    }
    const whole = underHeading(heading, line);
    if (!whole.endsWith(ditto)) {
      lines.push(whole);
      continue;
    }
    const stamp = stampOf(readLogLine(whole.slice(0, -ditto.length)));
    lines.push(stamp + (readLogLine(lines.at(-1) ?? '')?.rest ?? ''));
  }
  return lines;
}

/** What stands before the lines below it; with `date` it ends where a time would begin. */
interface Heading {
  readonly text: string;
  readonly date: LogLine | undefined;
}

function readHeading(text: string): Heading {
  const whole = text === '' ? undefined : readLogLine(`${text}00:00:00`);
  return { text, date: whole && whole.date !== '' && whole.lead + whole.date === text ? whole : undefined };
}

/** How many of the lines above belong to a heading is what the line itself says: it goes on from a date, or from a blank. */
function underHeading({ text, date }: Heading, line: string): string {
  if (text === '') return line;
  if (date === undefined) return continuesTime(line) ? text + line : line;
  const undated = readUndated(line);
  if (undated?.date !== '') return line;
  if (date.lead !== '') return undated.lead === '' ? text + line : line;
  return undated.lead + date.date + line.slice(undated.lead.length);
}

function writeDittos(lines: readonly string[], read: readonly (LogLine | undefined)[]): string[] {
  return lines.map((line, at) => {
    const [here, before] = [read[at], read[at - 1]];
    const isSame = here && before && here.rest === before.rest && here.lead === before.lead && here.rest.length >= leastDitto;
    return isSame ? line.slice(0, line.length - here.rest.length + closing(here.rest)) + ditto : line;
  });
}

/** What closes the time: its bracket stays with it. */
function closing(rest: string): number {
  return /^[\])"':]*/.exec(rest)?.[0].length ?? 0;
}

/** The date once, and with it what stands before it where that is the same in every line. */
function headByDate(lines: readonly string[], read: readonly (LogLine | undefined)[]): string[] {
  const dated = read.filter((line) => line !== undefined && line.date !== '');
  const lead = dated.every((line) => line?.lead === dated[0]?.lead) ? (dated[0]?.lead ?? '') : '';
  const owns = read.map((parts) => (parts && parts.date !== '' ? lead + parts.date : undefined));
  const runs = runsOf(owns);
  const written: string[] = [];
  let heading = readHeading('');
  for (const [at, line] of lines.entries()) {
    const parts = read[at];
    const own = owns[at];
    const short = parts && own !== undefined ? parts.lead.slice(lead.length) + line.slice(parts.lead.length + parts.date.length) : line;
    const next = own === heading.text || own === undefined || (runs[at] ?? 0) < leastRun ? heading : readHeading(own);
    if (own !== next.text || next.date === undefined || underHeading(next, short) !== line) {
      heading = pushWhole(written, heading, line);
      continue;
    }
    if (next !== heading) written.push(own + mark);
    heading = next;
    written.push(short);
  }
  return written;
}

/** How many lines from here on have the same date, before one has another. */
function runsOf(owns: readonly (string | undefined)[]): number[] {
  const runs: number[] = new Array(owns.length).fill(0);
  let next: string | undefined;
  let length = 0;
  for (let at = owns.length - 1; at >= 0; at--) {
    const own = owns[at];
    if (own === undefined) continue;
    length = own === next ? length + 1 : 1;
    next = own;
    runs[at] = length;
  }
  return runs;
}

/** A line that no heading stands before, though it looks as if: the heading ends there. */
function pushWhole(written: string[], heading: Heading, line: string): Heading {
  const belongs = underHeading(heading, line) !== line;
  if (belongs) written.push(mark);
  written.push(line);
  return belongs ? readHeading('') : heading;
}

/** Lines of the same instant: the whole stamp once, and the words behind it that they share. */
function headByTime(lines: readonly string[], said: readonly string[], read: readonly (LogLine | undefined)[]): string[] {
  const stamps = read.map(stampOf);
  const others = nextOthers(lines);
  const written: string[] = [];
  let heading = readHeading('');
  for (let at = 0; at < lines.length; ) {
    const run =
      heading.date === undefined && continuesWith(heading.text, lines[at] ?? '')
        ? { text: heading.text, end: at + 1 }
        : bestRun(lines, stamps, at, others[at] ?? lines.length);
    const next = run === undefined || run.text === heading.text ? heading : readHeading(run.text);
    if (run === undefined || next.date !== undefined) {
      heading = pushWhole(written, heading, said[at] ?? '');
      at++;
      continue;
    }
    if (next !== heading) written.push(run.text + mark);
    heading = next;
    for (; at < run.end; at++) written.push(said[at] === lines[at] ? (lines[at] ?? '').slice(run.text.length) : ditto);
  }
  return written;
}

function sizeOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0);
}
