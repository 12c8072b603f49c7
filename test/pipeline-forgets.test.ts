/** What the pipeline forgets when others were quicker: all that it thought up of that conversation, and nothing of another. */
import { expect, test } from 'vitest';
import { type Block, messagesKey } from '../src/block.ts';
import { createPipeline } from '../src/pipeline/create.ts';
import { createMessageReader, type ParsedMessage } from '../src/protocols/parsed-messages.ts';

const count = (text: string) => Math.ceil(text.length / 4);
const say = (content: string): ParsedMessage => ({ role: 'user', content });
const report = Array.from({ length: 90 }, (_, at) => `a plain sentence about nothing in particular, ${at}`).join('\n');
const newer = Array.from({ length: 32 }, (_, at) => bash(at, `echo ${at}`, `word ${at} `.repeat(60))).flat();

function bash(id: number | string, command: string, content: string): ParsedMessage[] {
  return [
    { role: 'assistant', content: [{ type: 'tool_use', id: `t${id}`, name: 'Bash', input: { command } }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: `t${id}`, content }] },
  ];
}

function blocksOf(messages: readonly ParsedMessage[]): Block[] {
  const reader = createMessageReader('scope');
  return messages.flatMap((message) => reader.next(message));
}

test('a cold moment that others were quicker with is forgotten whole, what it thought up included', () => {
  const keep = () => ({ path: '/originals/0123456789abcdef' });
  const blocks = blocksOf([say('please do it'), ...bash('report', 'make report', report), ...newer, say('and now?')]);
  const conversation = { model: undefined, blocks, allowsRepeats: true };
  const pipeline = createPipeline({ count, keep });
  const told = pipeline.rewrite(conversation, { era: 'an-era', moment: 'cold' });
  expect([...told.replacements.values()].join('\n')).toContain('not shown, full text');
  pipeline.forget('an-era', messagesKey(blocks[0]!.key));
  const anew = pipeline.rewrite(conversation, { era: 'an-era', recorded: () => undefined });
  expect(anew.replacements).toEqual(createPipeline({ count, keep }).rewrite(conversation, { era: 'an-era' }).replacements);
});

test('what others decided of one conversation is no news of another that asks the same model for the same tools', () => {
  const pipeline = createPipeline({ count });
  const [one, other] = ['please do it', 'please do that'].map((asked) => {
    const blocks = blocksOf([say(asked), ...bash('report', 'make report', report), say('and now?')]);
    return { model: undefined, blocks, allowsRepeats: true };
  });
  const isKnown = (conversation: typeof one) => pipeline.rewrite(conversation!, { era: 'an-era' }).records.every(({ carried }) => carried);
  expect([isKnown(one), isKnown(other), isKnown(one), isKnown(other)]).toEqual([false, false, true, true]);
  pipeline.forget('an-era', messagesKey(one!.blocks[0]!.key));
  expect([isKnown(one), isKnown(other)]).toEqual([false, true]);
  pipeline.forget('an-era', undefined);
  expect([isKnown(one), isKnown(other)]).toEqual([false, false]);
});
