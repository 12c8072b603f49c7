/**
 * Finds, in what aider wrote into a user message, the output of commands and the text of web pages. Aider declares no tools: around
 * what `/run`, `/test`, `/lint`, `/web` and its own commands returned it writes fixed sentences. Only what stands between them is
 * found; files that it edits by search and replace, and what a person typed, never are. Written after aider 0.86.
 */
import type { ToolCall } from '../block.ts';

/** UTF-16 units `from..to` of the text. */
export interface Output {
  readonly from: number;
  readonly to: number;
  readonly call: ToolCall;
}

/** One of these stands in every text that holds an output; ASCII, without anything that JSON would escape. */
export const outputHints: readonly string[] = [
  'I ran this command:',
  'Output from ',
  '# Fix any errors below, if possible.',
  'Here is the content of http',
];

/** In the order they stand there; `wasSuggested` says whether the model itself asked for a command before. */
export function findOutputs(text: string, wasSuggested: (command: string) => boolean): readonly Output[] {
  const end = endOfOutput(text);
  const found = findRun(text, end) ?? findSuggested(text, end, wasSuggested) ?? findLint(text, end) ?? findPages(text, end);
  return found.filter(({ from, to }) => to > from);
}

/**
 * The last user message of a request carries a reminder of the edit format, and has lost it in the next request; an interrupted one
 * says so. What is found must be the same with and without.
 */
function endOfOutput(text: string): number {
  const interrupted = text.endsWith(interruption) ? text.length - interruption.length : text.length;
  const whole = text.slice(0, interrupted);
  const reminder = Math.max(...reminders.map((words) => whole.lastIndexOf(`\n\n${words}`)));
  return trimmedEnd(whole, reminder < 0 ? whole.length : reminder);
}

const interruption = '\n^C KeyboardInterrupt';
const reminders = [
  '# *SEARCH/REPLACE block* Rules:',
  '\n# *SEARCH/REPLACE block* Rules:',
  '# File editing rules:',
  '# V4A Diff Format Rules:',
  'To suggest changes to a file you MUST return the entire content of the updated file.',
  '\nONLY return code using the `',
  '\nNEVER RETURN CODE!',
];

/** `/run`, `/test` and the test command after an edit. */
function findRun(text: string, end: number): readonly Output[] | undefined {
  if (!text.startsWith(runBegins)) return undefined;
  const middle = text.indexOf(runGot, runBegins.length);
  if (middle < 0) return undefined;
  const command = text.slice(runBegins.length, middle);
  return [{ from: middle + runGot.length, to: end, call: shell('run', command) }];
}

const runBegins = 'I ran this command:\n\n';
const runGot = '\n\nAnd got this output:\n\n';

/** Commands that the model proposed and the user let run: one after the other, each under a line that names it. */
function findSuggested(text: string, end: number, wasSuggested: (command: string) => boolean): readonly Output[] | undefined {
  if (!text.startsWith(suggestedBegins) || !text.endsWith('\n\n\n')) return undefined;
  const found: { readonly at: number; readonly from: number; readonly command: string }[] = [];
  for (const line of text.slice(0, end).matchAll(/^Output from (.+)\n/gm)) {
    const command = line[1] ?? '';
    if (wasSuggested(command)) found.push({ at: line.index, from: line.index + line[0].length, command });
  }
  if (found[0]?.at !== 0) return undefined;
  return found.map(({ from, command }, index) => ({
    from,
    to: trimmedEnd(text, found[index + 1]?.at ?? end),
    call: shell('shell', command),
  }));
}

const suggestedBegins = 'Output from ';

/** What linters printed. The lines of the file that aider shows below it stay as they are. */
function findLint(text: string, end: number): readonly Output[] | undefined {
  if (!lintBegins.test(text)) return undefined;
  const found: Output[] = [];
  const marks = [
    ...text
      .slice(0, end)
      .matchAll(/^(?:## Running: (.+)\n\n|## See relevant lines? below marked with █\.$|# Fix any errors below, if possible\.$)/gm),
  ];
  for (const [index, mark] of marks.entries()) {
    if (mark[1] === undefined) continue;
    const from = mark.index + mark[0].length;
    found.push({ from, to: Math.max(from, trimmedEnd(text, marks[index + 1]?.index ?? end)), call: shell('lint', mark[1]) });
  }
  return found;
}

const lintBegins = /^\n?# Fix any errors below, if possible\.\n\n/;

/** A page of `/web`, or pages below what a person typed, which names their addresses. Where a file is shown there is none. */
function findPages(text: string, end: number): readonly Output[] {
  const heads = [...text.slice(0, end).matchAll(/(?<=^|\n\n)Here is the content of (https?:\/\/\S+):\n\n/g)];
  const typed = text.slice(0, heads[0]?.index ?? 0);
  if (fence.test(typed)) return [];
  const pages = heads.filter(({ index, 1: url = '' }) => index === 0 || typed.includes(url));
  return pages.map(({ 0: head, 1: url = '', index }, n) => {
    const from = index + head.length;
    return { from, to: Math.max(from, trimmedEnd(text, pages[n + 1]?.index ?? end)), call: { tool: 'web', input: { url } } };
  });
}

/** Aider shows every file between two of these. */
const fence = /^(?:`{3,}|<(?:source|code|pre|codeblock|sourcecode)>)/m;

function shell(tool: string, command: string): ToolCall {
  return { tool, input: { command } };
}

/** Line ends before `end` are aider's, or cannot be told from them. */
function trimmedEnd(text: string, end: number): number {
  let at = end;
  while (at > 0 && (text[at - 1] === '\n' || text[at - 1] === '\r')) at -= 1;
  return at;
}
