/** Renders some of the compressors' fixtures as before and after for the README, and writes them between its markers when run: `npx tsx scripts/readme-pairs.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadCounter } from '../src/tokens/count.ts';
import { compressorFixtures } from '../test/helpers/compressor-fixtures.ts';

/** Kind, name, what it is, and how many lines of each side are shown. */
const pairs = [
  ['json', 'excerpt-log-entries.txt', 'What a log server answers, as JSON (an excerpt: `standard` only)', 1, 22],
  ['test-run', 'excerpt-ctest.txt', 'A test run with one failure (an excerpt)', 8, 14],
  ['command-tables', 'excerpt-documented-kubectl-get-pods.txt', '`kubectl get pods` (an excerpt)', 6, 14],
  ['search', 'grep-rn.txt', '`grep -rn`, without loss', 6, 12],
  ['diff', 'excerpt-lock-file-and-far-context.txt', '`git diff` with a lock file in it (an excerpt)', 10, 20],
] as const;

const mostWidth = 130;
const [opening, closing] = ['<!-- pairs -->\n', '<!-- /pairs -->'];

/** What stands between the markers. */
export async function renderPairs(): Promise<string> {
  const count = await loadCounter();
  const fixtures = compressorFixtures();
  return pairs
    .map(([kind, name, title, mostBefore, mostAfter]) => {
      const fixture = fixtures.find((each) => each.kind === kind && each.name === name);
      if (!fixture) throw new Error(`there is no fixture ${kind}/${name}`);
      const { input, expected } = fixture;
      const [before, after] = [count(input), count(expected)];
      const share = Math.round((1 - after / before) * 100);
      return `${title}: ${before} tokens\n\n${block(input, mostBefore)}\n\nbecomes ${after} (-${share}%)\n\n${block(expected, mostAfter)}\n`;
    })
    .join('\n');
}

/** The beginning of a text, said to be one where it is. */
function block(text: string, most: number): string {
  const lines = text.replaceAll('\r', '').split('\n');
  const shown = lines.slice(0, most).map((line) => (line.length > mostWidth ? `${line.slice(0, mostWidth)} (...)` : line));
  const rest = lines.length > most ? [`(... ${lines.length - most} more lines)`] : [];
  return ['```', ...shown, ...rest, '```'].join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const path = join(import.meta.dirname, '..', 'README.md');
  const readme = readFileSync(path, 'utf8');
  const [before, rest] = readme.split(opening);
  const after = rest?.split(closing)[1];
  if (after === undefined) throw new Error(`README.md has no ${opening.trim()} ... ${closing}`);
  writeFileSync(path, `${before}${opening}${await renderPairs()}${closing}${after}`);
}
