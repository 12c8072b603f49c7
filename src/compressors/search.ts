/**
 * Search results that repeat their path on every hit (`rg -n`, `grep -rn`, `git grep -n`, agents' own tools): the path once, above its hits, as
 * ripgrep's `--heading` prints them, below its folder. Every hit keeps its line number and its text; a single hit stays on its line.
 */
import type { ToolCall } from '../block.ts';
import { linesOf } from '../text/lines-of.ts';
import { rememberLast } from '../text/remember-last.ts';
import { pipelinesOf, programOf } from '../text/shell-pipelines.ts';
import { commandOf } from '../text/tool-call.ts';
import type { Compressor, SmallerText } from './compressor.ts';
import { commonBase, saysBase } from './search/search-base.ts';
import { excerptOf } from './search/search-excerpt.ts';
import { readFound, writeFound } from './search/search-found.ts';
import { readGroups, writeGroups } from './search/search-groups.ts';
import { readSearch } from './search/search-lines.ts';

export const search: Compressor = {
  kind: 'search',
  lever: 'search paths',
  claim: ({ text, call }) => (isSearch(call) && namesPaths(text) ? 0.9 : 0),
  shrink: ({ text }) => formsOf(text),
  excerpt: ({ text, asked }) => {
    const forms = [...formsOf(text)].sort((one, other) => one.text.length - other.text.length);
    return forms[0] && excerptOf(forms[0], asked ?? '');
  },
};

/** Those that read back and are smaller. */
const formsOf: (text: string) => readonly SmallerText[] = rememberLast(writeForms);

function writeForms(text: string): SmallerText[] {
  if (saysBase(text)) return [];
  const found = writeFound(text);
  if (found !== undefined) return found.length < text.length ? [{ text: found, form: 'invertible', inverse: readFound }] : [];
  const result = readSearch(linesOf(text));
  const base = commonBase(result);
  const bases = base === undefined ? [undefined] : base.ofHits ? [undefined, base] : [base];
  return bases.flatMap((one) => {
    const form = writeGroups(text, result, one);
    return form !== undefined && form.length < text.length ? [{ text: form, form: 'invertible' as const, inverse: readGroups }] : [];
  });
}

const programs = /^(rg|grep|egrep|fgrep|zgrep|ag|ack|ugrep|Select-String|sls|findstr)$/;
const tools = /^(?:grep|rg|ripgrep|search|search_files?|search_file_content|grep_search|file_search|text_search|code_search)$/i;

/** True where one of the commands prints hits with their paths: not where it filters what another printed. */
function isSearch(call: ToolCall | undefined): boolean {
  const command = commandOf(call);
  if (command === undefined) return tools.test(call?.tool.split('__').at(-1) ?? '');
  return pipelinesOf(command).some((pipeline) =>
    pipeline.some((words, at) => {
      const program = programOf(words);
      if (at > 0) return program === 'xargs' && words.some((word) => programs.test(word));
      if (program === 'git') return words.includes('grep');
      if (program === 'find' || program === 'fd') return words.some((word) => programs.test(word));
      return programs.test(program) && !words.includes('--files');
    }),
  );
}

function namesPaths(text: string): boolean {
  if (writeFound(text.slice(0, 4000)) !== undefined) return true;
  return readSearch(linesOf(text).slice(0, 400)).lines.filter(({ path }) => path !== '').length > 1;
}
