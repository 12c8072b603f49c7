/** Requests to the provider to clear parts of the conversation itself: after them the text above may not be there. */
import type { JsonTape } from '../text/json-tape.ts';

/** Edits that clear anything but thinking may take away text that a repeat would point to. */
export function managementKeepsResults(tape: JsonTape, management: number): boolean {
  if (management < 0 || tape.kind(management) !== 'object') return true;
  const [edits = -1] = tape.find(management, ['edits']) ?? [];
  if (edits < 0 || tape.kind(edits) !== 'array') return tape.children(management).length === 0;
  return tape.children(edits).every((edit) => {
    const [type = -1] = tape.kind(edit) === 'object' ? (tape.find(edit, ['type']) ?? []) : [];
    return tape.string(type)?.startsWith('clear_thinking') === true;
  });
}
