/**
 * What the scripted upstream plays: a list of steps. Which step comes is told by the request alone, so that title requests,
 * probes and subagents never disturb a conversation, and a call is spelled with the tools that this request advertises.
 */

/** A tool call to ask for; `raw` names the tool and its input as they are. */
export type ScriptedCall =
  | { readonly shell: string; readonly description?: string }
  | { readonly read: string; readonly offset?: number; readonly limit?: number }
  | { readonly grep: string; readonly path: string }
  | { readonly edit: string; readonly from: string; readonly to: string }
  | { readonly write: string; readonly text: string }
  | { readonly raw: string; readonly input: unknown };

interface Speech {
  readonly text?: string;
  readonly thinking?: string;
  /** Statuses that the first requests for this step get before it is played: `[529, 529]`. */
  readonly failures?: readonly number[];
}

interface CallStep extends Speech {
  readonly calls: readonly ScriptedCall[];
}

interface TextStep extends Speech {
  readonly text: string;
}

/** Whoever comes to this step gets this status, each time. */
interface ErrorStep {
  readonly status: number;
  readonly body?: unknown;
}

export type Step = CallStep | TextStep | ErrorStep;

export interface Script {
  readonly steps: readonly Step[];
  /** What agents that declare no tools are told, answer by answer. */
  readonly plainSteps?: readonly (TextStep | ErrorStep)[];
  /** Other steps for conversations whose last prompt contains `prompt`, such as a subagent's; the first that fits. */
  readonly conversations?: readonly { readonly prompt: string; readonly steps: readonly Step[] }[];
  /** What thinking blocks say where a step does not; undefined: no thinking. */
  readonly thinking?: string;
  /** The answer to requests without tools. */
  readonly sideText?: string;
}

/** Where in its script a request stands. */
export interface Scene {
  /** The last thing a person, or a parent agent, asked for. */
  readonly prompt: string;
  /** Assistant turns with tool calls since then. */
  readonly turns: number;
  /** How the agent asks for a summary in place of work. */
  readonly wantsSummary: boolean;
  readonly tools: readonly AdvertisedTool[];
  /** What the system prompt says, and what the model said so far: for agents that declare no tools. */
  readonly instructions: string;
  readonly answers: readonly string[];
}

export interface AdvertisedTool {
  readonly name: string;
  readonly properties: readonly string[];
}

export interface ResolvedCall {
  readonly name: string;
  readonly input: unknown;
}

/** The step a scene has come to; `name` tells it from every other one, for records and for counted failures. */
export function chooseStep(script: Script, scene: Scene): { readonly name: string; readonly step: Step } {
  if (scene.wantsSummary) return { name: 'summary', step: { text: '<summary>The steps of the script so far were played.</summary>' } };
  if (scene.tools.length === 0 && script.plainSteps && !plainSide.test(scene.instructions))
    return choosePlainStep(script.plainSteps, scene);
  if (scene.tools.length === 0) return { name: 'side', step: { text: script.sideText ?? 'A scripted side reply' } };
  const other = script.conversations?.findIndex(({ prompt }) => scene.prompt.includes(prompt)) ?? -1;
  const steps = script.conversations?.[other]?.steps ?? script.steps;
  const title = other < 0 ? 'step' : `conversation ${other} step`;
  return { name: `${title} ${scene.turns}`, step: steps[scene.turns] ?? { text: 'The script is over.' } };
}

/** What agents ask for beside the conversation: a commit message, a summary of what was said. */
const plainSide = /one-line (?:git )?commit message|summarize this partial conversation/i;

/** An agent without tools puts answers of its own between those of the model, so those that were played are counted. */
function choosePlainStep(steps: readonly (TextStep | ErrorStep)[], { answers }: Scene): { readonly name: string; readonly step: Step } {
  const texts = steps.flatMap((step) => ('text' in step ? step.text.trim() : []));
  const turn = new Set(answers.map((answer) => answer.trim()).filter((answer) => texts.includes(answer))).size;
  return { name: `plain step ${turn}`, step: steps[turn] ?? { text: 'The script is over.' } };
}

const candidates = {
  shell: [/^bash$/i, /^(exec_command|shell_command|run_shell_command|execute_command|run_commands|shell)$/, /bash|shell|exec|command/i],
  read: [/^read(_file)?$/i, /^(view|read)(?!_image)/i],
  grep: [/^grep(_search)?$/i, /^(rg|search_file_content|search_codebase)$/, /grep/i],
  edit: [/^edit(_file)?$/i, /^(replace|str_replace)/i],
  write: [/^write(_file|_to_file)?$/i, /^create_file$/i],
} as const;

/** Spells a call with the tools at hand; what has no tool of its own is asked for as a shell command. */
export function resolveCall(call: ScriptedCall, tools: readonly AdvertisedTool[]): ResolvedCall {
  if ('raw' in call) return { name: call.raw, input: call.input };
  if ('shell' in call) return shell(call.shell, call.description ?? 'Run a scripted command', tools);
  if ('read' in call) {
    const tool = find('read', tools);
    if (!tool) return shell(`cat ${quote(call.read)}`, 'Read a file', tools);
    const range = { ...(call.offset !== undefined && { offset: call.offset }), ...(call.limit !== undefined && { limit: call.limit }) };
    return { name: tool.name, input: { [pathProperty(tool)]: call.read, ...range } };
  }
  if ('grep' in call) {
    const tool = find('grep', tools);
    if (!tool) return shell(`grep -rn -e ${quote(call.grep)} ${quote(call.path)}`, 'Search', tools);
    const mode = tool.properties.includes('output_mode') ? { output_mode: 'content' } : {};
    return { name: tool.name, input: { pattern: call.grep, [pathProperty(tool, 'path')]: call.path, ...mode } };
  }
  if ('edit' in call) {
    const tool = required('edit', tools);
    const camel = tool.properties.includes('oldString');
    const texts = camel ? { oldString: call.from, newString: call.to } : { old_string: call.from, new_string: call.to };
    return { name: tool.name, input: { [pathProperty(tool)]: call.edit, ...texts } };
  }
  const tool = required('write', tools);
  return { name: tool.name, input: { [pathProperty(tool)]: call.write, content: call.text } };
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
  return ['file_path', 'filePath', 'path', 'absolute_path', 'dir_path'].find((name) => tool.properties.includes(name)) ?? otherwise;
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
