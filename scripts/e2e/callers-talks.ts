/** The same small conversation as the SDKs spell it: a command printed a long log. */
export const log = Array.from(
  { length: 300 },
  (_, n) => `2026-01-05T10:00:${String(n % 60).padStart(2, '0')}Z INFO web: GET /items/${n} 200`,
).join('\n');
export const chat = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Why?' },
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'c', type: 'function', function: { name: 'shell', arguments: '{"command":"docker logs web"}' } }],
  },
  { role: 'tool', tool_call_id: 'c', content: log },
  { role: 'assistant', content: 'One moment.' },
  { role: 'user', content: 'And?' },
];
export const claude = [
  { role: 'user', content: 'Why?' },
  { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'shell', input: { command: 'docker logs web' } }] },
  { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c', content: log }] },
];
export const vercel = [
  { role: 'user', content: [{ type: 'text', text: 'Why?' }] },
  { role: 'assistant', content: [{ type: 'tool-call', toolCallId: 'c', toolName: 'shell', input: { command: 'docker logs web' } }] },
  { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'c', toolName: 'shell', output: { type: 'text', value: log } }] },
];
/** Of Gemini's what a function returned is data. */
const rows = Array.from({ length: 300 }, (_, id) => ({ id, name: `item ${id}`, state: 'ready', team: 'shop', region: 'north' }));
export const gemini = [
  { role: 'user', parts: [{ text: 'Why?' }] },
  { role: 'model', parts: [{ functionCall: { name: 'list', args: {} } }] },
  { role: 'user', parts: [{ functionResponse: { name: 'list', response: { rows } } }] },
];
