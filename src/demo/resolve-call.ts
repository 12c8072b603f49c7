/** Spells a scripted call with the tools at hand, as each agent names them and their parameters. */
import { spellPatch } from './spell-patch.ts';
import type { AdvertisedTool, ResolvedCall, ScriptedCall } from './upstream-script.ts';

const candidates = {
  shell: [/^bash$/i, /^(exec_command|shell_command|run_shell_command|execute_command|run_commands|shell)$/, /bash|shell|exec|command/i],
  read: [/^read(_files?)?$/i, /^(view|read)(?!_(?:image|bash|agent|many))/i],
  grep: [/^grep(_search)?$/i, /^(rg|search_file_content|search_codebase)$/, /grep/i],
  edit: [/^edit(_file)?$/i, /^(replace|str_replace|MultiEdit)/i, /^apply_patch$/, /^editor$/],
  write: [/^write(_file|_to_file)?$/i, /^create(_file)?$/i, /^apply_patch$/, /^editor$/],
} as const;

/** Spells a call with the tools at hand; what has no tool of its own is asked for as a shell command. */
export function resolveCall(call: ScriptedCall, tools: readonly AdvertisedTool[]): ResolvedCall {
  if ('raw' in call) return { name: call.raw, input: call.input };
  if ('shell' in call) return shell(call.shell, call.description ?? 'Run a scripted command', tools);
  if ('mcp' in call)
    return { name: tools.find(({ name }) => name.endsWith(call.mcp))?.name ?? `mcp__${call.server}__${call.mcp}`, input: call.input };
  if ('read' in call) return read(call, tools);
  if ('grep' in call) return grep(call, tools);
  if ('edit' in call) return edit(call, tools);
  const tool = required('write', tools);
  if (takesPatch(tool)) return { name: tool.name, input: { input: spellPatch(call) } };
  const key = ['file_text', 'new_text'].find((name) => tool.properties.includes(name)) ?? 'content';
  return { name: tool.name, input: { [pathProperty(tool)]: call.write, [key]: call.text } };
}

type Call<Kind extends string> = Extract<ScriptedCall, Record<Kind, unknown>>;

function read(call: Call<'read'>, tools: readonly AdvertisedTool[]): ResolvedCall {
  const tool = find('read', tools);
  if (!tool) return shell(`cat ${quote(call.read)}`, 'Read a file', tools);
  if (tool.properties.includes('files')) return { name: tool.name, input: { files: [{ path: call.read }] } };
  const range = { ...(call.offset !== undefined && { offset: call.offset }), ...(call.limit !== undefined && { limit: call.limit }) };
  return { name: tool.name, input: { [pathProperty(tool)]: call.read, ...range } };
}

function grep(call: Call<'grep'>, tools: readonly AdvertisedTool[]): ResolvedCall {
  const tool = find('grep', tools);
  if (!tool) return shell(`grep -rn -e ${quote(call.grep)} ${quote(call.path)}`, 'Search', tools);
  if (tool.properties.includes('queries')) return { name: tool.name, input: { queries: [call.grep] } };
  const mode = tool.properties.includes('output_mode') ? { output_mode: 'content' } : {};
  return { name: tool.name, input: { pattern: call.grep, [pathProperty(tool, 'path')]: call.path, ...mode } };
}

function edit(call: Call<'edit'>, tools: readonly AdvertisedTool[]): ResolvedCall {
  const tool = required('edit', tools);
  if (takesPatch(tool)) return { name: tool.name, input: { input: spellPatch(call) } };
  const has = (property: string) => tool.properties.includes(property);
  const place = { [pathProperty(tool)]: call.edit };
  if (has('edits')) {
    const [from, to] = has('path') ? ['oldText', 'newText'] : ['old_string', 'new_string'];
    return { name: tool.name, input: { ...place, edits: [{ [from!]: call.from, [to!]: call.to }] } };
  }
  const [from = '', to = ''] = editProperties.find(([first]) => has(first)) ?? editProperties[0]!;
  const reason = has('instruction') ? { instruction: 'Say it better' } : {};
  return { name: tool.name, input: { ...place, ...reason, [from]: call.from, [to]: call.to } };
}

const editProperties: readonly (readonly [string, string])[] = [
  ['old_string', 'new_string'],
  ['oldString', 'newString'],
  ['old_str', 'new_str'],
  ['old_text', 'new_text'],
];

/** A patch in one text, as a parameter. */
function takesPatch({ name, properties }: AdvertisedTool): boolean {
  return name === 'apply_patch' && properties.includes('input');
}

function shell(command: string, description: string, tools: readonly AdvertisedTool[]): ResolvedCall {
  const tool = required('shell', tools);
  const has = (property: string) => tool.properties.includes(property);
  const key = ['command', 'cmd', 'commands'].find(has) ?? 'command';
  const input: Record<string, unknown> = { [key]: key === 'commands' ? [command] : command };
  if (has('description')) input.description = description;
  return { name: tool.name, input };
}

function find(kind: keyof typeof candidates, tools: readonly AdvertisedTool[]): AdvertisedTool | undefined {
  for (const pattern of candidates[kind]) {
    const tool = tools.find(({ name }) => pattern.test(name));
    if (tool) return tool;
  }
  return undefined;
}

function required(kind: keyof typeof candidates, tools: readonly AdvertisedTool[]): AdvertisedTool {
  const tool = find(kind, tools);
  if (!tool) throw new Error(`no tool to ${kind} with among: ${tools.map(({ name }) => name).join(', ')}`);
  return tool;
}

function pathProperty(tool: AdvertisedTool, otherwise = 'file_path'): string {
  return (
    ['file_path', 'filePath', 'filepath', 'path', 'paths', 'absolute_path', 'dir_path'].find((name) => tool.properties.includes(name)) ??
    otherwise
  );
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
