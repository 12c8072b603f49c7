/** Random conversations of a coding agent: files read again and again, edits, shell output, searches; with the repeats that real ones have. */
import fc from 'fast-check';
import type { ParsedMessage } from '../../src/protocols/parsed-messages.ts';

const words = [
  'const',
  'return',
  'import',
  'value',
  'session',
  'tokens',
  'if (ready)',
  '}',
  '{',
  '',
  '  await',
  'função',
  '日本',
  '12',
  '7\tseven',
  '# title',
];

const line = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.array(fc.constantFrom(...words), { minLength: 0, maxLength: 12, size: 'max' }).map((parts) => parts.join(' ')),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 60, unit: 'binary' }).map((text) => text.replaceAll('\n', ' ')) },
  { weight: 1, arbitrary: fc.string({ minLength: 100, maxLength: 300 }).map((text) => text.replaceAll('\n', ' ')) },
);

const file = fc.oneof(
  { weight: 4, arbitrary: fc.array(line, { minLength: 40, maxLength: 120, size: 'max' }) },
  { weight: 1, arbitrary: fc.array(line, { minLength: 1, maxLength: 5 }) },
);

/** What one step does with one of three files. */
const step = fc.record({
  action: fc.constantFrom('read', 'read-part', 'cat', 'nl', 'write', 'edit', 'search', 'colour', 'say', 'two', 'logs'),
  file: fc.nat(2),
  from: fc.nat(60),
  count: fc.integer({ min: 1, max: 80 }),
  text: line,
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Messages that grow pair by pair: a call and its result. Files change on the way. */
export const conversation: fc.Arbitrary<ParsedMessage[]> = fc
  .tuple(fc.tuple(file, file, file), fc.array(step, { minLength: 2, maxLength: 14, size: 'max' }))
  .map(([files, steps]) => {
    const contents = files.map((lines) => [...lines]);
    const messages: ParsedMessage[] = [{ role: 'user', content: 'please do it' }];
    for (const [n, each] of steps.entries()) messages.push(...play(each, `t${n}`, contents));
    return messages;
  });

function play(each: Step, id: string, contents: string[][]): ParsedMessage[] {
  const lines = contents[each.file] ?? [];
  const path = `/project/src/file-${each.file}.ts`;
  const part = lines.slice(each.from % Math.max(1, lines.length)).slice(0, each.count);
  const first = (each.from % Math.max(1, lines.length)) + 1;
  switch (each.action) {
    case 'read':
      return turn(id, 'Read', { file_path: path }, numbered(lines, 1, '\t'));
    case 'read-part':
      return turn(id, 'Read', { file_path: path, offset: first }, numbered(part, first, '→', 6));
    case 'cat':
      return turn(id, 'Bash', { command: `cat ${path}` }, lines.join('\n'));
    case 'nl':
      return turn(id, 'Bash', { command: `nl -ba ${path}` }, numbered(part, first, '\t', 6));
    case 'write':
      contents[each.file] = [...part, each.text, ...lines];
      return turn(id, 'Write', { file_path: path, content: contents[each.file]?.join('\n') }, 'File written');
    case 'edit':
      lines.splice(first - 1, 1, each.text);
      return turn(
        id,
        'Edit',
        { file_path: path, old_string: 'x', new_string: [each.text, ...part].join('\n') },
        numbered(part, first, '→', 6),
      );
    case 'search':
      return turn(
        id,
        'Grep',
        { pattern: each.text },
        part
          .map((text, n) => `src/file-${n % 2}.ts:${n + 1}:${text}`)
          .sort()
          .join('\n'),
      );
    case 'colour':
      return turn(id, 'Bash', { command: 'npm test' }, part.map((text) => `\x1b[32m${text}\x1b[0m`).join('\n'));
    case 'logs':
      return turn(id, 'Bash', { command: `docker logs web-${each.file}` }, log(each.from, 90 + 2 * each.count, each.text));
    case 'two':
      return [
        { role: 'assistant', content: [call(`${id}a`, 'Read', { file_path: path }), call(`${id}b`, 'Bash', { command: `cat ${path}` })] },
        {
          role: 'user',
          content: [result(`${id}a`, numbered(lines, 1, '\t')), result(`${id}b`, [{ type: 'text', text: lines.join('\n') }])],
        },
      ];
    default:
      return [
        { role: 'assistant', content: [{ type: 'text', text: part.join('\n') }] },
        { role: 'user', content: part.join('\n') },
      ];
  }
}

/** A service's log, long enough for an excerpt: much of the same, now and then an error. */
function log(seed: number, count: number, text: string): string {
  return Array.from({ length: count }, (_, at) => {
    const time = new Date(Date.UTC(2026, 0, 5, 10, 0, seed * 7 + at * 3)).toISOString();
    const request = (seed * 7919 + at * 104729) % 100_003;
    if (request % 37 === 0) return `${time} ERROR web: request ${request} failed: ${text}`;
    return `${time} INFO web: GET /api/items/${request} answered 200 in ${request % 90} ms`;
  }).join('\n');
}

function turn(id: string, tool: string, input: unknown, text: string): ParsedMessage[] {
  return [
    { role: 'assistant', content: [{ type: 'thinking', thinking: 'hm' }, call(id, tool, input)] },
    { role: 'user', content: [result(id, text)] },
  ];
}

function call(id: string, name: string, input: unknown): unknown {
  return { type: 'tool_use', id, name, input };
}

function result(id: string, content: unknown): unknown {
  return { type: 'tool_result', tool_use_id: id, content };
}

function numbered(lines: readonly string[], first: number, separator: string, width = 0): string {
  return lines.map((text, n) => String(first + n).padStart(width) + separator + text).join('\n');
}
