/** `headroom perf`: what the ledger says was saved, in tokens and in money. Reads, and writes nothing. */
import { Command } from 'commander';
import { readProfile } from '../config.ts';
import { Failure } from '../errors.ts';
import { say } from '../launch/say.ts';
import { reportCsv, reportLines } from '../perf/report.ts';
import { type PerfSummary, startSumming } from '../perf/summary.ts';
import { readLedger } from '../store/read-ledger.ts';
import { loadPrices, priceSource } from '../tokens/prices.ts';
import { ownCacheParts } from './own-places.ts';
import { readOwnPrices } from './settings.ts';

interface PerfFlags {
  readonly since?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly replay?: boolean;
  readonly samples?: boolean;
  readonly exact?: boolean;
  readonly model?: string;
  readonly profile?: string;
}

const examples = `
Examples:
  headroom perf                all that the ledger holds
  headroom perf --since 7d     the last seven days; also 12h, 4w, or a date
  headroom perf --csv > savings.csv
  headroom perf --replay       past conversations: nothing is sent or written
  headroom perf --samples      every kind of text: before, after, milliseconds
  headroom perf --exact        asks with your key; says first what it will send`;

export function createPerfCommand(): Command {
  return new Command('perf')
    .argument('[path...]')
    .description('what was saved so far, by day, agent, model, project, lever')
    .helpOption('-h, --help', 'print this page')
    .option('--since <time>', 'only what came after: 7d, 12h, 2026-11-01')
    .option('--replay', 'past conversations of Claude Code and Codex, or files')
    .option('--samples', 'samples of every kind of text, or files and folders')
    .option('--exact', 'how far our estimates are off: needs ANTHROPIC_API_KEY')
    .option('--model <name>', 'with --exact: the Claude model that counts')
    .option('--profile <name>', 'with --replay: lossless or standard (the default)')
    .option('--json', 'print the figures as JSON')
    .option('--csv', 'a row for each day, agent, model, project, session')
    .addHelpText('after', examples)
    .action(perf);
}

async function perf(paths: readonly string[], flags: PerfFlags): Promise<void> {
  if (flags.json && flags.csv) throw new Failure('contradiction', '--json and --csv cannot go together', 'Choose one of them.');
  const [one, other] = (['replay', 'samples', 'exact'] as const).filter((name) => flags[name]);
  if (one && other) throw new Failure('contradiction', `--${one} and --${other} cannot go together`, 'Choose one of them.');
  if (flags.model !== undefined && !flags.exact)
    throw new Failure('contradiction', '--model goes with --exact', 'See: headroom perf --help');
  if (flags.exact) {
    if (flags.since !== undefined || flags.csv || flags.profile !== undefined)
      throw new Failure('contradiction', '--exact goes with --model and --json alone', 'See: headroom perf --help');
    const { measureExactly } = await import('./perf-exact.ts');
    return await measureExactly(paths, { json: flags.json ?? false, model: flags.model });
  }
  if (flags.samples) {
    if (flags.since !== undefined || flags.csv || flags.profile !== undefined)
      throw new Failure('contradiction', '--samples goes with --json alone', 'See: headroom perf --help');
    const { measureSamples } = await import('./perf-samples.ts');
    return await measureSamples(paths, flags.json ?? false);
  }
  if (flags.replay) {
    if (flags.since !== undefined || flags.csv)
      throw new Failure('contradiction', '--replay goes with --json and --profile alone', 'See: headroom perf --help');
    const { replay } = await import('./perf-replay.ts');
    return await replay(paths, {
      json: flags.json ?? false,
      profile: readProfile({ value: flags.profile, source: 'flag', origin: '--profile' }),
    });
  }
  if (paths.length > 0 || flags.profile !== undefined)
    throw new Failure(
      'too-many-words',
      'Paths go with --replay, --samples and --exact, --profile with --replay',
      'Example: headroom perf --replay PATH',
    );
  const since = flags.since === undefined ? undefined : readSince(flags.since, Date.now());
  const { ledger } = ownCacheParts();
  const summing = startSumming(await loadPrices(await readOwnPrices()));
  const { skipped, errors } = readLedger(ledger, (line) => {
    if (since === undefined || Date.parse(line.time) >= since) summing.add(line);
  });
  for (const error of errors) say(`headroom: ${error}`);
  for (const line of sayRest(skipped)) say(`headroom: ${line}`);
  print(summing.end(), flags);
}

function print(summary: PerfSummary, { json, csv, since }: PerfFlags): void {
  if (json) process.stdout.write(`${JSON.stringify({ ...summary, prices: priceSource, estimated: ['removed', 'saved'] }, undefined, 2)}\n`);
  else if (csv) process.stdout.write(reportCsv(summary));
  else if (summary.launches === 0) process.stdout.write(`${since === undefined ? nothing : `Nothing in the ledger since ${since}.`}\n`);
  else process.stdout.write(`${reportLines(summary).join('\n')}\n`);
}

const nothing = 'The ledger is empty: `headroom wrap claude` fills it, and `headroom demo` shows what it does.';

function sayRest({ unfinished, broken, newer }: { unfinished: number; broken: number; newer: number }): readonly string[] {
  const lines = (count: number) => `${count} ${count === 1 ? 'line' : 'lines'}`;
  return [
    ...(unfinished > 0 ? [`ledger: ${lines(unfinished)} not finished, left out`] : []),
    ...(broken > 0 ? [`ledger: ${lines(broken)} cut short or damaged, left out`] : []),
    ...(newer > 0 ? [`ledger: ${lines(newer)} of a newer version, left out: update headroom to read them`] : []),
  ];
}

const spans: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Epoch milliseconds. A date is a day of UTC, as the ledger's are. */
export function readSince(text: string, now: number): number {
  const [, count, unit = ''] = /^(\d{1,5})([hdw])$/.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * (spans[unit] ?? 0);
  const date = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(date)) return date;
  throw new Failure('bad-time', `--since: \`${text}\` is no time`, 'Examples: --since 7d, --since 12h, --since 2026-11-01.');
}
