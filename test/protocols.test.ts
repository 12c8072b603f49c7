/** What every protocol keeps to, over the list and its fixtures: `NAME.request.json` with `.blocks.json`, `.events.json` or `.reply.json` with `.usage.json`. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Block } from '../src/block.ts';
import { protocols } from '../src/protocols/index.ts';
import type { Protocol, WireConversation } from '../src/protocols/protocol.ts';
import { splice } from '../src/protocols/splice.ts';

const folder = join(import.meta.dirname, 'fixtures', 'protocols');

interface ExpectedBlock {
  readonly source: string;
  readonly text: string;
  readonly tool?: string;
  readonly input?: unknown;
}

test('the list and the fixtures name the same protocols', () => {
  expect(protocols.map(({ name }) => name).sort()).toEqual(readdirSync(folder).sort());
});

describe.each(protocols.map((protocol) => [protocol.name, protocol] as const))('%s', (name, protocol) => {
  const requests = fixtures(name, '.request.json');

  test.each(requests)('%s: the blocks, their order, text and calls', (_, path) => {
    const expected = JSON.parse(readFileSync(path.replace('.request.', '.blocks.'), 'utf8'));
    const { model, blocks, allowsRepeats } = protocol.read(readFileSync(path), 'scope')!;
    expect({ model, allowsRepeats }).toEqual({ model: expected.model, allowsRepeats: expected.allowsRepeats });
    expect(blocks.map(({ source, text, call }): ExpectedBlock => ({ source, text, ...call }))).toEqual(expected.blocks);
    // Said again: what is decoded late is decoded the same.
    expect(blocks.map(({ text, call }) => [text, call?.input])).toEqual(
      expected.blocks.map(({ text, input }: ExpectedBlock) => [text, input]),
    );
  });

  test.each(requests)(
    '%s: a span holds what stands between the quotes of the text, or a piece of it, and pieces leave out nothing',
    (_, path) => {
      const body = readFileSync(path);
      const { blocks } = read(protocol, body);
      let last = 0;
      for (const [at, { source, text, start, end }] of blocks.entries()) {
        expect(start).toBeGreaterThanOrEqual(last);
        expect(end).toBeGreaterThanOrEqual(start);
        if (source === 'result' || source === 'said') {
          if (start !== last) expect(body.toString('utf8', start - 1, start)).toBe('"');
          if (end !== blocks[at + 1]?.start) expect(body.toString('utf8', end, end + 1)).toBe('"');
          expect(JSON.parse(`"${body.toString('utf8', start, end)}"`)).toBe(text);
        }
        last = end;
      }
    },
  );

  test.each(requests)('%s: replaced results read back, all else as it was', (_, path) => {
    const body = readFileSync(path);
    const { blocks } = read(protocol, body);
    const results = blocks.filter(({ source }) => source === 'result');
    const shrunk = new Map(results.map((block, i) => [block, `shrunk ${i}\n"\\`]));
    const changed = splice(
      body,
      results.map((block) => ({ start: block.start, end: block.end, text: shrunk.get(block)! })),
    );
    const described = ({ source, text, call }: Block): unknown => [source, text, call?.tool, call?.input];
    expect(read(protocol, changed).blocks.map(described)).toEqual(
      blocks.map((block) => described({ ...block, text: shrunk.get(block) ?? block.text })),
    );
  });

  test.each(requests)('%s: the same body gives the same keys, another scope others, and no two blocks share one', (_, path) => {
    const body = readFileSync(path);
    const keys = keysOf(read(protocol, body));
    expect(keysOf(read(protocol, Buffer.from(body)))).toEqual(keys);
    expect(new Set([...keys, ...keysOf(protocol.read(body, 'elsewhere')!)]).size).toBe(keys.length * 2);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{48}$/);
  });

  test.each(requests)('%s: cut anywhere, or with something behind it, it is not understood', (_, path) => {
    const body = Buffer.from(readFileSync(path, 'utf8').trimEnd());
    for (let length = 0; length < body.length; length += 1) expect(protocol.read(body.subarray(0, length), 'scope')).toBeUndefined();
    for (const tail of ['}', ',', '{}', '\0', ']'])
      expect(protocol.read(Buffer.concat([body, Buffer.from(tail)]), 'scope')).toBeUndefined();
    for (const head of ['\ufeff', ',', '[']) expect(protocol.read(Buffer.concat([Buffer.from(head), body]), 'scope')).toBeUndefined();
  });

  test('any bytes: it understands them or it does not, it never throws', () => {
    const bodies = requests.map(([, path]) => readFileSync(path));
    fc.assert(
      fc.property(
        fc.constantFrom(...bodies),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.uint8Array({ maxLength: 6 }),
        fc.nat(6),
        (body, place, bytes, gone) => {
          const at = Math.floor(place * body.length);
          const mutated = Buffer.concat([body.subarray(0, at), bytes, body.subarray(at + gone)]);
          const conversation = protocol.read(mutated, 'scope');
          for (const { text, call } of conversation?.blocks ?? []) expect(typeof text + typeof (call?.tool ?? '')).toBe('stringstring');
        },
      ),
      { numRuns: 2000 },
    );
  });

  test.each([...fixtures(name, '.events.json'), ...fixtures(name, '.reply.json')])('%s: usage', (_, path) => {
    const reader = protocol.createUsageReader();
    const reply = readFileSync(path, 'utf8');
    if (path.endsWith('.reply.json')) reader.body(reply);
    else for (const event of JSON.parse(reply)) reader.event(JSON.stringify(event));
    expect(reader.usage() ?? null).toEqual(JSON.parse(readFileSync(path.replace(/\.(events|reply)\./, '.usage.'), 'utf8')));
  });

  test('usage of anything at all: nothing is thrown, nothing is made up', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.json())), (replies) => {
        const reader = protocol.createUsageReader();
        for (const reply of replies) {
          reader.event(reply);
          reader.body(reply);
        }
        expect(reader.usage()).toBeUndefined();
      }),
    );
  });

  test('a failure is JSON with the message in it', () => {
    const message = 'Upstream "x"\n did not answer';
    expect(Object.values(JSON.parse(protocol.errorBody(502, message)).error)).toContain(message);
  });

  test('serves nothing that is not its own', () => {
    for (const path of ['', '/', '/v1/models', '/favicon.ico']) expect(protocol.serves('POST', path)).toBeUndefined();
  });
});

function read(protocol: Protocol, body: Buffer): WireConversation {
  return protocol.read(body, 'scope')!;
}

function keysOf(conversation: WireConversation): string[] {
  return conversation.blocks.map(({ key }) => key);
}

function fixtures(name: string, ending: string): [string, string][] {
  const files = readdirSync(join(folder, name)).filter((file) => file.endsWith(ending));
  expect(files).not.toEqual([]);
  return files.map((file) => [basename(file, '.json'), join(folder, name, file)]);
}
