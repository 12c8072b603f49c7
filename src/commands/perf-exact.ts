/** `headroom perf --exact`: texts before and after, counted by the provider itself. It says what it will send and to whom, sends that, and writes nothing. */
import { Failure } from '../errors.ts';
import { reachBy } from '../launch/network.ts';
import { say } from '../launch/say.ts';
import { openTokenService, type TokenService } from '../perf/count-tokens.ts';
import { type CountedPair, type ExactPair, type ExactSummary, exactLines, sumUpExact } from '../perf/exact.ts';
import { type Sample, shrinkSample } from '../perf/samples.ts';
import { startSumming } from '../perf/summary.ts';
import type { LedgerLine } from '../store/ledger.ts';
import { listOriginals, originalsFolders } from '../store/list-originals.ts';
import { findOriginal, originalPath } from '../store/originals.ts';
import { cacheParts } from '../store/place.ts';
import { readLedger } from '../store/read-ledger.ts';
import { sayBytes, sayCount, sayDollars, sayNumber } from '../text/say-amount.ts';
import { loadCounter, type TokenCounter } from '../tokens/count.ts';
import { familyFactor } from '../tokens/family.ts';
import { loadPrices } from '../tokens/prices.ts';
import { ownPlaces } from './own-places.ts';
import { readSamples } from './perf-samples.ts';
import { startProgress } from './progress.ts';
import { readOwnPrices } from './settings.ts';

export interface ExactFlags {
  readonly json: boolean;
  readonly model: string | undefined;
}

/** Of our own samples the longest of each kind; of the user's originals the youngest. */
const mostOriginals = 20;
const longestText = 400_000;

export async function measureExactly(paths: readonly string[], { json, model: named }: ExactFlags): Promise<void> {
  const key = process.env.ANTHROPIC_API_KEY?.trim();
  if (!key)
    throw new Failure(
      'no-key',
      'ANTHROPIC_API_KEY is not set: nobody to ask',
      'It asks Anthropic, with a key of yours; estimates need none: headroom perf',
    );
  const { cacheFolder } = ownPlaces();
  const lines: LedgerLine[] = [];
  readLedger(cacheParts(cacheFolder).ledger, (line) => void lines.push(line));
  const model = chooseModel(named, lines);
  const count = await loadCounter();
  const pairs = pairUp(paths.length > 0 ? readSamples(paths) : [...ownSamples(), ...readOriginals(cacheFolder)], cacheFolder, count);
  if (pairs.length === 0) throw new Failure('no-samples', 'Nothing of it is shrunk: there is nothing to compare', 'Name other files.');
  const url = process.env.ANTHROPIC_BASE_URL?.trim() || 'https://api.anthropic.com';
  const service = openTokenService({ upstream: reachBy(process.env, url), key, model });
  for (const line of announce(pairs, service, model)) say(line);
  try {
    const summary = sumUpExact(model, familyFactor(model), await countAll(pairs, service, count));
    if (json) process.stdout.write(`${JSON.stringify(summary, undefined, 2)}\n`);
    else process.stdout.write(`${[...exactLines(summary), ...(await correct(summary, lines))].join('\n')}\n`);
  } finally {
    service.close();
  }
}

/** What leaves the machine, before it does. */
function announce(pairs: readonly NamedPair[], { description }: TokenService, model: string): readonly string[] {
  const bytes = pairs.reduce((sum, { before, after }) => sum + Buffer.byteLength(before) + Buffer.byteLength(after), 0);
  const groups = (['sample', 'file', 'original'] as const).flatMap((from) => {
    const some = pairs.filter((pair) => pair.from === from);
    return some.length > 0 ? [`headroom:   ${sayNumber(some.length)} ${groupNames[from]}`] : [];
  });
  return [
    `headroom: to ${description}, model ${model}: ${sayCount(pairs.length, 'text')}, each before and after, ${sayBytes(bytes)}`,
    ...groups,
    'headroom: count_tokens is asked and nothing else; it is not billed',
  ];
}

const groupNames = {
  sample: 'of the samples that ship with us',
  file: 'of the files that you named',
  original: 'of the originals on this machine: what tools returned in your sessions',
} as const;

interface NamedPair extends ExactPair {
  readonly from: 'sample' | 'file' | 'original';
}

type Source = Sample & { readonly from?: NamedPair['from'] };

/** What would go out instead, as in a conversation that shows nothing else; texts that stay as they are tell nothing. */
function pairUp(samples: readonly Source[], cacheFolder: string, count: TokenCounter): readonly NamedPair[] {
  const { originals } = cacheParts(cacheFolder);
  const keep = (text: string) => ({ path: originalPath(originals, text) });
  return samples.flatMap((sample) => {
    const { kind, text, from = 'file' } = sample;
    if (text.length > longestText) return [];
    const after = shrinkSample(sample, count, keep);
    return after === undefined ? [] : [{ from, kind, before: text, after }];
  });
}

function ownSamples(): readonly Source[] {
  const longest = new Map<string, Sample>();
  for (const sample of readSamples([]))
    if (sample.text.length > (longest.get(sample.kind)?.text.length ?? 0)) longest.set(sample.kind, sample);
  return [...longest.values()].map((sample) => ({ ...sample, from: 'sample' as const }));
}

function readOriginals(cacheFolder: string): readonly Source[] {
  return listOriginals(originalsFolders(cacheFolder))
    .slice(0, mostOriginals)
    .flatMap(({ folder, name }) => {
      const found = findOriginal(folder, name);
      if (found.state !== 'found') return [];
      return [{ name, kind: 'originals', call: undefined, text: found.bytes.toString(), from: 'original' as const }];
    });
}

async function countAll(pairs: readonly ExactPair[], service: TokenService, count: TokenCounter): Promise<readonly CountedPair[]> {
  const progress = startProgress(pairs.length, 'texts');
  const counted: CountedPair[] = [];
  try {
    for (const { kind, before, after } of pairs) {
      progress.show(counted.length);
      const exact = await Promise.all([service.count(before), service.count(after)]);
      counted.push({ kind, ours: { before: count(before), after: count(after) }, exact: { before: exact[0], after: exact[1] } });
    }
  } finally {
    progress.clear();
  }
  return counted;
}

/** What the ledger says of this model, with what was measured in place of what is estimated. */
async function correct({ model, factors }: ExactSummary, lines: readonly LedgerLine[]): Promise<readonly string[]> {
  const own = lines.filter((line) => line.model === model);
  if (own.length === 0) return [];
  const prices = await loadPrices(await readOwnPrices());
  const [estimated, measured] = [undefined, () => factors.removed].map((factorOf) => {
    const summing = startSumming(prices, factorOf);
    for (const line of own) summing.add(line);
    return summing.end().all;
  });
  if (!estimated || !measured) return [];
  const say = ({ removed, saved }: typeof measured) => `${sayNumber(removed)} tokens removed, ${sayDollars(saved)} saved`;
  return [`In the ledger, ${model}: ~${say(estimated)} by the estimate; ~${say(measured)} with this factor.`];
}

/** The Claude model that the ledger holds most of. */
function chooseModel(named: string | undefined, lines: readonly LedgerLine[]): string {
  const counts = new Map<string, number>();
  for (const { model } of lines) if (model && /claude/i.test(model)) counts.set(model, (counts.get(model) ?? 0) + 1);
  const model = named ?? [...counts].sort(([, one], [, other]) => other - one)[0]?.[0];
  if (model === undefined)
    throw new Failure(
      'no-model',
      'The ledger holds no request to a Claude model',
      'Name one: headroom perf --exact --model claude-opus-4-5',
    );
  return model;
}
