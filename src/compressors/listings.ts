/**
 * Listings of files: paths (`find`, `git ls-files`, `rg --files`, `du`, globs), tables (`ls -l`) and drawings (`tree`). Every name stays and
 * keeps its place; what the lines share is said once.
 */
import type { ToolCall } from '../block.ts';
import { linesOf } from '../text/lines-of.ts';
import { rememberLast } from '../text/remember-last.ts';
import { pipelinesOf, programOf } from '../text/shell-pipelines.ts';
import { commandOf } from '../text/tool-call.ts';
import type { Compressor, SmallerText } from './compressor.ts';
import { excerptOf } from './listings/listing-excerpt.ts';
import { shrinkLong } from './listings/listing-long.ts';
import { readFolders, readListed, writeFolders } from './listings/listing-paths.ts';
import { shrinkTree } from './listings/listing-tree.ts';

export const listings: Compressor = {
  kind: 'listings',
  lever: 'listings',
  claim: ({ text, call }) => {
    const lists = listsFiles(call);
    if (lists === undefined || !looksListed(text, lists.only)) return 0;
    return commandOf(call) !== undefined || lists.only || isOnlyPaths(text) ? 0.8 : 0;
  },
  shrink: ({ text, call }) => {
    const long = shrinkLong(text) ?? shrinkTree(text);
    const folders = asFolders(long?.text ?? text, listsFiles(call)?.only === true);
    if (!long || !folders) return long ?? folders;
    return [long, { ...folders, inverse: (smaller) => long.inverse?.(readFolders(smaller)) ?? smaller }];
  },
  excerpt: ({ text, call }) => excerptOf(text, asFolders(text, listsFiles(call)?.only === true), JSON.stringify(call?.input) ?? ''),
};

const leastLines = 4;
const tools = /^(?:glob|ls|list|list_?dir|list_?directory|list_files|find_files|file_search|glob_file_search|directory_tree|find|fd)$/i;
const searches = /^(?:grep|rg|ripgrep|search|search_files?|search_file_content|grep_search|text_search|code_search)$/i;
const silent = /^(?:cd|echo|printf|pwd|true|set|export|which|wc|date|test|\[|mkdir|sleep)$/;
const filters = /^(?:sort|head|tail|uniq|rg|grep|egrep|sed|awk|cut|tee|column|tac)$/;
const showers = /^(?:cat|sed|head|tail|nl|bat|less|more|awk|jq|python3?|node|perl|strings|xxd|diff)$/;

/** Whether a call lists files, and whether it does nothing else that prints. Content of files is nobody's listing. */
function listsFiles(call: ToolCall | undefined): { readonly only: boolean } | undefined {
  const command = commandOf(call);
  if (command === undefined) {
    const tool = call?.tool.split('__').at(-1) ?? '';
    return tools.test(tool) || searches.test(tool) ? { only: tools.test(tool) } : undefined;
  }
  const pipelines = pipelinesOf(command).filter((pipeline) => !silent.test(programOf(pipeline[0])));
  if (pipelines.some(([first]) => showers.test(programOf(first)))) return undefined;
  const listing = pipelines.filter(isListing);
  return listing.length > 0 ? { only: listing.length === pipelines.length } : undefined;
}

function isListing([first = [], ...rest]: readonly (readonly string[])[]): boolean {
  if (!rest.every((words) => filters.test(programOf(words)))) return false;
  const program = programOf(first);
  if (program === 'git') return first.some((word) => /^ls-(files|tree)$/.test(word)) || (first.includes('grep') && first.some(listsOnly));
  if (program === 'find') return !first.some((word) => /^-(exec|ok)(dir)?$/.test(word));
  if (/^(rg|grep|egrep|ag)$/.test(program)) return first.includes('--files') || first.some(listsOnly);
  return /^(ls|tree|fd|fdfind|du|eza|exa|gls)$/.test(program);
}

function listsOnly(word: string): boolean {
  return /^-[A-Za-z]*[lLc]$|^--(files-with(out)?-match(es)?|count|name-only)$/.test(word);
}

function looksListed(text: string, only: boolean): boolean {
  const lines = linesOf(text).slice(0, 400);
  if (lines.filter((line) => readListed(line, only) !== undefined).length >= leastLines) return true;
  if (linesOf(text).slice(0, 4000).filter(isHeading).length >= leastLines) return true;
  return lines.filter((line) => /^[bcdlps-][r-][w-]\S{7,9} +\d+ |^[│|` ]*[├└|`]-?─*-* \S/.test(line)).length >= leastLines;
}

/** `src/pages:` of `ls -R`. */
function isHeading(line: string): boolean {
  return line.endsWith(':') && /[\\/]/.test(line) && !/\s/.test(line);
}

/** What a search tool says where it was asked for files alone. */
function isOnlyPaths(text: string): boolean {
  const lines = linesOf(text)
    .slice(0, 400)
    .filter((line) => line !== '');
  return lines.filter((line) => readListed(line, false) !== undefined && !/[:-]\d+[:-]/.test(line)).length >= 0.8 * lines.length;
}

function asFolders(text: string, allowsSpaces: boolean): SmallerText | undefined {
  return allowsSpaces ? ofPaths(text) : ofPlainPaths(text);
}

const ofPaths = rememberLast((text) => foldersOf(text, true));
const ofPlainPaths = rememberLast((text) => foldersOf(text, false));

function foldersOf(text: string, allowsSpaces: boolean): SmallerText | undefined {
  const form = writeFolders(text, allowsSpaces);
  return form === undefined || form.length >= text.length ? undefined : { text: form, form: 'invertible', inverse: readFolders };
}
