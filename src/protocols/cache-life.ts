/** How long a provider may keep what a request writes to its prompt cache, in seconds. Undefined: nobody can say, so it may still be there. */

import type { JsonTape } from '../text/json-tape.ts';

const minutes = 60;
const hours = 3600;

/** Anthropic's: 5 minutes, or the hour that a marker asks for. Others that speak its API keep as long as they like. */
export function anthropicLife({ bytes: body }: JsonTape, model: string | undefined): number | undefined {
  if (!model?.includes('claude')) return undefined;
  let life = 5 * minutes;
  for (let at = body.indexOf(ttl); at >= 0; at = body.indexOf(ttl, at + ttl.length)) {
    const [, value] = /^\s*:\s*(?:"([^"]*)"|[^\s"{])/.exec(body.toString('latin1', at + ttl.length, at + ttl.length + 40)) ?? [];
    // In an input or a schema the same word is data, and an object is no life; anything else that we do not know may be one.
    if (value === '1h') life = hours;
    else if (value !== '5m' && !isSchema(body, at + ttl.length)) return undefined;
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

const ttl = '"ttl"';

function isSchema(body: Buffer, from: number): boolean {
  return /^\s*:\s*\{/.test(body.toString('latin1', from, from + 40)) || /^\s*[,\]]/.test(body.toString('latin1', from, from + 40));
}
