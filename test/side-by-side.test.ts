/**
 * What agents do beside a conversation: subagents and background tasks at once, resumes, rewinds, compactions, other models, titles and
 * probes. All of it through one proxy, which knows no conversation by name; and every request that real agents were seen to send.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { post, send } from './helpers/loopback-client.ts';
import { startTestProxy } from './helpers/loopback-proxy.ts';
import { closesAfterEach } from './helpers/loopback-scope.ts';
import { startUpstream } from './helpers/loopback-upstream.ts';

const kept = closesAfterEach();
const open = async () => {
  const upstream = await kept(startUpstream());
  return { upstream, proxy: await kept(startTestProxy(upstream.url)) };
};

const file = (name: string) =>
  Array.from({ length: 120 }, (_, at) => `${at + 1}\texport const ${name}${at} = compute(${at}, "${at * 7919}");`).join('\n');

/** A conversation in which the same file is read turn after turn. */
function history(prompt: string, name: string, turns: number): object[] {
  const messages: object[] = [{ role: 'user', content: prompt }];
  for (let turn = 0; turn < turns; turn++) {
    const id = `toolu_${prompt.length}_${turn}`;
    messages.push({ role: 'assistant', content: [{ type: 'tool_use', id, name: 'Read', input: { file_path: `/src/${name}.ts` } }] });
    messages.push({ role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: file(name) }] });
  }
  return messages;
}

const request = (messages: readonly object[], model = 'claude-opus-5-5', tools: readonly object[] = [{ name: 'Read', input_schema: {} }]) =>
  JSON.stringify({ model, max_tokens: 9, system: 'You work.', tools, messages });

describe('one proxy', () => {
  test('keeps conversations apart that go on at once, whatever their order, and each extends itself byte for byte', async () => {
    const { upstream, proxy } = await open();
    const talks = ['the main one', 'a subagent', 'another subagent, in the background'].map((prompt, at) => ({
      prompt,
      name: `file${at}`,
    }));
    const sent = new Map<string, string[]>(talks.map(({ prompt }) => [prompt, []]));
    for (let turn = 1; turn <= 5; turn++) {
      // All at once: nobody waits for the others.
      await Promise.all(talks.map(({ prompt, name }) => post(proxy.address, request(history(prompt, name, turn)))));
      for (const { body } of upstream.requests.slice(-talks.length)) {
        const { messages } = JSON.parse(body.toString()) as { messages: { content: string }[] };
        sent.get(messages[0]?.content ?? '')?.push(JSON.stringify(messages).slice(0, -1));
      }
    }
    for (const bodies of sent.values()) {
      expect(bodies).toHaveLength(5);
      expect(bodies.filter((body, at) => at > 0 && !body.startsWith(bodies[at - 1] ?? '?'))).toEqual([]);
      // The second read says where the text stands, in its own conversation alone.
      expect(bodies[4]).toContain('as above');
      expect(bodies[0]).not.toContain('as above');
    }
  });

  test('sends the same bytes for a conversation that is resumed, rewound and forked', async () => {
    const { upstream, proxy } = await open();
    const ask = async (messages: readonly object[]) => {
      await post(proxy.address, request(messages));
      return upstream.requests.at(-1)?.body.toString() ?? '';
    };
    const long = history('go', 'x', 4);
    const first = await ask(long);
    const rewound = await ask(long.slice(0, 5));
    expect(first.startsWith(rewound.slice(0, -2))).toBe(true);
    const fork = await ask([...long.slice(0, 5), { role: 'assistant', content: 'Well.' }, { role: 'user', content: 'another way' }]);
    expect(fork.startsWith(rewound.slice(0, -2))).toBe(true);
    expect(await ask(long)).toBe(first);
  });

  test('lets a compaction begin anew: what the summary replaced is not referred to', async () => {
    const { upstream, proxy } = await open();
    await post(proxy.address, request(history('go', 'x', 3)));
    const summary = { role: 'user', content: 'This session is continued. Summary: x.ts was read.' };
    await post(proxy.address, request([summary, ...history('go on', 'x', 1).slice(1)]));
    const after = upstream.requests.at(-1)?.body.toString() ?? '';
    expect(after).not.toContain('as above');
    expect(after).toContain('export const x119');
  });

  test('decides for each model alone, and finds its way back', async () => {
    const { upstream, proxy } = await open();
    const bodies: string[] = [];
    for (const [turn, model] of [
      [2, 'claude-opus-5-5'],
      [3, 'claude-haiku-5-5'],
      [4, 'claude-opus-5-5'],
    ] as const) {
      await post(proxy.address, request(history('go', 'x', turn), model));
      bodies.push(
        JSON.stringify((JSON.parse(upstream.requests.at(-1)?.body.toString() ?? '{}') as { messages: object }).messages).slice(0, -1),
      );
    }
    expect(bodies[2]?.startsWith(bodies[0] ?? '?')).toBe(true);
  });

  test.each<[string, string, string | undefined]>([
    [
      'a title',
      '/v1/messages',
      JSON.stringify({
        model: 'claude-haiku-5-5',
        max_tokens: 9,
        messages: [{ role: 'user', content: `Title for: ${'word '.repeat(900)}` }],
      }),
    ],
    ['a probe of the quota', '/v1/messages', '{"model":"claude-haiku-5-5","max_tokens":1,"messages":[{"role":"user","content":"quota"}]}'],
    ['a probe of the host', '/', undefined],
    ['a list of models', '/v1/models?limit=1', undefined],
    ['an event log', '/api/event_logging/batch', '{"events":[ {"a": 1.0} ]}'],
  ])('leaves %s as it came', async (_, path, body) => {
    const { upstream, proxy } = await open();
    await send(proxy.address + path, body === undefined ? { method: path === '/' ? 'HEAD' : 'GET' } : { method: 'POST', body });
    expect(upstream.requests.map(({ url }) => url)).toEqual([path]);
    expect(upstream.requests[0]?.body.toString()).toBe(body ?? '');
  });
});

const folder = process.env.HEADROOM_CAPTURES;
const captures = folder && existsSync(folder) ? listCaptures(folder) : [];
if (captures.length === 0) console.log('skipped: no captured requests (HEADROOM_CAPTURES names their folder)');

/** Requests with a body, by agent and name. */
function listCaptures(parent: string): readonly (readonly [name: string, path: string, body: unknown])[] {
  const agents = readdirSync(parent, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return agents.flatMap(({ name }) =>
    readdirSync(join(parent, name)).flatMap((each) => {
      const { url, body } = JSON.parse(readFileSync(join(parent, name, each), 'utf8')) as { url?: string; body?: unknown };
      const path = url?.replace(/^\/s\/SECRET/, '');
      return path && typeof body === 'object' && body !== null ? [[`${name}/${each}`, path, body] as const] : [];
    }),
  );
}

describe.skipIf(captures.length === 0)('requests of real agents', () => {
  test.each(captures)('%s goes where it was for, and only tool results may differ', async (name, path, body) => {
    const { upstream, proxy } = await open();
    const text = JSON.stringify(body);
    await send(proxy.address + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: text });
    await proxy.record(0);
    expect(upstream.requests.map(({ url }) => url)).toEqual([path]);
    const [record] = proxy.records;
    const sent = upstream.requests[0]?.body.toString() ?? '';
    if ((record?.bytesSent ?? 0) === (record?.bytesReceived ?? 1)) expect(sent).toBe(text);
    else expect(sent.length).toBeLessThan(text.length);
    // What holds a conversation is known by its protocol.
    const isTurn = /\/(?:messages|chat\/completions|responses)(?:\?|$)|enerateContent/.test(path);
    expect({ name, isTurn }).toEqual({ name, isTurn: record?.kind === 'turn' });
  });
});
