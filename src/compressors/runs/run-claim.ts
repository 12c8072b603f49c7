/** Whether a text is a run of tests or a build: by the command, and by what only such tools print. */
import { commandOf, searchers, showsFiles, viewers } from '../../text/tool-call.ts';
import type { TextToShrink } from '../compressor.ts';
import { familiesIn } from './run-lines.ts';

/** What stands before the program that is meant. */
const leading = /^\s*(?:\(|then\b|do\b|!|&)?\s*(?:\w+=\S*\s+|sudo\s+|time\s+|env\s+|timeout\s+\S+\s+|exec\s+|rtk\s+)*/;
/** Programs that show files, differences or hits: their lines are somebody's text, and must stay as they are. */
const shows = new RegExp(
  `^(?:${viewers}|${searchers}|diff|find|ls|tree|curl|git\\s+(?:-\\S+\\s+\\S+\\s+)?(?:diff|show|grep|log|blame|ls-files))\\b`,
);
/** Output of runs that was kept in a file. */
const keptRun = /\.(?:log|out|txt)\b|\/logs?\b/;

/** Surer where the command says so too; not asked where a part of the command shows files or searches. */
export function claimRun({ text, call }: TextToShrink, sort: 'tests' | 'builds', named: RegExp): number {
  if (showsFiles(call)) return 0;
  const parts = partsOf(commandOf(call));
  if (parts.some((part) => shows.test(part) && !keptRun.test(part))) return 0;
  const found = familiesIn(text, true);
  // A job log is told by its marks alone, whatever else it holds.
  if (sort === 'builds' && found.some((family) => family.isCertain)) return 0.93;
  const holds = found.some((family) => family.sort === sort);
  const isNamed = parts.some((part) => named.test(part.slice(0, 300)));
  if (holds) return (sort === 'tests' ? 0.82 : 0.72) + (isNamed ? 0.1 : 0);
  return isNamed ? 0.55 : 0;
}

/** The commands of a line of shell, each without what it is piped into. */
function partsOf(command: string | undefined): string[] {
  if (command === undefined) return [];
  const bare = command.replace(/"(?:[^"\\]|\\.)*"|'[^']*'|<<-?'?(\w+)'?[\s\S]*?\n\1\b/g, ' ');
  return bare.split(/&&|\|\||[;\n]/).map((part) => (part.split('|', 1)[0] ?? '').replace(leading, ''));
}
