/** How long a provider may keep what a request writes to its prompt cache, in seconds. Undefined: nobody can say, so it may still be there. */

import type { JsonTape } from '../text/json-tape.ts';

/** What may ask for a life. */
const lifeMark = '"ttl"';

/** Where it stands in a body. What an earlier body that begins with the same `shared` bytes holds of it is not looked for again. */
export function findLifeMarks(body: Buffer, earlier?: { readonly found: readonly number[]; readonly shared: number }): readonly number[] {
  const known = earlier ? Math.max(0, earlier.shared - lifeMark.length + 1) : 0;
  const found = earlier ? earlier.found.filter((at) => at < known) : [];
  for (let at = body.indexOf(lifeMark, known); at >= 0; at = body.indexOf(lifeMark, at + lifeMark.length)) found.push(at);
  return found;
}

const minutes = 60;
const hours = 3600;

/** Anthropic's: 5 minutes, or the hour that a marker asks for. Others that speak its API keep as long as they like. */
export function anthropicLife({ bytes: body }: JsonTape, model: string | undefined, marks: readonly number[]): number | undefined {
  if (!model?.includes('claude')) return undefined;
  let life = 5 * minutes;
  for (const at of marks) {
    const after = at + lifeMark.length;
    const [, value] = /^\s*:\s*(?:"([^"]*)"|[^\s"{])/.exec(body.toString('latin1', after, after + 40)) ?? [];
    // In an input or a schema the same word is data, and an object is no life; anything else that we do not know may be one.
    if (value === '1h') life = hours;
    else if (value !== '5m' && !isSchema(body, after)) return undefined;
  }
  return life;
}

/** OpenAI's: some minutes, an hour at quiet times, and a day where it is asked for or is the model's way. Others as they like. */
export function openaiLife(tape: JsonTape, model: string | undefined): number | undefined {
  if (model === undefined || !/^(openai\/)?(gpt-\d|o\d|codex|chatgpt)/.test(model)) return undefined;
  // What stands before the body's items is the provider's to know.
  const elsewhere = tape.find(0, ['previous_response_id', 'conversation']) ?? [0];
  return elsewhere.some((member) => member >= 0 && tape.kind(member) !== 'null') ? undefined : 24 * hours;
}

function isSchema(body: Buffer, from: number): boolean {
  return /^\s*:\s*\{/.test(body.toString('latin1', from, from + 40)) || /^\s*[,\]]/.test(body.toString('latin1', from, from + 40));
}
