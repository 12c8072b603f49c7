/** Whether a call prints what a file holds, or lines of it: text that the agent may edit and must see exactly. */
import type { ToolCall } from '../block.ts';
import { commandOf, searchers, showsFiles, viewers } from './tool-call.ts';

const printer = new RegExp(`^\\s*(?:sudo\\s+)?(?:${viewers}|${searchers})\\b`, 'i');
const gitFile = /^\s*git\s+(?:-\S+\s+\S+\s+)*(?:show|diff|grep|log|cat-file|blame)\b/;
/** Tools that search files, and those that fetch one from elsewhere. */
const fileTool = /^(?:grep|glob|rg)$|(?:^|_)(?:get|fetch|download)_?file(?:_?contents?)?$/i;

/** True where any part of a command does, whatever the other parts do; a pipe from `curl` or into `jq` prints data. */
export function printsFile(call: ToolCall | undefined): boolean {
  if (!call) return false;
  const command = commandOf(call);
  if (command === undefined) return showsFiles(call) || fileTool.test(call.tool);
  return command.split(/&&|\|\||[;\n]/).some((part) => {
    const stages = part.split('|');
    return gitFile.test(part) || stages.every((stage) => printer.test(stage));
  });
}
