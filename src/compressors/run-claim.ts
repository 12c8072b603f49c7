/** Whether a text is a run of tests or a build: by the command, and by what only such tools print. */
import { commandOf, showsFiles } from '../text/tool-call.ts';
import type { TextToShrink } from './compressor.ts';
import { familiesIn } from './run-lines.ts';

const searches = /^\s*(?:rg|grep|ag|ack|git (?:grep|log|diff|show)|find|ls)\b/;

/** Surer where the command says so too; not asked where the call shows files or searches. */
export function claimRun({ text, call }: TextToShrink, sort: 'tests' | 'builds', named: RegExp): number {
  const shell = commandOf(call);
  if (showsFiles(call) || (shell !== undefined && searches.test(shell))) return 0;
  const holds = familiesIn(text, true).some((family) => family.sort === sort);
  const isNamed = shell !== undefined && named.test(shell);
  if (holds) return (sort === 'tests' ? 0.82 : 0.72) + (isNamed ? 0.1 : 0);
  return isNamed ? 0.55 : 0;
}
