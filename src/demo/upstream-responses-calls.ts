/** Spells scripted calls as Codex takes them: functions, patches as free text, or, in its code mode, scripts that call tools. */
import { resolveCall } from './resolve-call.ts';
import { spellPatch } from './spell-patch.ts';
import type { OfferedTool } from './upstream-responses-shapes.ts';
import type { ScriptedCall } from './upstream-script.ts';

export interface SpelledCall {
  readonly tool: OfferedTool;
  /** JSON for functions, free text for custom tools. */
  readonly input: string;
}

export function spellCall(call: ScriptedCall, tools: readonly OfferedTool[]): SpelledCall {
  const script = tools.find(({ name, isCustom }) => isCustom && name === 'exec');
  const patch = 'edit' in call || 'write' in call ? spellPatch(call) : undefined;
  if (script && !('raw' in call)) return { tool: script, input: patch === undefined ? runScript(call) : patchScript(patch) };
  const patcher = tools.find(({ name, isCustom }) => isCustom && name === 'apply_patch');
  if (patch !== undefined && patcher) return { tool: patcher, input: patch };
  const wanted: ScriptedCall = patch === undefined ? call : { shell: `apply_patch <<'END_OF_PATCH'\n${patch}END_OF_PATCH` };
  const { name, input } = resolveCall(wanted, tools);
  const tool = tools.find((each) => each.name === name) ?? { name, namespace: undefined, isCustom: false, properties: [] };
  return { tool, input: tool.isCustom && typeof input === 'string' ? input : JSON.stringify(input) };
}

function runScript(call: ScriptedCall): string {
  const { input } = resolveCall(call, [{ name: 'exec_command', properties: ['cmd'] }]);
  const { cmd } = input as { cmd: string };
  return `const ran = await tools.exec_command({cmd: ${JSON.stringify(cmd)}});\ntext(ran.exit_code ? \`Exit code \${ran.exit_code}\\n\${ran.output}\` : ran.output);`;
}

function patchScript(patch: string): string {
  return `text(await tools.apply_patch(${JSON.stringify(patch)}));`;
}
