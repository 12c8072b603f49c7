/** Messages bodies with tool results that the pipeline makes smaller. */

/** What a file read looks like: numbers before every line, which thin out. */
export function numberedFile(name: string, lines = 120): string {
  return Array.from(
    { length: lines },
    (_, at) => `${at + 1}\tconst ${name}${at} = compute(${(at * 7919) % 1000}, '${name}-${(at * 31) % 17}');`,
  ).join('\n');
}

/** A conversation in which each of these texts came back from a Read. */
export function bodyWith(results: readonly string[], more: Readonly<Record<string, unknown>> = {}): string {
  const messages: unknown[] = [{ role: 'user', content: 'Look at the files.' }];
  for (const [at, text] of results.entries()) {
    messages.push({
      role: 'assistant',
      content: [{ type: 'tool_use', id: `t${at}`, name: 'Read', input: { file_path: `/p/file${at}.ts` } }],
    });
    messages.push({ role: 'user', content: [{ type: 'tool_result', tool_use_id: `t${at}`, content: text }] });
  }
  return JSON.stringify({ model: 'claude-test', messages, system: 'Be brief.', max_tokens: 100, ...more });
}

/** The texts of the tool results in a body. */
export function resultsIn(body: Buffer | string): string[] {
  const { messages } = JSON.parse(String(body)) as { messages: { content: string | { type: string; content?: string }[] }[] };
  return messages
    .flatMap(({ content }) => (typeof content === 'string' ? [] : content))
    .flatMap((part) => (part.type === 'tool_result' ? [part.content ?? ''] : []));
}
