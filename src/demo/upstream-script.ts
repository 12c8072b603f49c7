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
  /** A tool of an MCP server: agents put the server's name before it, each in its own way; some show their tools on request only. */
  | { readonly mcp: string; readonly server: string; readonly input: unknown }
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
