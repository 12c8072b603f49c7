/** A service's log that a command printed, big enough for an excerpt, and the turns that show it. */
export const log = Array.from(
  { length: 300 },
  (_, n) => `2026-01-05T10:00:${String(n % 60).padStart(2, '0')}Z INFO web: GET /items/${n} answered 200`,
)
  .join('\n')
  .replace('GET /items/150 answered 200', 'GET /items/150 failed: the disk is full');
export const ask = (id: string, command = 'docker logs web') => ({
  role: 'assistant',
  content: [{ type: 'tool_use', id, name: 'Bash', input: { command } }],
});
export const answer = (id: string, content: unknown = log) => ({
  role: 'user',
  content: [{ type: 'tool_result', tool_use_id: id, content }],
});
