/** Request bodies of every protocol: as agents post them, spelled in every way, broken, and at the edges of what JSON is. */
import fc from 'fast-check';
import { chat, spellChat } from '../../test/helpers/chat-spelling.ts';
import { conversation } from '../../test/helpers/conversations.ts';
import { createDice } from '../../test/helpers/dice.ts';
import { spell, talk } from '../../test/helpers/messages-spelling.ts';
import { wireSpellings } from '../../test/helpers/wire-spellings.ts';
import { pathFor } from './part.ts';

export interface Body {
  /** What is special about it. */
  readonly kind: string;
  readonly path: string;
  readonly bytes: Buffer;
}

/** Some bodies of random conversations in the spelling of each agent, and the same with a few bytes wrong. */
export function randomBodies(seed: number, count: number): readonly Body[] {
  const dice = createDice(seed);
  const talks = fc.sample(conversation, { seed, numRuns: count });
  const valid = talks.flatMap((messages, at): Body[] => {
    const spelling = wireSpellings[at % wireSpellings.length]!;
    const path = pathFor(spelling.protocol);
    const bytes = spelling.bodyOf(messages, [undefined, undefined, 1, 4][dice(4)]);
    return path ? [{ kind: 'as agents post it', path, bytes }] : [];
  });
  const odd = [
    ...fc.sample(talk, { seed, numRuns: count }).map((each, at) => ({ path: '/v1/messages', bytes: spell(each, seed + at) })),
    ...fc.sample(chat, { seed, numRuns: count }).map((each, at) => ({ path: '/v1/chat/completions', bytes: spellChat(each, seed + at) })),
  ].map((body) => ({ ...body, kind: 'oddly spelled' }));
  const respelled = valid.map((body) => ({ ...body, kind: 'as nobody spells it', bytes: respell(body.bytes, dice) }));
  const broken = [...valid, ...odd].map((body) => ({ ...body, kind: 'a few bytes wrong', bytes: disturb(body.bytes, dice) }));
  return [...valid, ...respelled, ...odd, ...broken];
}

const gaps = ['', '', '', ' ', '\n', '\t', ' \r\n  '];

/** The same to whoever reads JSON: white space around the signs, and letters of texts and names as escapes, here and there. */
function respell(bytes: Buffer, dice: (sides: number) => number): Buffer {
  const gap = () => gaps[dice(gaps.length)]!;
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const isSeldom = 2 + dice(200);
  const text = bytes
    .toString()
    .replace(/"(?:[^"\\]|\\.)*"|[{}[\],:]/gs, (token) =>
      token.startsWith('"')
        ? token.replace(/\\u[0-9a-fA-F]{4}|\\.|[a-zA-Z /]/gs, (part) => (part.length > 1 || dice(isSeldom) > 0 ? part : escaped(part)))
        : gap() + token + gap(),
    );
  return Buffer.from(text);
}

const telling = Buffer.from('{}[],:"\\u0-1.eE+tfn \n');

function disturb(bytes: Buffer, dice: (sides: number) => number): Buffer {
  let present = bytes;
  for (let left = 1 + dice(3); left > 0; left--) {
    const at = dice(present.length + 1);
    const byte = Buffer.of(dice(2) === 0 ? telling[dice(telling.length)]! : dice(256));
    const [head, tail] = [present.subarray(0, at), present.subarray(at)];
    const ways = [
      () => [head, byte, tail.subarray(1)],
      () => [head, byte, tail],
      () => [head, tail.subarray(1)],
      () => [head],
      () => [head, tail.subarray(0, dice(400)), tail],
    ];
    present = Buffer.concat(ways[dice(ways.length)]!());
  }
  return present;
}

const depth = 10_000;
const nested = `${'['.repeat(depth)}${']'.repeat(depth)}`;
/** From the text of a valid body to that of one at an edge. */
const edges: Readonly<Record<string, (text: string) => string | Buffer>> = {
  'big numbers': (text) => add(text, '"n":123456789012345678901234567890123456789,"e":1E+400,"z":-0.0,"f":0.1000,"g":9007199254740993'),
  'a key twice': (text) => add(text, '"metadata":{"a":1,"a":2},"metadata":{"b":1}'),
  'the conversation twice': (text) => add(text, '"messages":[],"input":[],"contents":[]'),
  'nested 10,000 deep': (text) => add(text, `"deep":${nested}`),
  'never closed, 10,000 deep': (text) => text + '['.repeat(depth),
  'half a character': (text) => text.replaceAll('const', 'con\\ud800st').replaceAll('value', '\\udfffvalue'),
  'a byte order mark': (text) => `\ufeff${text}`,
  'something behind it': (text) => `${text} x`,
  'two bodies': (text) => text + text,
  NaN: (text) => add(text, '"n":NaN'),
  Infinity: (text) => add(text, '"n":-Infinity'),
  'single quotes': (text) => text.replaceAll('"', "'"),
  'a comment': (text) => text.replace('{', '{/* no JSON */'),
  'a comma too many': (text) => text.replace(/}\s*$/, ',}'),
  'raw control characters': (text) => text.replaceAll('const', 'con\u0001st\u0000'),
  'bytes that are no UTF-8': (text) => Buffer.from(text.replaceAll('const', 'con\xffst\xc3'), 'latin1'),
  'UTF-16': (text) => Buffer.from(text, 'utf16le'),
  'white space around it': (text) => ` \r\n\t${text}\n\n `,
  'escaped names': (text) =>
    text.replaceAll('"messages"', '"m\\u0065ssages"').replaceAll('"content"', '"cont\\u0065nt"').replaceAll('"input"', '"inp\\u0075t"'),
  'escaped text': (text) => text.replaceAll('const', '\\u0063onst').replaceAll('/', '\\/'),
  nothing: () => '',
  'white space alone': () => '  \n',
  null: () => 'null',
  'a list': (text) => `[${text}]`,
  'a string': (text) => JSON.stringify(text),
  'an empty conversation': (text) => text.replace(/"(messages|input)":\[[\s\S]*\](,"(?:max_tokens|tools|temperature))/, '"$1":[]$2'),
  'a string where a list is meant': (text) => text.replace(/"(messages|input)":\[/, '"$1":"x","rest":['),
  'four million values': (text) => add(text, `"many":[${'0,'.repeat(4_300_000)}0]`),
  '32 MB': (text) => add(text, `"filler":"${'é'.repeat(16 * 1024 * 1024)}"`),
};

/** Every edge, in a body of every agent. */
export function edgeBodies(seed: number): readonly Body[] {
  const [messages = []] = fc
    .sample(conversation, { seed, numRuns: 60 })
    .sort((one, other) => JSON.stringify(other).length - JSON.stringify(one).length);
  return wireSpellings.flatMap(({ protocol, bodyOf }) => {
    const path = pathFor(protocol);
    const text = bodyOf(messages).toString();
    return path ? Object.entries(edges).map(([kind, change]) => ({ kind, path, bytes: Buffer.from(change(text) as string) })) : [];
  });
}

/** One more member at the end of the object. */
function add(text: string, member: string): string {
  return text.replace(/\}\s*$/, () => `,${member}}`);
}
