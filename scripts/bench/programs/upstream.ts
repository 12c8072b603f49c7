/** The upstream that everything is measured against: takes a body in and answers at once, or with `?chunks=N` streams that many events, each with its time. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const pauseMs = 4;
const usage = { input_tokens: 100, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 10 };
const message = { id: 'msg_bench', type: 'message', role: 'assistant', model: 'claude-opus-4-5', stop_reason: 'end_turn', usage };
const whole = JSON.stringify({ ...message, content: [{ type: 'text', text: 'Done.' }] });

const server = createServer((request, response) => {
  const chunks = Number(new URL(request.url ?? '/', 'http://upstream').searchParams.get('chunks') ?? 0);
  request.resume().once('end', () => {
    if (chunks === 0) {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(whole) }).end(whole);
      return;
    }
    response.socket?.setNoDelay(true);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    let left = chunks;
    response.write(`event: message_start\ndata: ${JSON.stringify({ type: 'message_start', message })}\n\n`);
    const timer = setInterval(() => {
      // The time stands where the text does; the clock is the same in every process.
      const delta = { type: 'text_delta', text: `at ${process.hrtime.bigint()} ` };
      response.write(`event: content_block_delta\ndata: ${JSON.stringify({ type: 'content_block_delta', index: 0, delta })}\n\n`);
      left -= 1;
      if (left > 0) return;
      clearInterval(timer);
      response.end('event: message_stop\ndata: {"type":"message_stop"}\n\n');
    }, pauseMs);
    response.once('close', () => clearInterval(timer));
  });
});
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.once('disconnect', () => process.exit(0));
