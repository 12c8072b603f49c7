/** Which results a later one supersedes: the same call was made again, the same lines of a file were read again, or the file was written anew. */
import type { Block, ToolCall } from '../../block.ts';
import { commandOf, pathOf } from '../../text/tool-call.ts';
import type { OldResult } from './old-results.ts';

interface Lines {
  readonly from: number;
  readonly until: number;
}

/** Of the results, those that are superseded. Blocks and results stand in order. */
export function findSuperseded(blocks: readonly Block[], results: readonly OldResult[]): ReadonlySet<OldResult> {
  const superseded = new Set<OldResult>();
  const made = new Map<string, ToolCall>();
  const read = new Map<string, Lines>();
  const written = new Set<string>();
  const resultAt = new Map(results.map((result) => [result.at, result]));
  for (let at = blocks.length - 1; at >= 0; at--) {
    const { source, call } = blocks[at]!;
    const path = pathOf(call);
    if (source === 'call' && path !== undefined && writesAll(call)) written.add(path);
    const result = resultAt.get(at);
    if (!result?.call) continue;
    const name = nameOf(result.call);
    // A call may have several results, which do not supersede each other.
    if ((made.get(name) ?? result.call) !== result.call || isReadAgain(result, path)) superseded.add(result);
    if (!made.has(name)) made.set(name, result.call);
  }
  return superseded;

  function isReadAgain({ call, text, kind }: OldResult, path: string | undefined): boolean {
    if (kind !== 'file' || path === undefined || commandOf(call) !== undefined) return false;
    const lines = linesOf(call, text);
    if (!lines) return false;
    const later = read.get(path);
    // Of later reads the one that shows most is remembered: what none of them shows alone counts as not shown.
    if (!later || lines.until - lines.from > later.until - later.from) read.set(path, lines);
    return written.has(path) || (later !== undefined && later.from <= lines.from && later.until >= lines.until);
  }
}

/** The same for calls that ask for the same. */
function nameOf(call: ToolCall | undefined): string {
  return commandOf(call)?.trim() ?? `${call?.tool} ${JSON.stringify(call?.input)}`;
}

function writesAll(call: ToolCall | undefined): boolean {
  return /^(?:write|write_file|create_file|create)$/i.test(call?.tool ?? '');
}

/** The lines of a file that a read shows, by the numbers in front of its first and its last line. */
function linesOf(call: ToolCall | undefined, text: string): Lines | undefined {
  if (!/^(?:read|view|read_file|open_file)$/i.test(call?.tool ?? '')) return undefined;
  const first = /^ *(\d+)(?:\t|→)/.exec(text);
  if (!first) return undefined;
  const from = Number(first[1]);
  return { from, until: from + text.split('\n').length };
}
