/**
 * What provisioners print while they work (`terraform`, `tofu`, `kubectl apply`, `ansible-playbook`): of big results the changes, errors and
 * summaries, and counts of what was only read, waited for or left as it was. Nothing is said shorter.
 */
import { linesOf } from '../text/lines-of.ts';
import { commandOf, showsFiles } from '../text/tool-call.ts';
import type { Compressor } from './compressor.ts';
import { isTrouble } from './logs/log-line.ts';
import { progressOf, provisioning, tellProgress } from './progress-lines.ts';

const provisioner = /\b(?:terraform|tofu|terragrunt|kubectl|oc|helm|kustomize|ansible|ansible-playbook)\b/;
const leastProgress = 8;
const firstLines = 3;

export const infrastructure: Compressor = {
  kind: 'infrastructure',
  lever: 'provisioning progress',
  claim: ({ text, call }) => {
    if (showsFiles(call) || !provisioner.test(commandOf(call) ?? call?.tool ?? '')) return 0;
    const progress = linesOf(text)
      .slice(0, 5000)
      .filter((line) => progressOf(line, provisioning)).length;
    return progress >= leastProgress ? 0.75 : 0;
  },
  shrink: () => undefined,
  excerpt: ({ text }) => {
    const lines = linesOf(text);
    const names = lines.map((line) => (isTrouble(line) ? undefined : progressOf(line, provisioning)));
    nameAlikeBlocks(lines, names);
    const keeps = names.map((name, at) => name === undefined || at < firstLines);
    return { keeps, tell: (from, until) => tellProgress(names, from, until) };
  },
};

const block = /^ {2}# \S.* (?:will|must) be /;
const varying = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22,27}\b|\d+/g;
/** How many blocks of a plan that differ in numbers alone are shown. */
const mostAlike = 2;

/** `count = 40` makes forty blocks of a plan that differ in numbers and ids. */
function nameAlikeBlocks(lines: readonly string[], names: (string | undefined)[]): void {
  const seen = new Map<string, number>();
  for (let at = 0; at < lines.length; at++) {
    if (!block.test(lines[at] ?? '')) continue;
    let end = at + 1;
    while (end < lines.length && lines[end] !== '') end++;
    const shape = lines.slice(at, end).join('\n').replace(varying, '0');
    const times = (seen.get(shape) ?? 0) + 1;
    seen.set(shape, times);
    if (times > mostAlike && !isTrouble(shape)) names.fill('blocks as above but for numbers and ids', at, Math.min(end + 1, lines.length));
    at = end;
  }
}
