/** A change as a patch in one text, as Codex's models write it. */
import type { ScriptedCall } from './upstream-script.ts';

/** Patches go by whole lines. */
export function spellPatch(call: Extract<ScriptedCall, { edit: string } | { write: string }>): string {
  const marked = (mark: string, text: string) =>
    text
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => `${mark}${line}\n`)
      .join('');
  const change =
    'edit' in call
      ? `*** Update File: ${call.edit}\n@@\n${marked('-', call.from)}${marked('+', call.to)}`
      : `*** Add File: ${call.write}\n${marked('+', call.text)}`;
  return `*** Begin Patch\n${change}*** End Patch\n`;
}
