/** JSON as outlines and tables: whatever its shape and spelling, what is written reads back to the byte. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readText, writeText } from '../src/compressors/json/json-text.ts';
import { json } from '../src/compressors/json.ts';

type Tree = { text: string } | { raw: string } | { items: readonly Tree[] } | { members: readonly (readonly [string, Tree])[] };

interface Style {
  readonly indent: string | undefined;
  readonly comma: string;
  readonly colon: string;
  readonly literal: (text: string) => string;
}

const ascii = (text: string): string => text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
const markup = (text: string): string => text.replace(/[<>&]/g, (unit) => `\\u00${unit.charCodeAt(0).toString(16)}`);

const style: fc.Arbitrary<Style> = fc.record({
  indent: fc.constantFrom(undefined, undefined, '  ', '    ', '\t'),
  comma: fc.constantFrom(',', ', '),
  colon: fc.constantFrom(':', ': '),
  literal: fc.constantFrom(
    (text: string) => JSON.stringify(text),
    (text: string) => ascii(JSON.stringify(text)),
    (text: string) => markup(JSON.stringify(text)),
    (text: string) => JSON.stringify(text).replaceAll('/', '\\/'),
  ),
});

/** Texts that could be taken for something else in an outline or a table. */
const trap = fc.constantFrom(
  ...['', ' ', '-', '- a', 'a: b', 'a:', '1', '-0', '1e5', 'null', 'true', '{}', '[]', '"q"', '3 rows', '1 item', 'text of 2 lines'],
  ...[
    'a\nb',
    'a\n\n  b\n',
    'a\tb',
    'a\rb',
    'same as a.b',
    'end of JSON',
    'JSON (compact) as outline',
    'the text below',
    '__proto__',
    '# x',
  ],
  ...['2024-01-15T10:00:00Z', 'https://example.net/a/1', '\u2028', '\u00a0a', '😀', '\ud800', 'é', '<a href="/">', '[0] x', '…'],
);
const words = fc.oneof(trap, fc.string({ maxLength: 10, unit: 'binary' }));
const scalar = fc.oneof(
  words.map((text) => ({ text })),
  fc.constantFrom('0', '-0', '1.0', '0.10', '1e5', '1E+5', '12345678901234567890', 'null', 'true', 'false').map((raw) => ({ raw })),
);
const key = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('id', 'name', 'path', 'children', 'a.b', 'x y') },
  { weight: 1, arbitrary: words },
);
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    scalar,
    fc.array(tie('tree'), { maxLength: 5 }).map((items) => ({ items })),
    fc.array(fc.tuple(key, tie('tree')), { maxLength: 5 }).map((members) => ({ members })),
    // Rows: the same keys again and again, some of them absent.
    fc
      .tuple(
        fc.array(key, { minLength: 1, maxLength: 4 }),
        fc.array(fc.array(fc.option(tie('tree')), { minLength: 4, maxLength: 4 }), { maxLength: 7 }),
      )
      .map(([keys, rows]) => ({
        items: rows.map((row) => ({ members: keys.flatMap((each, at) => (row[at] ? [[each, row[at]] as const] : [])) })),
      })),
  ),
}));

describe('JSON as tables', () => {
  test('reads back to the byte, whatever the shape and the spelling', () => {
    let written = 0;
    fc.assert(
      fc.property(tree, style, fc.constantFrom('whole', 'lines', 'midst', 'envelope', 'cut'), (drawn, spelled, where) => {
        const text = place({ items: [drawn, drawn, drawn, drawn] }, spelled, where);
        const outline = writeText(text);
        if (!outline) return;
        written++;
        expect(readText(outline.lines.join('\n'))).toBe(text);
      }),
      { numRuns: 1500 },
    );
    expect(written).toBeGreaterThan(300);
  });

  test('brings rows to the front and back, numbered or by a column that grows', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(words, scalar), { minLength: 10, maxLength: 40 }),
        style,
        fc.boolean(),
        fc.nat(9),
        (drawn, spelled, grows, first) => {
          const rows = drawn.map(
            ([text, value], at): Tree => ({
              members: [
                ['at', { raw: String(grows ? at * 7 : at % 3) }],
                ['text', { text }],
                ['value', value],
                ['kind', { text: 'a kind of some length' }],
                [
                  'below',
                  {
                    items: Array.from({ length: at % 4 }, (_, n) => ({
                      members: [['n', { raw: String(n) }] as const, ['text', { text }] as const],
                    })),
                  },
                ],
              ],
            }),
          );
          const text = write({ items: rows }, spelled, '\n');
          const outline = writeText(text, () => [first]);
          if (!outline) return;
          expect(readText(outline.lines.join('\n'))).toBe(text);
          if (outline.tables.length > 0) expect(outline.lines.join('\n')).toContain(grows ? 'order by at' : '# = place');
        },
      ),
      { numRuns: 300 },
    );
  });

  test('shows every error, warning and outlier of a long table, and counts the others', () => {
    const rows = Array.from({ length: 400 }, (_, at) => ({
      at: `2024-05-01T10:00:${String(at).padStart(3, '0')}Z`,
      level: at % 40 === 7 ? 'ERROR' : at % 50 === 9 ? 'WARN' : 'INFO',
      took: at === 123 ? 90_000 : 10 + (at % 17),
      zone: at === 200 ? 'moon' : 'earth',
      message: at % 40 === 7 ? `could not reach shard-${at}` : `served page ${at * 31}`,
    }));
    const text = JSON.stringify({ total: 400, rows });
    const excerpt = json.excerpt?.({ text, call: { tool: 'search_logs', input: {} }, asked: 'what of page 9300?' });
    const lines = excerpt?.of?.text.split('\n') ?? [];
    expect(excerpt?.of?.inverse?.(lines.join('\n'))).toBe(text);
    const shown = lines.filter((_, at) => excerpt?.keeps[at]).join('\n');
    for (const { level, took, zone, message } of rows)
      if (level !== 'INFO' || took > 1000 || zone === 'moon' || message === 'served page 9300') expect(shown).toContain(message);
    const from = excerpt?.keeps.indexOf(false) ?? -1;
    const until = excerpt?.keeps.lastIndexOf(false) ?? -1;
    expect(excerpt?.keeps.slice(from, until + 1)).not.toContain(true);
    expect(excerpt?.tell?.(from, until + 1)).toContain(`level INFO ${until + 1 - from}; took 10 to 26; zone earth ${until + 1 - from}`);
  });

  test('never touches what a file holds', () => {
    const text = JSON.stringify(Array.from({ length: 30 }, (_, id) => ({ id, name: `name ${id}`, kind: 'the same in all' })));
    const claims = (command: string): number => json.claim({ text, call: { tool: 'Bash', input: { command } } });
    for (const command of [
      'cat data.json',
      'cd app && head -c 3000 data.json; ls',
      'sed -n 1,9p a.json',
      'git show HEAD:data.json',
      'rg -h id data.jsonl',
    ])
      expect(claims(command), command).toBe(0);
    for (const command of ['gh pr list --json id', 'curl -s localhost | jq .', 'cat data.json | jq .', 'kubectl get pods -o json'])
      expect(claims(command), command).toBeGreaterThan(0.5);
    expect(json.claim({ text, call: { tool: 'Read', input: { file_path: '/data.json' } } })).toBe(0);
  });
});

function place(drawn: Tree, spelled: Style, where: string): string {
  const whole = spelled.indent === undefined ? spelled : { ...spelled, comma: ',', colon: ': ' };
  const text = write(drawn, whole, '\n');
  if (where === 'midst') return `HTTP/1.1 200 OK\n\n${text}\ndone\n{\n`;
  if (where === 'cut') return `${`[${text},${text},${text}`.slice(0, 1100 + ((text.length * 31) % 900))}… cut`;
  if (where === 'envelope') return JSON.stringify({ code: 0, stdout: text, stderr: '' });
  if (where === 'whole' || spelled.indent !== undefined) return text;
  const line = write(
    {
      members: [
        ['id', { raw: '1' }],
        ['value', drawn],
      ],
    },
    whole,
    '\n',
  );
  return [line, line, line, line].join('\n');
}

function write(node: Tree, spelled: Style, lineStart: string): string {
  if ('raw' in node) return node.raw;
  if ('text' in node) return spelled.literal(node.text);
  const inner = spelled.indent === undefined ? '' : lineStart + spelled.indent;
  const parts =
    'items' in node
      ? node.items.map((item) => write(item, spelled, inner))
      : node.members.map(([name, value]) => spelled.literal(name) + spelled.colon + write(value, spelled, inner));
  const [open, close] = 'items' in node ? '[]' : '{}';
  if (parts.length === 0) return `${open}${close}`;
  return `${open}${parts.map((part, at) => (at > 0 ? spelled.comma : '') + inner + part).join('')}${spelled.indent === undefined ? '' : lineStart}${close}`;
}
