/**
 * The lines that agents put around what a command printed: exit codes, times, tags. They are set aside so that every member sees what the
 * tool itself wrote, and they always stay.
 */

export interface Enveloped {
  /** `head + body + tail` is the text, to the byte. */
  readonly head: string;
  readonly body: string;
  readonly tail: string;
}

const heads: readonly RegExp[] = [
  // Codex: a few lines of its own, then `Output:`.
  /^(?:(?:Chunk ID|Exit code|Wall time|Process (?:exited|running) with|Original token count|Total output lines)\b[^\n]*\n){1,8}(?:Output:\n)?/,
  // Claude Code, failed commands.
  /^Exit code \d+\n/,
  /^OBSERVATION:\n/,
  // OpenCode's file views.
  /^<path>[^\n]*<\/path>\n(?:<type>[^\n]*<\/type>\n)?<content>\n/,
  /^<(?:stdout|output|result)>\n/,
  // Gemini CLI and its kin.
  /^<untrusted_context>\n(?:Output: )?/,
  /^(?:Command: [^\n]*\n)?Directory: [^\n]*\n(?:Output: )?/,
];

const tails: readonly RegExp[] = [
  /\n<exited with exit code \d+>\s*$/,
  /\n<\/(?:stdout|output|result|content)>\s*$/,
  /(?:\n(?:Error|Exit Code|Signal|Background PIDs|Process Group PGID): [^\n]*)*\n<\/untrusted_context>\s*$/,
  /\n<shellId: [^\n]*>\s*$/,
  /\n\[(?:Process|Command) (?:exited|completed|finished)[^\n]*\]\s*$/,
  /\n\(Current directory: [^\n]*\)\n(?:bash-\$|bash-\d[^\n]*)\s*$/,
];

/** How far from the end a tail may begin, in UTF-16 units. */
const mostTail = 400;

export function splitEnvelope(text: string): Enveloped {
  const head = heads.map((pattern) => pattern.exec(text)?.[0] ?? '').find((found) => found !== '') ?? '';
  const rest = text.slice(head.length);
  const end = rest.slice(-mostTail);
  const tail = tails.map((pattern) => pattern.exec(end)?.[0] ?? '').find((found) => found !== '') ?? '';
  return { head, body: rest.slice(0, rest.length - tail.length), tail };
}
