/** A model's reply as the provider streams it. */
import { model, type Piece } from './conversations.ts';

export function streamOf(content: readonly Piece[]): Buffer {
  const usage = { input_tokens: 100, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 2 };
  const message = {
    id: 'msg_compare',
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  };
  const reason = content.some(({ type }) => type === 'tool_use') ? 'tool_use' : 'end_turn';
  const events = [
    { type: 'message_start', message },
    ...content.flatMap((piece, index) => [
      { type: 'content_block_start', index, content_block: startOf(piece) },
      ...deltasOf(piece).map((delta) => ({ type: 'content_block_delta', index, delta })),
      { type: 'content_block_stop', index },
    ]),
    { type: 'message_delta', delta: { stop_reason: reason, stop_sequence: null }, usage: { output_tokens: 2 } },
    { type: 'message_stop' },
  ];
  return Buffer.from(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''));
}

function startOf(piece: Piece): Piece {
  if (piece.type === 'text') return { ...piece, text: '' };
  if (piece.type === 'thinking') return { ...piece, thinking: '', signature: '' };
  return piece.type === 'tool_use' ? { ...piece, input: {} } : piece;
}

function deltasOf({ type, text, thinking, signature, input }: Piece): Piece[] {
  if (type === 'text') return [{ type: 'text_delta', text }];
  if (type === 'thinking')
    return [
      { type: 'thinking_delta', thinking },
      { type: 'signature_delta', signature },
    ];
  return type === 'tool_use' ? [{ type: 'input_json_delta', partial_json: JSON.stringify(input) }] : [];
}
