/** Content as both APIs of OpenAI spell it: a string, or parts of which some hold a text. */
import type { ToolCall } from '../block.ts';
import { addOpaque, addSaid, addSaidObject, addText, addTextObject, type Reading, type Speaker } from './reading.ts';

/** Adds what somebody said; `types`: those of parts that hold a text and nothing else that matters. False where a member stands twice. */
export function readSaidContent(reading: Reading, content: number, types: readonly string[], speaker: Speaker): boolean {
  return readParts(
    reading,
    content,
    types,
    (text) => addSaid(reading, text, speaker),
    (part, text) => addSaidObject(reading, part, text, speaker),
  );
}

/** Adds what a tool returned, likewise. */
export function readResultContent(reading: Reading, content: number, types: readonly string[], call: ToolCall | undefined): boolean {
  return readParts(
    reading,
    content,
    types,
    (text) => addText(reading, 'result', text, call),
    (part, text) => addTextObject(reading, 'result', part, text, call),
  );
}

function readParts(
  reading: Reading,
  content: number,
  types: readonly string[],
  addAlone: (text: number) => void,
  addPart: (part: number, text: number) => void,
): boolean {
  const { tape } = reading;
  if (tape.kind(content) === 'string') addAlone(content);
  else if (tape.kind(content) !== 'array') addOpaque(reading, content);
  else
    for (const part of tape.children(content)) {
      const found = tape.kind(part) === 'object' ? tape.find(part, ['type', 'text']) : [];
      if (found === undefined) return false;
      const [type = -1, text = -1] = found;
      if (type >= 0 && tape.stringIn(type, types) >= 0 && text >= 0 && tape.kind(text) === 'string') addPart(part, text);
      else addOpaque(reading, part);
    }
  return true;
}
