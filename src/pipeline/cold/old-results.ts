/** The results of a conversation as a plan for a cold moment sees them: what each one is, and which must go out as they did. */
import type { Block, ToolCall } from '../../block.ts';
import { fetchesPage } from '../../text/page-request.ts';
import { commandOf, namesLog, pathOf, searchers, showsFiles } from '../../text/tool-call.ts';
import { withOrigin } from '../origin.ts';

/**
 * `report`: what a subagent or another tool wrote. `page`: fetched or found on the web. `output`: of a command. `file`: what files
 * hold, and which there are, by whatever tool; agents edit by its exact text.
 */
type OldKind = 'report' | 'page' | 'output' | 'file';

export interface OldResult {
  /** Index into the conversation's blocks. */
  readonly at: number;
  /** Undefined for what must stay whatever its age: the user's own words, plans, instructions. */
  readonly kind: OldKind | undefined;
  readonly text: string;
  readonly call: ToolCall | undefined;
}

/** Tools whose results are the user's own words, a plan that was agreed on, or instructions. */
const binding = /(?:^|_)ask(?:_|[A-Z]|$)|question|plan|todo|skill|memory|permission/i;
const webTool = /web_?(?:search|fetch)|(?:^|_)fetch(?:_|$)|browse/i;
/** Hits and differences show lines of files as well; a listing says nothing but names. */
const showsLines = new RegExp(
  `^\\s*(?:sudo\\s+)?(?:${searchers}|ls|dir|tree|find|fd|Get-ChildItem|git\\s+(?:-\\S+\\s+\\S+\\s+)*(?:show|diff|grep|blame|ls-files|status))\\b`,
);

/** Oldest first. */
export function findResults(blocks: readonly Block[]): OldResult[] {
  return blocks.flatMap(({ source }, at) => {
    if (source !== 'result') return [];
    const { text, call } = withOrigin(blocks, at);
    return [{ at, kind: kindOf(call), text, call }];
  });
}

function kindOf(call: ToolCall | undefined): OldKind | undefined {
  if (!call) return undefined;
  const command = commandOf(call);
  if (command !== undefined) {
    if (fetchesPage(call)) return 'page';
    if (showsFiles(call)) return namesLog(call) ? 'output' : 'file';
    return command.split(/&&|\|\||[;\n]/).some((part) => showsLines.test(part)) ? 'file' : 'output';
  }
  if (binding.test(call.tool)) return undefined;
  if (showsFiles(call) || /^(?:grep|glob|ls|rg)$|search_files|find_files/i.test(call.tool)) return 'file';
  return webTool.test(call.tool) && pathOf(call) === undefined ? 'page' : 'report';
}
