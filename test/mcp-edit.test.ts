/** The edits of agents' files by laws over any text: nothing but our entry comes, and nothing but our entry goes. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse, visit } from 'jsonc-parser';
import { afterAll, describe, expect, test } from 'vitest';
import { type Spelling, spellings } from '../src/mcp/agents.ts';
import { carryOut, planCut, planPut } from '../src/mcp/config-file.ts';
import { cutJson, EditError, putJson, readJson } from '../src/mcp/edit-json.ts';
import { cutToml, putToml } from '../src/mcp/edit-toml.ts';
import { isOwnEntry, isSameEntry } from '../src/mcp/own-entry.ts';

const start = { command: '/bin/node', args: ['/opt/a "b"\\c/cli.js', 'mcp'], environment: {} };
const keys = ['mcpServers', 'headroom'];
const options = { allowTrailingComma: true };

/** White space and comments between the parts of a JSON text; a comment of one line takes its line's end with it. */
const gap = fc
  .array(fc.constantFrom(' ', '\n', '\t', '\r\n', '  ', '// a, "b" }\n', '/* { */', '/*\n,\n*/', '\n\n// é\n'), { maxLength: 3 })
  .map((parts) => parts.join(''));
const name = fc.constantFrom('a', 'b', 'c d', 'é', 'mcp', 'servers', 'command', '"', '__x');
const scalar = fc.constantFrom('1', '-0.5e3', 'true', 'null', '""', '"// no comment"', '"\\u00e9\\\\"', '[]', '[1, /* two */ 2,]');

function object(value: fc.Arbitrary<string>, extra: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.uniqueArray(fc.tuple(gap, name, gap, gap, value, gap), { maxLength: 4, selector: ([, key]) => key }),
      extra,
      gap,
      fc.boolean(),
      fc.nat(4),
    )
    .map(([properties, own, end, isTrailing, at]) => {
      const written = properties.map(([a, key, b, c, each, d]) => `${a}${JSON.stringify(key)}${b}:${c}${each}${d}`);
      if (own !== '') written.splice(at, 0, own);
      return `{${written.join(',')}${isTrailing && written.length > 0 ? ',' : ''}${end}}`;
    });
}
const none = fc.constant('');
const inner = object(scalar, none);
const servers = fc.oneof(
  none,
  fc.tuple(gap, gap, object(fc.oneof(scalar, inner), none), gap).map(([a, b, value, c]) => `${a}"mcpServers"${b}:${value}${c}`),
);
const document = fc.tuple(gap, object(fc.oneof(scalar, inner), servers), gap).map((parts) => parts.join(''));
const runs = { numRuns: 600 };

const commentsOf = (text: string) => {
  const comments: string[] = [];
  visit(text, { onComment: (offset, length) => comments.push(text.slice(offset, offset + length)) }, options);
  return comments;
};

describe('a JSON text with comments', () => {
  test('gets the entry, and keeps its comments, its values and their order', () => {
    fc.assert(
      fc.property(document, (text) => {
        const put = putJson(text, keys, { command: 'x' });
        expect(readJson(put, keys)).toEqual({ command: 'x' });
        expect(commentsOf(put)).toEqual(commentsOf(text));
        const wanted = parse(text, [], options) as { mcpServers?: object };
        expect(JSON.stringify(parse(put, [], options))).toBe(
          JSON.stringify({ ...wanted, mcpServers: { ...wanted.mcpServers, headroom: { command: 'x' } } }),
        );
        // Every character of it is still there, in order.
        let at = 0;
        const isThere = [...text.replace(/\s/g, '')].every((each) => {
          const found = put.indexOf(each, at);
          at = found + 1;
          return found >= 0;
        });
        expect(isThere).toBe(true);
      }),
      runs,
    );
  });

  test('loses the entry again, and nothing else', () => {
    fc.assert(
      fc.property(document, (text) => {
        const put = putJson(text, keys, { command: 'x' });
        const cut = cutJson(put, keys, readJson(text, ['mcpServers']) === undefined ? 0 : 1);
        expect(JSON.stringify(parse(cut, [], options))).toBe(JSON.stringify(parse(text, [], options)));
        expect(commentsOf(cut)).toEqual(commentsOf(text));
        expect(cut.replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
      }),
      runs,
    );
  });

  test('that is anything else is refused, or edited as well', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(200), document, (junk, at, text) => {
        for (const each of [junk, text.slice(0, at) + junk + text.slice(at)]) {
          try {
            expect(readJson(putJson(each, keys, 1), keys)).toBe(1);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(EditError);
          }
        }
      }),
      runs,
    );
  });

  test('by its indentation decides that of the entry', () => {
    const wide = '{\n    "mcpServers": {\n        "a": {}\n    }\n}\n';
    expect(putJson(wide, keys, { b: [1] })).toBe(
      '{\n    "mcpServers": {\n        "a": {},\n        "headroom": {\n            "b": [\n                1\n            ]\n        }\n    }\n}\n',
    );
    expect(putJson('{"a":1}', keys, { b: 1 })).toBe('{"a":1, "mcpServers": {"headroom":{"b":1}}}');
  });
});

describe('a TOML text', () => {
  const tables = ['mcp_servers', 'headroom'];
  const piece = fc.constantFrom(
    '[a]\nb = 1\n',
    '[[c]]\nd = "["\n',
    '# note\n',
    '\n',
    '[mcp_servers.x]\ncommand = "y"\nargs = [\n  "z",\n]\n',
    '[e.f]\ng = """\n[h]\n"""\n',
  );
  const document = fc.uniqueArray(piece, { maxLength: 5 }).map((parts) => `top = 2024-01-01\r\n${parts.join('')}`);

  const later = fc.array(fc.constantFrom('\n', '# end\n', '\r\n'), { maxLength: 3 }).map((parts) => `${parts.join('')}[z]\nq = [\n]\n`);

  test('gets the table, and loses it again', () => {
    fc.assert(
      fc.property(document, later, (text, tail) => {
        const put = putToml(text, tables, { command: 'x', args: ['a"b\\'], env: { A: 'b' } });
        expect(put.startsWith(text)).toBe(true);
        expect(cutToml(put, tables)).toBe(text);
        expect(cutToml(put + tail, tables).replace(/\s/g, '')).toBe((text + tail).replace(/\s/g, ''));
      }),
      { numRuns: 500 },
    );
  });
});

describe('a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'headroom edit '));
  afterAll(() => rmSync(folder, { recursive: true }));
  const read = (file: string) => readFileSync(file, 'utf8');

  test.each(Object.entries(spellings) as [string, Spelling][])('comes back to the byte, by the spelling of %s', (spelling, how) => {
    const texts =
      how.format === 'json'
        ? fc.oneof(document, fc.constantFrom('', ' \n', '\uFEFF{}'))
        : fc.constantFrom('', 'a = 1', '[b]\r\nc = 2\n\n\n');
    let n = 0;
    fc.assert(
      fc.property(texts, (text) => {
        const file = join(folder, `${spelling}-${n++}`);
        writeFileSync(file, text);
        try {
          carryOut(planPut(file, how, how.entry(start), isOwnEntry));
        } catch (thrown) {
          // Somebody's `servers` may be no object.
          expect((thrown as { code?: string }).code).toBe('file-not-understood');
          expect(read(file)).toBe(text);
          return;
        }
        expect(read(`${file}.headroom-backup`)).toBe(text);
        expect(read(file)).not.toBe(text);
        carryOut(planCut(file, how));
        expect(read(file)).toBe(text);
      }),
      { numRuns: 200 },
    );
    expect(readdirSync(folder).filter((each) => each.includes('.headroom-'))).toEqual([]);
  });

  test('that somebody changes while we work is left alone', () => {
    const file = join(folder, 'busy.json');
    writeFileSync(file, '{}');
    const planned = planPut(file, spellings.servers, spellings.servers.entry(start), isOwnEntry);
    writeFileSync(file, '{"theirs":1}');
    expect(() => carryOut(planned)).toThrow('changed meanwhile');
    expect(read(file)).toBe('{"theirs":1}');
  });
});

test('an entry is ours by what it starts, however it is spelled', () => {
  const { servers: plain, opencode, vscode, codex } = spellings;
  for (const { entry } of [plain, opencode, vscode, codex]) expect(isOwnEntry(entry(start))).toBe(true);
  expect(isSameEntry(opencode.entry(start), plain.entry(start))).toBe(true);
  expect(isSameEntry(plain.entry(start), plain.entry({ ...start, environment: { A: 'b' } }))).toBe(false);
  const foreign = [
    undefined,
    null,
    7,
    'x',
    {},
    { url: 'http://x' },
    { command: 'headroom', args: ['mcp', 'serve'] },
    { command: 'npx', args: ['x', 'mcp'] },
    { command: ['node'], args: [1] },
  ];
  for (const entry of foreign) expect({ entry, isOwn: isOwnEntry(entry) }).toEqual({ entry, isOwn: false });
});
