/** What a tool call was about, whatever the agent calls its tools: the command, the path, and a short name for notes. */
import type { ToolCall } from '../block.ts';

const commandFields = ['command', 'cmd', 'script'];
const pathFields = ['file_path', 'filePath', 'path', 'absolute_path', 'notebook_path', 'filename'];

/**
 * The shell command of a call, arrays such as `["bash", "-lc", "ls"]` reduced to their last word, several commands one to a line; undefined for
 * other tools.
 */
export function commandOf(call: ToolCall | undefined): string | undefined {
  if (typeof call?.input === 'string') return commandsOfScript(call.input);
  const value = field(call, commandFields);
  if (typeof value === 'string') return isEditorVerb(call, value) ? undefined : value;
  if (isListOfTexts(value)) return value.at(-1);
  const several = field(call, ['commands']);
  return isListOfTexts(several) && several.length > 0 ? several.join('\n') : undefined;
}

/** The file or folder a call names, as spelled. */
export function pathOf(call: ToolCall | undefined): string | undefined {
  const files = field(call, ['files']);
  const value = field(Array.isArray(files) && files.length === 1 ? { tool: call?.tool ?? '', input: files[0] } : call, pathFields);
  return typeof value === 'string' ? value : undefined;
}

/** The last parts of a path, on either platform, with slashes between. */
function lastParts(path: string, parts: number): string {
  return (
    path
      .split(/[\\/]/)
      .filter(Boolean)
      .slice(-parts)
      .join('/')
      .replace(/\p{Cc}/gu, '') || path
  );
}

/** True for tools that show the content of files, and for commands that number lines: there a leading number is a line number. */
export function numbersLines(call: ToolCall | undefined): boolean {
  if (!call) return false;
  const command = commandOf(call);
  if (command !== undefined) return /(^|[\s|;&(])(nl|bat|cat\s+(-\w+\s+)*-\w*n\w*)(\s|$)/.test(command);
  const name = snake(call.tool);
  // `write_stdin` types into a terminal and `todo_write` keeps a list: neither shows a file.
  return (
    !/stdin|todo/i.test(name) && /(^|[_-])(read|view|open|edit|write|multiedit|notebookread|str_replace\w*|create)([_-]|$)/i.test(name)
  );
}

/** Programs that print what files hold, and those that print lines of them, as alternatives of a pattern. */
export const viewers = 'cat|sed|head|tail|nl|bat|batcat|less|more|awk|type|gc|Get-Content';
export const searchers = 'rg|grep|egrep|ag|ack|Select-String';

const fileView = new RegExp(`^\\s*((cd|echo|printf|Select-Object|Write-Host|${viewers}|git (-\\S+ (\\S+ )?)?show \\S+:\\S+)(\\s|$)|$)`);
const logFile = /\.(?:log|out|err)(?:\.\d+)?(?=["'\s;|&)<>]|$)|\/var\/log\/|\bLogs?\//i;

/** True for tools that show the content of files, and for commands that do nothing else. */
export function showsFiles(call: ToolCall | undefined): boolean {
  const command = commandOf(call);
  if (command === undefined) return numbersLines(call);
  return command.split(/&&|\|\||[;|\n]/).every((part) => fileView.test(part));
}

/** True where a call names a file that programs write for people to look through, and that nobody edits. */
export function namesLog(call: ToolCall | undefined): boolean {
  return logFile.test(commandOf(call) ?? pathOf(call) ?? '');
}

/**
 * A short name by which a reader finds a call again: the tool and the file with the folder it is in (there are many `index.ts`), or the
 * beginning of the command. At most about 40 characters.
 */
export function labelOf(call: ToolCall | undefined, pathParts = 2): string {
  if (!call) return 'result';
  const command = commandOf(call);
  if (command !== undefined) return shorten(commandLabel(command), 44) || call.tool;
  const tool = call.tool.split('__').at(-1) ?? call.tool;
  const path = pathOf(call);
  return path === undefined ? tool : `${tool} ${lastParts(path, pathParts)}`;
}

/** `cd x && FOO=1 npx vitest run src/a.test.ts | tail -5` becomes `npx vitest run`; of several commands in a row the first two are named. */
function commandLabel(command: string): string {
  const parts = command.split(/\n|&&|\|\||;/).map((part) => part.split('|', 1)[0]?.trim() ?? '');
  const telling = parts.filter((part) => part !== '' && !/^(cd|export|set|source|pushd|echo|printf|true|sleep)\b/.test(part));
  const named = (telling.length > 0 ? telling : [command.trim()]).slice(0, 2).map(simpleCommandLabel);
  return [...new Set(named)].join('; ').replace(/[[\]\p{Cc}]/gu, '');
}

/** The program and its first two words that are no options and no numbers, paths by their last two parts. */
function simpleCommandLabel(command: string): string {
  const words = command.split(/\s+/).filter((word) => !/^\w+=/.test(word) && !/^\d?[<>]/.test(word));
  const [program = '', ...rest] = words;
  const named = rest
    .filter((word) => !word.startsWith('-') && !/^['"]?\d/.test(word))
    .map((word) => lastParts(word.replace(/['"]/g, ''), 2));
  return [lastParts(program, 1), ...named.slice(0, 2)].join(' ');
}

function shorten(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, most).trimEnd();
}

function snake(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2');
}

/** `str_replace_editor` has a field `command` with verbs such as `view`: no shell command. */
function isEditorVerb(call: ToolCall | undefined, value: string): boolean {
  return /^(view|create|str_replace|insert|undo_edit)$/.test(value) && pathOf(call) !== undefined;
}

/** Codex's code mode: a script that calls tools. Its commands, one to a line, where every one of them is spelled out. */
function commandsOfScript(script: string): string | undefined {
  const calls = script.match(/\bexec_command\s*\(/g) ?? [];
  const spelled = [...script.matchAll(/\bexec_command\s*\(\s*\{\s*"?cmd"?\s*:\s*("(?:[^"\\\n]|\\.)*")\s*[,}]/g)];
  if (calls.length === 0 || spelled.length !== calls.length) return undefined;
  try {
    return spelled.map(([, literal = '']) => JSON.parse(literal) as string).join('\n');
  } catch {
    return undefined;
  }
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((word) => typeof word === 'string');
}

function field(call: ToolCall | undefined, names: readonly string[]): unknown {
  const input = call?.input;
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return undefined;
  for (const name of names) if (Object.hasOwn(input, name)) return (input as Record<string, unknown>)[name];
  return undefined;
}
