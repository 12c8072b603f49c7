/**
 * What git says besides diffs: states, logs, statistics, blame, and the chatter of pulls, pushes and commits with the output of their hooks.
 * Nothing that a revision of a file holds (`git show HEAD:a.ts`) is touched: agents edit by it.
 */
import { pipelinesOf, programOf } from '../text/shell-pipelines.ts';
import { commandOf } from '../text/tool-call.ts';
import type { Compressor } from './compressor.ts';
import { blamedLines } from './git/git-blame.ts';
import { excerptOfGit, longList } from './git/git-excerpt.ts';
import { lineEndWarnings } from './git/git-line-ends.ts';
import { commitPeople } from './git/git-log.ts';
import { statusPaths } from './git/git-paths.ts';
import { statRows } from './git/git-stat.ts';
import { shortenText } from './two-way.ts';

/** How its longer outputs begin, for texts whose command is not known. */
const opening = /^(?:commit [0-9a-f]{40}\b[^\n]*\n(?:Merge: [^\n]*\n)?Author: |On branch [^\n]*\n|(?:[0-9a-f]{40} [^\n]*\n){3})/;
const filters = /^(?:head|tail|sort|tee|cat|Out-String|Select-Object|more|less)$/i;
const silent = /^(?:cd|echo|printf|true|set|export|sleep|pwd|mkdir|rm|cp|mv|touch|Write-Host)$/;
/** Options of git itself that take a value. */
const valued = /^(?:-C|-c|--git-dir|--work-tree|--exec-path|--namespace)$/;

const ways = [lineEndWarnings, commitPeople, statRows, statusPaths, blamedLines];

export const git: Compressor = {
  kind: 'git',
  lever: 'git output',
  claim: ({ text, call }) => {
    const command = commandOf(call);
    if (command === undefined) return call === undefined && opening.test(text) ? 0.6 : 0;
    return tellsOnlyOfGit(command) ? 0.7 : 0;
  },
  shrink: ({ text }) => shortenText(text, ways),
  excerpt: ({ text, asked = '' }) => {
    const of = shortenText(text, ways);
    const shown = of?.text ?? text;
    const excerpt = longList.test(shown) ? excerptOfGit(shown.split('\n'), asked) : undefined;
    return excerpt && { ...(of ? { of } : {}), ...excerpt };
  },
};

/** True where all that prints is git, and none of it the content of a file. */
function tellsOnlyOfGit(command: string): boolean {
  if (!/\bgit\b/.test(command)) return false;
  const printing = pipelinesOf(command).filter(([first]) => !silent.test(programOf(first)));
  return (
    printing.length > 0 && printing.every(([first, ...rest]) => isGit(first ?? []) && rest.every((words) => filters.test(programOf(words))))
  );
}

function isGit(words: readonly string[]): boolean {
  if (/^(?:gh|bd)$/.test(programOf(words))) return true;
  if (programOf(words) === 'rtk') return isGit(words.slice(1));
  if (programOf(words) !== 'git') return false;
  let at = 1;
  while (words[at]?.startsWith('-')) at += valued.test(words[at] ?? '') ? 2 : 1;
  const verb = words[at];
  if (verb === 'cat-file' || verb === 'grep' || verb === 'archive' || verb === 'config') return false;
  return verb !== 'show' || !words.slice(at + 1).some((word) => /^[^-\s][^\s]*:[^\s]*$|^:/.test(word));
}
