/** Requests that are parsed: where their conversation stands, and whether the provider is asked to leave some of it out; as the wire sees it. */
import { describe, expect, test } from 'vitest';
import { protocols } from '../src/protocols/index.ts';
import { readRequest } from '../src/protocols/parsed-request.ts';

const messages = [{ role: 'user', content: 'hi' }];
const conversations = {
  'anthropic-messages': { model: 'm', messages },
  'openai-chat': { model: 'm', messages },
  'openai-responses': { model: 'm', input: messages },
};

const cases: [keyof typeof conversations, Record<string, unknown>, boolean][] = [
  ['anthropic-messages', {}, true],
  ['anthropic-messages', { context_management: null }, true],
  ['anthropic-messages', { context_management: {} }, true],
  ['anthropic-messages', { context_management: { edits: [] } }, true],
  ['anthropic-messages', { context_management: { edits: [{ type: 'clear_thinking_20251015' }] } }, true],
  ['anthropic-messages', { context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] } }, false],
  ['anthropic-messages', { context_management: { edits: [{ type: 'clear_thinking_20251015' }, { type: 'compact' }] } }, false],
  ['anthropic-messages', { context_management: { edits: [7] } }, false],
  ['anthropic-messages', { context_management: { somethingNew: 1 } }, false],
  ['openai-chat', { transforms: [], plugins: [{ id: 'web' }] }, true],
  ['openai-chat', { transforms: ['middle-out'] }, false],
  ['openai-chat', { plugins: [{ id: 'web' }, { id: 'context-compression' }] }, false],
  ['openai-responses', { truncation: null }, true],
  ['openai-responses', { truncation: 'disabled' }, true],
  ['openai-responses', { truncation: 'auto' }, false],
  ['openai-responses', { context_management: [] }, true],
  ['openai-responses', { context_management: [{ type: 'compaction' }] }, false],
];

describe('a parsed request', () => {
  test.each(cases)('of %s with %j keeps its results: %j', (protocol, extra, keepsResults) => {
    const request = { ...conversations[protocol], ...extra };
    const wire = protocols.find(({ name }) => name === protocol)!.read(Buffer.from(JSON.stringify(request)), 'scope');
    expect(wire?.allowsRepeats).toBe(keepsResults);
    const list = protocol === 'openai-responses' ? 'input' : 'messages';
    expect(readRequest(request)).toEqual({ list, messages, model: 'm', keepsResults });
  });

  test.each([[null], [7], ['text'], [[]], [{}], [{ messages: 'text' }], [{ model: 'm', input: 'text' }]])('is not %j', (value) => {
    expect(readRequest(value)).toBeUndefined();
  });

  test('may say no model', () => {
    const contents = [{ role: 'user', parts: [{ text: 'hi' }] }];
    expect(readRequest({ contents })).toEqual({ list: 'contents', messages: contents, model: undefined, keepsResults: true });
    expect(readRequest({ contents: ['a', 7] })).toBeUndefined();
    expect(readRequest({ input: messages })).toEqual({ list: 'input', messages, model: undefined, keepsResults: true });
    expect(readRequest({ messages })).toEqual({ list: 'messages', messages, model: undefined, keepsResults: true });
  });
});
