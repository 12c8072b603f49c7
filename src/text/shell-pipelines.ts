/** The pipelines of a shell command, each a row of simple commands, each a row of words. Reads quotes; expands nothing, runs nothing. */

/** UTF-16 units of a command that are read; what is longer carries a document. */
const mostLength = 20_000;
const wrappers = /^(sudo|command|time|nice|nohup|env|builtin|exec|then|do|else|if|while|until|!|\{)$/;

/** `FOO=1 cd a && sudo rg 'x y' | head` gives `[[['cd', 'a']], [['rg', 'x y'], ['head']]]`: assignments, redirections and wrappers are left out. */
export function pipelinesOf(command: string): string[][][] {
  const pipelines: string[][][] = [[]];
  let words: string[] = [];
  for (const token of tokensOf(command.slice(0, mostLength))) {
    if (token.word !== undefined) {
      words.push(token.word);
      continue;
    }
    const simple = withoutWrappers(words);
    if (simple.length > 0) pipelines.at(-1)?.push(simple);
    words = [];
    if (token.operator !== '|') pipelines.push([]);
  }
  return pipelines.filter((pipeline) => pipeline.length > 0).flatMap(unwrapShell);
}

/** The program of a simple command, without its folder. */
export function programOf(words: readonly string[] | undefined): string {
  return (words?.[0]?.split(/[\\/]/).at(-1) ?? '').replace(/\.exe$/i, '');
}

interface Token {
  readonly word?: string;
  readonly operator?: string;
}

function* tokensOf(text: string): Generator<Token> {
  let at = 0;
  while (at < text.length) {
    const letter = text[at] ?? '';
    if (letter === ' ' || letter === '\t' || letter === '\r') at++;
    else if (letter === '\\' && text[at + 1] === '\n') at += 2;
    else if (letter === '#') at = endOfLine(text, at);
    else if ('\n;&|()'.includes(letter)) {
      const double = (letter === '&' || letter === '|') && text[at + 1] === letter;
      if (!(letter === '&' && text[at + 1] === '>')) yield { operator: double ? letter + letter : letter };
      at += double ? 2 : 1;
    } else {
      const { word, end } = readWord(text, at);
      at = end;
      if (word !== undefined) yield { word };
    }
  }
  yield { operator: ';' };
}

/** One word without its quotes; undefined for a redirection. */
function readWord(text: string, from: number): { word: string | undefined; end: number } {
  const redirection = /^\d*(?:>>?|<<?<?-?)(?:&\d?)?[ \t]*/.exec(text.slice(from, from + 40))?.[0];
  if (redirection !== undefined) {
    const isWhole = /&\d$/.test(redirection.trimEnd());
    return {
      word: undefined,
      end: isWhole ? from + redirection.length : Math.max(readPlain(text, from + redirection.length).end, from + 1),
    };
  }
  return readPlain(text, from);
}

function readPlain(text: string, from: number): { word: string; end: number } {
  let word = '';
  let at = from;
  while (at < text.length && !' \t\r\n;&|()<>'.includes(text[at] ?? '')) {
    const letter = text[at] ?? '';
    if (letter === '\\') {
      word += text[at + 1] ?? '';
      at += 2;
    } else if (letter === "'" || letter === '"') {
      const end = quoteEnd(text, at, letter);
      word += text.slice(at + 1, end);
      at = end + 1;
    } else {
      word += letter;
      at++;
    }
  }
  return { word, end: at };
}

function quoteEnd(text: string, from: number, quote: string): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\' && quote === '"') at++;
    else if (text[at] === quote) return at;
  }
  return text.length;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function withoutWrappers(words: readonly string[]): string[] {
  let at = 0;
  while (at < words.length && (/^\w+=/.test(words[at] ?? '') || wrappers.test(words[at] ?? ''))) at++;
  if (words[at] === 'timeout') at += /^-/.test(words[at + 1] ?? '') ? 3 : 2;
  return words.slice(at);
}

/** `bash -lc 'rg x | head'` runs what its word says. */
function unwrapShell(pipeline: string[][]): string[][][] {
  const [words = []] = pipeline;
  const flag = words.findIndex((word) => /^-\w*c$/.test(word));
  if (pipeline.length > 1 || flag < 1 || !/^(ba|z|da|k)?sh$/.test(programOf(words))) return [pipeline];
  return pipelinesOf(words[flag + 1] ?? '');
}
