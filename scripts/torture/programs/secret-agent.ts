/** An agent whose requests hold secrets in every place that is not ours to keep, and a big result that is. In the end it looks at what we wrote so far. */
import { request as startRequest } from 'node:http';
import { join } from 'node:path';
import { log } from '../../../test/helpers/big-result.ts';
import { ownBaseUrl } from '../../bench/programs/post.ts';
import { planted } from '../planted.ts';
import { look } from '../written.ts';

const call = (id: string, command: string) => ({
  role: 'assistant',
  content: [{ type: 'tool_use', id, name: 'Bash', input: { command } }],
});
const result = (id: string, content: string) => ({ role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content }] });
const messages = [
  { role: 'user', content: `Look at the service. ${planted.prompt}` },
  call('toolu_1', `docker logs web # ${planted.command}`),
  result('toolu_1', log),
  call('toolu_2', 'env'),
  result('toolu_2', `TOKEN=${planted.result}`),
  { role: 'assistant', content: [{ type: 'thinking', thinking: planted.thinking, signature: 'x' }] },
  { role: 'user', content: `go on, ${planted.prompt}` },
];
const fixed = { model: 'claude-opus-4-5', system: planted.system, metadata: { user_id: planted.user }, max_tokens: 9 };
const bodyOf = (many: number) => JSON.stringify({ ...fixed, messages: messages.slice(0, many) });
const headers = {
  'content-type': 'application/json',
  'x-api-key': planted.key,
  authorization: `Bearer ${planted.bearer}`,
  cookie: `a=${planted.cookie}`,
};

// As a conversation grows; then well, with an error, reset, and to paths that nobody knows.
for (const many of [1, 3, 5]) await send(`/v1/messages?key=${planted.query}`, 'well', many);
for (const path of ['/v1/messages', '/v1/messages', '/v1/messages/count_tokens', '/v1/other'])
  for (const fate of ['well', 'error', 'reset']) await send(`${path}?key=${planted.query}`, fate);
process.stdout.write(JSON.stringify(look(join(process.env.HOME ?? '', '.cache'))));

function send(path: string, fate: string, many = messages.length): Promise<void> {
  return new Promise((resolve) => {
    const request = startRequest(
      ownBaseUrl() + path,
      { method: 'POST', agent: false, headers: { ...headers, 'x-torture': fate } },
      (reply) => {
        reply.resume().on('close', resolve);
      },
    );
    request.on('error', () => resolve()).end(bodyOf(many));
  });
}
