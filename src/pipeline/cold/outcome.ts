/** What an output says of how it went: the lines that tell, and whether it failed. */
import { labelOf } from '../../text/tool-call.ts';
import type { OldResult } from './old-results.ts';

const trouble =
  /\b(?:error|errors|fail|fails|failed|failure|failures|panic|panicked|exception|fatal|traceback|denied|refused|not found|cannot|unable|warnings?)\b|✗|✘|❌/i;
const sum = /\b\d+ (?:passed|failed|failing|passing|skipped|tests?|errors?|warnings?|problems?|files? changed|insertions?|packages?)\b/i;
const failed =
  /^(?:Exit code [1-9]|Error\b|<tool_use_error>|Process exited with code [1-9])|^Traceback \(most recent|\bBUILD FAILED\b|\bnpm ERR!|\berror\[E\d+\]|\berror TS\d+|\bpanicked at\b|\b[1-9]\d* (?:failed|failing|errors?)\b/m;
/** Lines of one result that are kept for what they tell; a long list of errors is read once. */
export const mostTelling = 12;
/** How much of a text is asked whether it failed, from its beginning and from its end. */
const mostAsked = 20_000;

export function tellsOutcome(line: string): boolean {
  return line.length <= 400 && (trouble.test(line) || sum.test(line));
}

/** The results that failed, where no later one of the same command or tool went well. */
export function findUnresolved(results: readonly OldResult[]): ReadonlySet<OldResult> {
  const unresolved = new Set<OldResult>();
  const wentWell = new Set<string>();
  for (const result of [...results].reverse()) {
    if (result.kind !== 'output') continue;
    const name = labelOf(result.call);
    if (!hasFailed(result.text)) wentWell.add(name);
    else if (!wentWell.has(name)) unresolved.add(result);
  }
  return unresolved;
}

function hasFailed(text: string): boolean {
  return failed.test(text.slice(0, mostAsked)) || (text.length > mostAsked && failed.test(text.slice(-mostAsked)));
}
