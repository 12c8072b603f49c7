/**
 * One line of a log, taken apart: what stands before its date, the date, the time, and the rest. Knows the spellings of common loggers
 * (ISO, syslog, journal, nginx, Apache, klog, log4j, Nest, compose); knows nothing of what is done with them.
 */

export interface LogLine {
  /** Up to the date (or the time, where there is no date): the container of `docker compose logs`, `ts=`, a bracket, an address. */
  readonly lead: string;
  /** With what separates it from the time; empty where the line has none. */
  readonly date: string;
  readonly time: string;
  readonly rest: string;
}

/** A container or pod, a key, a bracket; and the address and user of an access log. */
const lead = String.raw`(?:[\w./-]{1,80} *\| |\[pod/[^\]\s]{1,120}\] )?(?:ts=|t=|time="?|timestamp="?|\[Nest\] \d+ +- |[IWEF]\d{4} (?=\d\d:)|\{"(?:time|ts|timestamp|@timestamp|t)": ?"|[[(])?`;
const visitor = String.raw`[^\s[\]]{1,60} [^\s[\]]{1,40} [^\s[\]]{1,40} \[`;
const month = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const date = String.raw`\d{4}[-/.]\d\d[-/.]\d\d[T ]|(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?${month} [ \d]\d |\d\d/${month}/\d{4}:|\d\d?[-/.]\d\d?[-/.]\d{4},? `;
const time = String.raw`\d\d?:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?[AP]M\b)?(?:Z| ?[+-]\d\d:?\d\d\b)?`;
/** What may follow: a comma before a value is a table with commas. */
const end = String.raw`(?=[\s\]|)"':;-]|$)`;

const dated = new RegExp(`^(${lead})(${date})(${time})${end}`);
const undated = new RegExp(`^(${lead})(${time})${end}`);
const visited = new RegExp(`^(${visitor})(\\d\\d/${month}/\\d{4}:)?(${time})${end}`);

/** Where no logger wrote a time, a level in front makes a line of a log: `INFO:root:`, `[WARN] `, `level=info `. */
const levelled =
  /^(?:[\w./-]{1,80} *\| )?(?:\[(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL)\]|(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL)(?=[ :])|level=\w+ |\[ *\d+\.\d{3,6}\] )/i;

/** In every time. */
const minutes = /\d:\d\d:\d\d/;

/** Undefined where the line does not begin with a time. */
export function readLogLine(line: string): LogLine | undefined {
  if (!minutes.test(line)) return undefined;
  const found = dated.exec(line);
  return found
    ? { lead: found[1] ?? '', date: found[2] ?? '', time: found[3] ?? '', rest: line.slice(found[0].length) }
    : readUndated(line);
}

/** A line whose date is not there, or stands behind who asked. */
export function readUndated(line: string): LogLine | undefined {
  const found = undated.exec(line);
  if (found) return { lead: found[1] ?? '', date: '', time: found[2] ?? '', rest: line.slice(found[0].length) };
  const visit = line.includes(' [') ? visited.exec(line) : null;
  return visit ? { lead: visit[1] ?? '', date: visit[2] ?? '', time: visit[3] ?? '', rest: line.slice(visit[0].length) } : undefined;
}

/** True for a line that begins with a level and has no time. */
export function beginsWithLevel(line: string): boolean {
  return levelled.test(line);
}

const troubleWords =
  /\b(?:err(?:or)?s?|fatal|critical|crit|panic|severe|emerg|warn(?:ing)?s?|exceptions?|traceback|fail(?:ed|ure|ures|s|ing)?|den(?:ied|y)|refused|unreachable|time(?:d )?-?out|unable|cannot|could not|can't|killed|abort(?:ed|ing)?|segfault|unhealthy|unauthori[sz]ed|forbidden|invalid|missing|not found|deprecat(?:ed|ion)|rejected|crash(?:ed|ing|loopbackoff)?|oom(?:killed)?|stack ?trace|caused by)\b|[a-z](?:Error|Exception)\b/i;
/** `ECONNREFUSED`, `ENOENT`. */
const errorCode = /\bE[A-Z]{4,14}\b/;
/** Words that only count trouble, and count none. */
const noTrouble =
  /\b(?:0|no|zero) (?:errors?|failures?|failed|warnings?)\b|\b\w*(?:errors?|fail(?:ed|ures?)?|warnings?|exception|rejected|missing)["']?[=:] ?"?(?:0\b|null|none|false|""|\[\])/gi;
/** `E1122 12:00:01.000000` of klog, and answers of servers above 399. */
const klogTrouble = /^(?:[\w./-]{1,80} *\| )?[WEF]\d{4} \d\d:/;
const badStatus = /" [45]\d\d (?:\d+|-)|\bstatus(?:_?code)?["']?[=: ]+[45]\d\d\b/i;

/** True for an error or a warning, by its level or by its words. */
export function isTrouble(line: string): boolean {
  const said = line.length > 4000 ? line.slice(0, 4000) : line;
  if (klogTrouble.test(said) || badStatus.test(said) || errorCode.test(said)) return true;
  if (!troubleWords.test(said)) return false;
  return troubleWords.test(said.replace(noTrouble, ''));
}
