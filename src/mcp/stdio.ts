/**
 * Messages as lines on two streams. What is no message is answered as JSON-RPC says and never ends the server; when the client closes its
 * end, what it asked for is still answered, and then this end closes.
 */

import type { Readable, Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { type JSONRPCMessage, JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js';

export interface StdioTransport extends Transport {
  /** Fulfilled when the client is gone. */
  readonly ended: Promise<void>;
}

export interface StdioOptions {
  /** UTF-16 units of one line; what is longer is refused and skipped. */
  readonly mostLength?: number;
}

const parseError = -32700;
const invalidRequest = -32600;

export function createStdioTransport(
  input: Readable,
  output: Writable,
  { mostLength = 64 * 1024 * 1024 }: StdioOptions = {},
): StdioTransport {
  const decoder = new StringDecoder('utf8');
  const open = new Set<string | number>();
  const pieces: string[] = [];
  let length = 0;
  let isInputOver = false;
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });

  const transport: StdioTransport = {
    ended,
    start: async () => {
      input.on('data', (chunk: Buffer) => take(decoder.write(chunk)));
      input.once('end', finish);
      input.once('close', finish);
      input.once('error', finish);
      // The client is gone: nobody reads on.
      output.on('error', () => void transport.close());
    },
    send: async (message) => {
      await write(tidy(message));
      if ('id' in message && message.id !== undefined && !('method' in message)) open.delete(message.id);
      closeWhenDone();
    },
    close: async () => {
      input.pause();
      transport.onclose?.();
      end();
    },
  };
  return transport;

  function take(text: string): void {
    const lines = text.split('\n');
    const rest = lines.pop() ?? '';
    for (const line of lines) {
      hold(line);
      const whole = pieces.join('');
      const isTooLong = length > mostLength;
      pieces.length = 0;
      length = 0;
      if (isTooLong) refuse(parseError, 'The message is too long');
      else read(whole);
    }
    hold(rest);
  }

  function hold(piece: string): void {
    length += piece.length;
    if (length <= mostLength) pieces.push(piece);
    else pieces.length = 0;
  }

  function read(line: string): void {
    if (line.trim() === '') return;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      refuse(parseError, 'This is no JSON');
      return;
    }
    // Several at once, as protocol 2025-03-26 had it: each is answered by itself.
    const messages: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (messages.length === 0) refuse(invalidRequest, 'There is no message in it');
    for (const message of messages) deliver(message);
  }

  function deliver(value: unknown): void {
    const { success, data: message } = JSONRPCMessageSchema.safeParse(value);
    if (!success) {
      refuse(invalidRequest, 'This is no message of JSON-RPC 2.0', idOf(value));
      return;
    }
    if ('method' in message && 'id' in message) open.add(message.id);
    // What was called off is not answered.
    if ('method' in message && message.method === 'notifications/cancelled') open.delete(message.params?.requestId as string | number);
    transport.onmessage?.(message);
  }

  function refuse(code: number, message: string, id: string | number | null = null): void {
    void write({ jsonrpc: '2.0', id, error: { code, message } });
  }

  function write(message: unknown): Promise<void> {
    return new Promise((resolve) => {
      output.write(`${JSON.stringify(message)}\n`, () => resolve());
    });
  }

  function finish(): void {
    if (isInputOver) return;
    isInputOver = true;
    // A last line without its end.
    take(`${decoder.end()}\n`);
    closeWhenDone();
  }

  function closeWhenDone(): void {
    if (isInputOver && open.size === 0) void transport.close();
  }
}

function idOf(value: unknown): string | number | null {
  const id = typeof value === 'object' && value !== null ? (value as { id?: unknown }).id : undefined;
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}

/** Errors in one line: what a schema says of a value it does not know may be pages. */
function tidy(message: JSONRPCMessage): JSONRPCMessage {
  if (!('error' in message)) return message;
  const [line = ''] = message.error.message.split('\n', 1);
  return { ...message, error: { code: message.error.code, message: line.replace(/[:\s[{]+$/, '').slice(0, 300) || 'Invalid request' } };
}
