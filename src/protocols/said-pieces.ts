/** Cuts a user's text, already decoded, where an agent wrote output of commands into it; of bodies it is `user-pieces.ts` that does. */
import type { ToolCall } from '../block.ts';
import { findOutputs, outputHints } from './aider-output.ts';

/** UTF-16 units `from..to` of the text; pieces together cover all of it. */
export interface SaidPiece {
  readonly from: number;
  readonly to: number;
  /** Set for output: what returned it. */
  readonly call: ToolCall | undefined;
}

/** How many of the model's last texts may hold a command that it asked for. */
const mostTexts = 8;

/** One piece: it is a text like any other. `answers`: what the model said before it. */
export function cutSaid(text: string, answers: readonly string[]): readonly SaidPiece[] {
  const whole = [{ from: 0, to: text.length, call: undefined }];
  if (!outputHints.some((hint) => text.includes(hint))) return whole;
  let lines: ReadonlySet<string> | undefined;
  const outputs = findOutputs(text, (command) => {
    lines ??= new Set(answers.slice(-mostTexts).flatMap((answer) => answer.split('\n').map((line) => line.trim())));
    return lines.has(command);
  });
  const pieces: SaidPiece[] = [];
  let at = 0;
  for (const { from, to, call } of outputs) {
    if (from > at) pieces.push({ from: at, to: from, call: undefined });
    pieces.push({ from, to, call });
    at = to;
  }
  if (at < text.length) pieces.push({ from: at, to: text.length, call: undefined });
  return outputs.length > 0 ? pieces : whole;
}
