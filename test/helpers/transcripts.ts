/** Transcripts as agents write them down: a prompt, and a file read twice. */

export const code = Array.from({ length: 60 }, (_, at) => `${at + 1}\t  const value${at} = compute(${at}, 'argument number ${at}');`).join(
  '\n',
);
export const time = (second: number) => new Date(Date.UTC(2026, 0, 5, 10, 0, second)).toISOString();
const lines = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).join('\n');

/** The lines of Claude Code: a prompt, and a file read twice. */
export function claudeLines(extra: readonly unknown[] = []): string {
  const line = (uuid: string, parentUuid: string | null, second: number, rest: object) => ({
    uuid,
    parentUuid,
    timestamp: time(second),
    isSidechain: false,
    sessionId: 's',
    ...rest,
  });
  const usage = (read: number) => ({
    input_tokens: 3,
    cache_read_input_tokens: read,
    cache_creation_input_tokens: 2000,
    output_tokens: 40,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 2000 },
  });
  const said = (id: string, part: unknown, read: number) => ({
    type: 'assistant',
    message: { id, role: 'assistant', model: 'claude-opus-4-7', content: [part], usage: usage(read) },
  });
  const call = (id: string) => ({ type: 'tool_use', id, name: 'Read', input: { file_path: '/p/a.ts' } });
  const result = (id: string) => ({
    type: 'user',
    message: { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: code }] },
  });
  return lines([
    { type: 'queue-operation', sessionId: 's' },
    line('u1', null, 0, { type: 'user', message: { role: 'user', content: 'look at a.ts' } }),
    line('a1', 'u1', 2, said('m1', { type: 'text', text: 'I will.' }, 10_000)),
    line('a2', 'a1', 2, said('m1', call('t1'), 10_000)),
    line('u2', 'a2', 3, result('t1')),
    line('a3', 'u2', 5, said('m2', call('t2'), 12_000)),
    line('u3', 'a3', 6, result('t2')),
    line('a4', 'u3', 9, said('m3', { type: 'text', text: 'Done.' }, 14_000)),
    ...extra.map((each, at) => line(`x${at}`, at === 0 ? 'a4' : `x${at - 1}`, 20 + at, each as object)),
  ]);
}
export function codexLines(): string {
  const item = (payload: object, second = 1) => ({ timestamp: time(second), type: 'response_item', payload });
  const usage = { type: 'token_count', info: { last_token_usage: { input_tokens: 9000, cached_input_tokens: 8000, output_tokens: 50 } } };
  return lines([
    { timestamp: time(0), type: 'session_meta', payload: { id: 's' } },
    { timestamp: time(0), type: 'turn_context', payload: { model: 'gpt-5.5' } },
    item({ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'look' }] }),
    item({ type: 'reasoning', summary: [] }, 2),
    item({ type: 'function_call', name: 'exec_command', arguments: '{"cmd":"nl a.ts"}', call_id: 'c1' }, 2),
    { timestamp: time(2), type: 'event_msg', payload: usage },
    // The same once more, with new rate limits: it is no request.
    { timestamp: time(2), type: 'event_msg', payload: usage },
    item({ type: 'function_call_output', call_id: 'c1', output: code }, 3),
    item({ type: 'custom_tool_call', name: 'apply_patch', input: '*** Begin Patch', call_id: 'c2' }, 4),
    { timestamp: time(4), type: 'event_msg', payload: usage },
    item({ type: 'custom_tool_call_output', call_id: 'c2', output: '{"output":"Success"}' }, 5),
    { timestamp: time(6), type: 'compacted', payload: { message: 'what was done so far' } },
    item({ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'go on' }] }, 7),
    item({ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Done.' }] }, 8),
  ]);
}
