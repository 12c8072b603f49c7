/** Changed values over the JSON they were parsed from: it parses to what was meant, and every other byte stays. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { putText } from '../src/protocols/put-texts.ts';
import { rewriteJson } from '../src/text/json-rewrite.ts';

type Path = readonly (string | number)[];

/** The paths of everything in a value, the value itself aside. */
function pathsIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return path.length > 0 ? [path] : [];
  const keys: readonly (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  const inside = keys.flatMap((key) => pathsIn((value as Record<string | number, unknown>)[key], [...path, key]));
  return path.length > 0 ? [path, ...inside] : inside;
}

describe('rewriteJson', () => {
  test('comes to what was meant, whatever is replaced by whatever', () => {
    let replaced = 0;
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 4 }),
        fc.array(fc.nat(), { maxLength: 3 }),
        fc.jsonValue(),
        fc.constantFrom(0, 1, '\t'),
        (value, picks, other, indent) => {
          const text = JSON.stringify(value, undefined, indent);
          // As the pipeline's caller has it: parsed from the very bytes.
          const before: unknown = JSON.parse(text);
          let after = before;
          for (const pick of picks) {
            const paths = pathsIn(after);
            if (paths.length === 0) continue;
            after = putText(after, { path: paths[pick % paths.length]!, put: () => structuredClone(other) }, '');
            replaced++;
          }
          // JSON has no -0.
          expect(JSON.parse(rewriteJson(Buffer.from(text), before, after).toString())).toEqual(JSON.parse(JSON.stringify(after)));
        },
      ),
      { numRuns: 500 },
    );
    expect(replaced).toBeGreaterThan(200);
  });

  test('keeps every byte that says something else', () => {
    const text = '{"n": 1.50e+3 ,"big":12345678901234567890, "a":[ {"t":"old"},{"\\u0074":"stays"} ], "\\u0061b":"\\/"}\r\n';
    const before = JSON.parse(text) as { a: unknown[] };
    const after = { ...before, a: [{ t: 'ünlike\n"' }, before.a[1]] };
    expect(rewriteJson(Buffer.from(text), before, after).toString()).toBe(text.replace('"old"', '"ünlike\\n\\""'));
    expect(rewriteJson(Buffer.from(text), before, before).toString()).toBe(text);
  });

  test('of members that stand twice changes the one that counts, under whatever name', () => {
    const text = '{"a":1,"a":{"__proto__":"old","a":2}}';
    const before: unknown = JSON.parse(text);
    const after = putText(before, { path: ['a', '__proto__'] }, 'new');
    expect(rewriteJson(Buffer.from(text), before, after).toString()).toBe(text.replace('old', 'new'));
  });
});
