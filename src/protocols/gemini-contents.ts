/** Contents of Gemini that are parsed, as Google's SDKs hold them. Of bodies it is `gemini-conversation.ts` that reads them. */
import { type Fields, type FoundText, isRecord, type MessageFormat, type Place, textOf, textsOf } from './message-format.ts';

export const geminiContents: MessageFormat = {
  name: 'gemini',
  readPart: (part, path, { role }) => {
    const { functionCall, functionResponse, text } = part;
    if (text !== undefined || (functionCall !== undefined && functionResponse !== undefined)) return undefined;
    if (isRecord(functionCall) && role === 'model') return callOf(functionCall, part);
    return isRecord(functionResponse) && role !== 'model'
      ? {
          of: textOf(functionResponse.id),
          tool: textOf(functionResponse.name),
          answersInOrder: true,
          texts: returnedTexts(functionResponse.response, [...path, 'functionResponse', 'response']),
        }
      : undefined;
  },
};

function callOf({ id, name, args }: Fields, part: Fields) {
  return typeof name === 'string' ? { id: textOf(id), call: { tool: name, input: args }, covers: part } : undefined;
}

/** What a tool returned is an object of the tool's own; its texts stand in it as they are, or as the items that MCP has. */
function returnedTexts(response: unknown, path: Place['path']): readonly FoundText[] {
  if (!isRecord(response)) return [];
  return Object.entries(response).flatMap(([name, value]) =>
    typeof value === 'string' || name === 'content' ? textsOf(value, [...path, name]) : [],
  );
}
