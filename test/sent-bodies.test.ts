/** The comparison of what an agent sent with what reached upstream, which the end-to-end runs go by: it finds every change but one. */
import { describe, expect, test } from 'vitest';
import type { Checks } from '../scripts/e2e/checks.ts';
import { checkSpliced } from '../scripts/e2e/received.ts';

const bodies: Readonly<Record<string, string>> = {
  messages:
    '{"model":"m","system":"a rule","messages":[{"role":"user","content":[{"type":"tool_result","content":"RESULT"},{"type":"tool_result","content":[{"type":"text","text":"RESULT"}]}]}]}',
  chat: '{"model":"m","note":"a rule","messages":[{"role":"tool","content":"RESULT"},{"role":"tool","content":[{"type":"text","text":"RESULT"}]}]}',
  responses:
    '{"model":"m","instructions":"a rule","input":[{"type":"function_call_output","output":"RESULT"},{"type":"custom_tool_call_output","output":[{"text":"RESULT"}]}]}',
  gemini:
    '{"instruction":"a rule","contents":[{"parts":[{"functionResponse":{"name":"read","response":{"output":"RESULT","error":"RESULT"}}}]}]}',
};

describe.each(Object.entries(bodies))('%s', (_, body) => {
  test('tool results may differ', () => {
    expect(holds([body], [body.replaceAll('RESULT', 'a \\"note\\" é')])).toBe(true);
    expect(holds([body], [body])).toBe(true);
  });

  test.each([
    ['another word', (sent: string) => sent.replace('a rule', 'A rule')],
    ['another spelling of the same', (sent: string) => sent.replace('a rule', '\\u0061 rule')],
    ['a space', (sent: string) => sent.replace(':"a rule"', ': "a rule"')],
    ['another role or kind of part', (sent: string) => sent.replace(/"role":"tool"|"type":"\w+"|"name":"read"/, '"type":"other"')],
    ['a result that is there twice', (sent: string) => sent.replace('"RESULT"', '"RESULT","also":"RESULT"')],
  ])('%s is found', (_name, change) => {
    expect(change(body)).not.toBe(body);
    expect(holds([body], [change(body)])).toBe(false);
  });
});

test('a body that never came, one that was not sent on, and nothing at all are found', () => {
  const [first = '', second = ''] = Object.values(bodies);
  expect(holds([first], [first, first])).toBe(false);
  expect(holds([first, second], [first])).toBe(false);
  expect(holds([first, second], [second, first])).toBe(true);
  expect(holds([], [])).toBe(false);
});

function holds(received: readonly string[], requests: readonly string[]): boolean {
  let found = true;
  const check = (_title: string, isSo: boolean) => {
    found &&= isSo;
    return isSo;
  };
  const checks: Checks = {
    check,
    equal: (title, one, other) => check(title, one === other),
    ...{ note() {}, skip() {}, passed: () => 0, failed: () => 0 },
  };
  const asSent = (texts: readonly string[]) => texts.map((text) => ({ body: Buffer.from(text) }));
  checkSpliced(checks, { received: asSent(received), requests: asSent(requests) });
  return found;
}
