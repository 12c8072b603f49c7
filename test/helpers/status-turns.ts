/** A conversation that asks for the same report again and again, so that what earlier ones said is superseded. */

export interface Turn {
  readonly command: string;
  readonly output: string;
}

export function statusTurn(n: number): Turn {
  const rows = Array.from({ length: 60 }, (_, at) => `row ${at} of report ${n}: ${(at * 7919 * (n + 3)) % 10_007} items`);
  return { command: 'npm run status', output: rows.join('\n') };
}

/** The request after these turns. */
export function bodyAfter(turns: readonly Turn[], changes: object = {}): string {
  const messages = [
    { role: 'user', content: [{ type: 'text', text: 'watch it' }] },
    ...turns.flatMap(({ command, output }, n) => [
      { role: 'assistant', content: [{ type: 'tool_use', id: `t${n}`, name: 'Bash', input: { command } }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: `t${n}`, content: output }] },
    ]),
  ];
  return JSON.stringify({ model: 'claude-opus-4-8', system: 'be kind', tools: [{ name: 'Bash' }], messages, ...changes });
}

/** As Anthropic answers where all of it was written. `read`: tokens that were not. */
export function usageAnswer(read = 0): string {
  const usage = { input_tokens: 3, cache_creation_input_tokens: 50_000, cache_read_input_tokens: read, output_tokens: 9 };
  return JSON.stringify({ model: 'claude-opus-4-8', usage });
}
