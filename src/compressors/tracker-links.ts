/** `gh pr checks` ends every row with a link into the same repository: its beginning once, above the rows. */
import type { TwoWay } from './two-way.ts';

const row =
  /^([^\t]{1,200}\t(?:pass|fail|pending|skipping|cancel)\t[^\t]*\t)(https:\/\/[^\s"/]+\/[^\s"/]+\/[^\s"/]+\/actions\/)(runs\/.*)$/;
const shortRow = /^[^\t]{1,200}\t(?:pass|fail|pending|skipping|cancel)\t[^\t]*\truns\//;
const heading = /^Links below that begin with "runs\/": (https:\/\/\S+\/actions\/)runs\/…$/;
/** Fewer rows are not worth a heading. */
const leastRows = 4;

export const checkLinks: TwoWay = { sign: /\/actions\/runs\//, shorten, writeOut };

function shorten(lines: readonly string[]): string[] | undefined {
  const found = lines.map((line) => (line.length > 1000 ? null : row.exec(line)));
  const first = found.find((one) => one !== null)?.[2];
  if (first === undefined || lines.some((line) => heading.test(line) || shortRow.test(line))) return undefined;
  if (found.filter((one) => one?.[2] === first).length < leastRows) return undefined;
  const at = found.findIndex((one) => one !== null);
  const short = lines.map((line, n) => (found[n]?.[2] === first ? `${found[n]?.[1]}${found[n]?.[3]}` : line));
  return [...short.slice(0, at), `Links below that begin with "runs/": ${first}runs/…`, ...short.slice(at)];
}

function writeOut(short: readonly string[]): string[] {
  let beginning: string | undefined;
  const lines: string[] = [];
  for (const line of short) {
    const said = line.startsWith('Links below') ? heading.exec(line)?.[1] : undefined;
    if (said !== undefined) beginning = said;
    else if (beginning !== undefined && shortRow.test(line)) lines.push(line.replace('\truns/', `\t${beginning}runs/`));
    else lines.push(line);
  }
  return lines;
}
