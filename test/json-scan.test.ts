/** The scanner against its oracle: it accepts what JSON.parse accepts of the same bytes, and its spans hold what JSON.parse returns. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scanJson } from '../src/text/json-scan.ts';
import type { JsonTape } from '../src/text/json-tape.ts';
import { jsonText, spelled } from './helpers/json-spelling.ts';

describe('accepts exactly what JSON.parse accepts', () => {
  test('any JSON text, at any alignment', () => {
    fc.assert(
      fc.property(jsonText, fc.nat(7), ({ text, flat }, offset) => {
        const tape = scanJson(placed(Buffer.from(text), offset));
        expect(tape).toBeDefined();
        expect(parses(Buffer.from(text))).toBe(true);
        expect(flattened(tape!, 0)).toStrictEqual(JSON.parse(flat));
      }),
      { numRuns: 2000 },
    );
  });

  test('JSON texts with a few bytes wrong', () => {
    const byte = fc.oneof(fc.constantFrom(...Buffer.from('{}[],:"\\u0-1.eE+tfn \n')), fc.nat(255));
    const change = fc.record({
      kind: fc.constantFrom('put', 'insert', 'remove', 'cut', 'double'),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      byte,
    });
    let refused = 0;
    fc.assert(
      fc.property(jsonText, fc.array(change, { minLength: 1, maxLength: 3 }), ({ text }, changes) => {
        let bytes = Buffer.from(text);
        for (const { kind, at, byte } of changes) {
          const place = Math.floor(at * bytes.length);
          const [head, tail] = [bytes.subarray(0, place), bytes.subarray(place)];
          if (kind === 'put') bytes = Buffer.concat([head, Buffer.of(byte), tail.subarray(1)]);
          else if (kind === 'insert') bytes = Buffer.concat([head, Buffer.of(byte), tail]);
          else if (kind === 'remove') bytes = Buffer.concat([head, tail.subarray(1)]);
          else if (kind === 'cut') bytes = Buffer.from(head);
          else bytes = Buffer.concat([head, tail.subarray(0, 3), tail]);
        }
        const accepts = parses(bytes);
        if (!accepts) refused += 1;
        expect(scanJson(bytes) !== undefined, bytes.toString()).toBe(accepts);
      }),
      { numRuns: 5000 },
    );
    expect(refused).toBeGreaterThan(1000);
  });

  test('every text of up to four of the characters that make JSON', () => {
    const alphabet = ['{', '}', '[', ']', ',', ':', '"', '\\', 'a', '0', '1', '-', '.', 'e', '+', ' ', 'null'];
    let texts = [''];
    for (let length = 0; length <= 4; length += 1) {
      const wrong = texts.filter((text) => (scanJson(Buffer.from(text)) !== undefined) !== parses(Buffer.from(text)));
      expect(wrong).toEqual([]);
      if (length < 4) texts = texts.flatMap((text) => alphabet.map((next) => text + next));
    }
  });

  test('every byte at every place of a string, and after a backslash', () => {
    const wrong: string[] = [];
    for (let byte = 0; byte < 256; byte += 1) {
      for (let place = 0; place < 12; place += 1) {
        for (const backslash of ['', '\\', '\\u00', '\\u000']) {
          const bytes = Buffer.concat([Buffer.from(`["${'x'.repeat(place)}${backslash}`), Buffer.of(byte), Buffer.from('abcdefgh"]')]);
          if ((scanJson(bytes) !== undefined) !== parses(bytes)) wrong.push(`${byte} at ${place} after '${backslash}'`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test.each([
    ['nothing', ''],
    ['white space alone', ' \n'],
    ['a byte order mark', '\ufeff{}'],
    ['NaN', '[NaN]'],
    ['Infinity', '[-Infinity]'],
    ['a leading zero', '[01]'],
    ['a hexadecimal number', '[0x10]'],
    ['a number that ends in its point', '[1.]'],
    ['a trailing comma', '{"a":1,}'],
    ['a comment', '{"a":1/*x*/}'],
    ['single quotes', "{'a':1}"],
    ['something after the end', '{} x'],
    ['two values', '{}{}'],
    ['brackets that cross', '[{]}'],
    ['other white space', '[1,\u00a02]'],
    ['a form feed', '[1,\f2]'],
    ['a raw line break in a string', '["a\nb"]'],
    ['an unfinished string', '["abc'],
    ['an unfinished escape', '["abc\\'],
    ['an unfinished code', '["\\u12'],
    ['a key that is no string', '{1:2}'],
    ['a missing colon', '{"a" 1}'],
  ])('not %s', (_, text) => {
    expect(parses(Buffer.from(text))).toBe(false);
    expect(scanJson(Buffer.from(text))).toBeUndefined();
  });

  test('bytes that are no UTF-8: inside a string as JSON.parse of the decoded text, outside never', () => {
    for (const bytes of [Buffer.from([0x22, 0xff, 0xc3, 0x22]), Buffer.from([0x5b, 0xff, 0x5d]), Buffer.from([0x22, 0xe2, 0x82, 0x22])])
      expect(scanJson(bytes) !== undefined).toBe(parses(bytes));
  });
});

describe('nesting', () => {
  const deep = 200_000;

  test.each([
    ['arrays', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('%s nested 200,000 deep neither overflow the stack nor are taken for something else', (_, open, close) => {
    const text = `${open.repeat(deep)}0${close.repeat(deep)}`;
    expect(scanJson(Buffer.from(text))).toBeDefined();
    expect(scanJson(Buffer.from(text), 3)).toBeDefined();
    expect(scanJson(Buffer.from(text.slice(0, -1)))).toBeUndefined();
    expect(scanJson(Buffer.from(`${text}${close}`))).toBeUndefined();
    expect(scanJson(Buffer.from(open.repeat(deep)))).toBeUndefined();
  });

  test('what stands deeper than asked is checked and not listed', () => {
    const tape = scanJson(Buffer.from('{"a":[{"b":[1,2]},3],"c":4}'), 2)!;
    const [a, c] = tape.children(0);
    expect(tape.children(a!).map((element) => tape.parse(element))).toEqual([{ b: [1, 2] }, 3]);
    expect(tape.children(tape.children(a!)[0]!)).toEqual([]);
    expect(tape.parse(c!)).toBe(4);
    expect(scanJson(Buffer.from('{"a":[{"b":[1,}]}'), 2)).toBeUndefined();
  });
});

test('more than four million values are not listed, and not held in memory', () => {
  const many = (count: number): Buffer => Buffer.from(`{"a":[${'0,'.repeat(count)}0]}`);
  expect(scanJson(many(4_000_000))).toBeDefined();
  expect(scanJson(many(4_300_000))).toBeUndefined();
  expect(scanJson(many(4_300_000), 1)).toBeDefined();
});

describe('finding', () => {
  test('members by their decoded name, however it is spelled', () => {
    fc.assert(
      fc.property(spelled('content'), spelled('tool_result'), (name, value) => {
        const tape = scanJson(Buffer.from(`{"contents":1,"conten\\u0074s":2, ${name} : ${value}}`))!;
        const [content, missing] = tape.find(0, ['content', 'context'])!;
        expect(missing).toBe(-1);
        expect(tape.string(content!)).toBe('tool_result');
        expect(tape.stringIn(content!, ['tool_resul', 'tool_results', 'tool_result'])).toBe(2);
        expect(tape.keyIn(content!, ['context', 'contents'])).toBe(-1);
        expect(tape.bytes.toString('utf8', tape.start(content!), tape.end(content!))).toBe(value);
        expect(tape.bytes.toString('utf8', tape.keyStart(content!), tape.keyEnd(content!))).toBe(name);
      }),
    );
  });

  test('a name that stands twice is no find, another one is', () => {
    const tape = scanJson(Buffer.from('{"a":1,"b":2,"\\u0061":3}'))!;
    expect(tape.find(0, ['a'])).toBeUndefined();
    expect(tape.find(0, ['b', 'c'])).toEqual([2, -1]);
  });

  test('strings are decoded, long and short; other values are none', () => {
    const long = 'café ☕ '.repeat(30);
    const tape = scanJson(Buffer.from(`["a\\n\\ud800",1,null,"ü",${JSON.stringify(long)},"${long}\\n"]`))!;
    expect(tape.children(0).map((element) => tape.string(element))).toEqual(['a\n\ud800', undefined, undefined, 'ü', long, `${long}\n`]);
    expect(tape.string(-1)).toBeUndefined();
  });
});

function parses(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

/** The same bytes, `offset` bytes into another buffer, with quotes and brackets around them that are none of theirs. */
function placed(bytes: Buffer, offset: number): Buffer {
  const room = Buffer.alloc(bytes.length + 16, ']"');
  bytes.copy(room, offset);
  return room.subarray(offset, offset + bytes.length);
}

/** The value as the tape has it: containers from their children (of objects, keys and values in turn), scalars from their spans. */
function flattened(tape: JsonTape, value: number): unknown {
  const kind = tape.kind(value);
  const key = (member: number): unknown => JSON.parse(tape.bytes.toString('utf8', tape.keyStart(member), tape.keyEnd(member)));
  if (kind === 'array') return tape.children(value).map((element) => flattened(tape, element));
  if (kind === 'object') return tape.children(value).flatMap((member) => [key(member), flattened(tape, member)]);
  const parsed = tape.parse(value);
  expect(kind).toBe(parsed === null ? 'null' : typeof parsed);
  return parsed;
}
