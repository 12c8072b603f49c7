/** How a writer of JSON spells strings: which characters it escapes beyond those that it must. Only strings spelled that way are read. */

export interface StringSpelling {
  /** `é` as `\u00e9`. */
  readonly escapesNonAscii: boolean;
  /** `<`, `>` and `&` as `\u003c` and so on. */
  readonly escapesMarkup: boolean;
  /** `/` as `\/`. */
  readonly escapesSlashes: boolean;
}

const escapes: readonly (readonly [keyof StringSpelling, string])[] = [
  ['escapesNonAscii', 'é as \\u00e9'],
  ['escapesMarkup', '<>& as \\u003c'],
  ['escapesSlashes', '/ as \\/'],
];
const lone = /\p{Surrogate}/u;

/** The spelling that a text of JSON seems to use. */
export function spellingOfStrings(json: string): StringSpelling {
  return {
    escapesNonAscii: /\\u(?!00[01]|003[ce]|0026)[0-9a-f]{4}/.test(json) && !/[^\0-\x7f]/.test(json),
    escapesMarkup: /\\u00(?:3c|3e|26)/.test(json),
    escapesSlashes: json.includes('\\/'),
  };
}

/** What strings escape beyond what they must, in words; empty: nothing. */
export function sayEscapes(strings: StringSpelling): string {
  return escapes
    .filter(([flag]) => strings[flag])
    .map(([, words]) => words)
    .join(', ');
}

export function readEscapes(said: string): StringSpelling {
  const has = (flag: keyof StringSpelling): boolean => said.includes(escapes.find(([each]) => each === flag)?.[1] ?? flag);
  return { escapesNonAscii: has('escapesNonAscii'), escapesMarkup: has('escapesMarkup'), escapesSlashes: has('escapesSlashes') };
}

/** The text of a literal, quotes and all; undefined where its writer would not have spelled it so, or where it is no well-formed text. */
export function readLiteral(literal: string, spelling: StringSpelling): string | undefined {
  if (!literal.includes('\\') && isPlain(literal, spelling)) return literal.slice(1, -1);
  let text: string;
  try {
    text = JSON.parse(literal) as string;
  } catch {
    return undefined;
  }
  return !lone.test(text) && writeLiteral(text, spelling) === literal ? text : undefined;
}

export function writeLiteral(text: string, spelling: StringSpelling): string {
  let literal = JSON.stringify(text);
  if (spelling.escapesSlashes) literal = literal.replaceAll('/', '\\/');
  if (spelling.escapesMarkup) literal = literal.replace(/[<>&\u2028\u2029]/g, spellUnit);
  return spelling.escapesNonAscii ? literal.replace(/[^\0-\x7f]/g, spellUnit) : literal;
}

function isPlain(literal: string, spelling: StringSpelling): boolean {
  if (spelling.escapesSlashes && literal.includes('/')) return false;
  if (spelling.escapesMarkup && /[<>&\u2028\u2029]/.test(literal)) return false;
  return !spelling.escapesNonAscii || !/[^\0-\x7f]/.test(literal);
}

function spellUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
