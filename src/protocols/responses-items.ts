/** Items of OpenAI's Responses that are parsed: calls and their outputs are items of their own. */
import { type Fields, type FoundCall, type MessageFormat, parseArguments, textOf, textsOf } from './message-format.ts';
import { responsesOutputs, responsesTexts } from './part-types.ts';

export const responsesItems: MessageFormat = {
  name: 'responses',
  readItem: (item) => {
    const { type, call_id: of, output } = item;
    if (typeof type !== 'string') return undefined;
    if (!responsesOutputs.includes(type) || output === undefined) return callOf(item);
    return { of: textOf(of), texts: textsOf(output, ['output'], responsesTexts) };
  },
};

/** A function's arguments are JSON within a string; the input of a custom tool is free text; a shell's action is data. */
function callOf(item: Fields): FoundCall | undefined {
  const { type, call_id: callId, name, arguments: json, input, action } = item;
  const found = (tool: unknown, given: unknown) =>
    typeof tool === 'string' ? { id: textOf(callId), call: { tool, input: given }, covers: item } : undefined;
  if (type === 'function_call') return found(name, parseArguments(json));
  if (type === 'custom_tool_call') return found(name, input);
  return type === 'local_shell_call' ? found(type, action) : undefined;
}
