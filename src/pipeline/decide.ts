/** What one result becomes: choose, then clean or shape, then repeats and thinning, then accept. */
import type { Block } from '../block.ts';
import { readNumbers } from '../text/numbered.ts';
import { numbersLines } from '../text/tool-call.ts';
import { pays, shareOut } from './accept.ts';
import { leastTokens, reasonToLeave } from './choose.ts';
import type { Decision } from './decision.ts';
import { layOut, readBack } from './layout.ts';
import { findRepeats, type Repeat } from './repeats.ts';
import { route } from './route.ts';
import { outputOf } from './thread.ts';
import type { VisibleLines } from './visible-lines.ts';

/**
 * Decides a result at first sight. Where it is shrunk, its outgoing lines have been shown in `visible`; else the caller rolls back.
 * `allowsRepeats` false: notes may not refer to anything above. May throw: the caller makes that a skip.
 */
export function decide(block: Block, visible: VisibleLines, allowsRepeats: boolean, count: (text: string) => number): Decision {
  const text = block.text;
  const reason = reasonToLeave(text);
  if (reason !== undefined) return leave(reason, 0);
  const tokensBefore = count(text);
  if (tokensBefore < leastTokens) return leave('small', tokensBefore);

  const shaped = route({ text, call: block.call });
  const numbered = readNumbers(shaped.text.split('\n'), numbersLines(block.call));
  visible.open(outputOf(block));
  const repeats = allowsRepeats ? findRepeats(numbered, outputOf(block), visible, count) : [];
  const outgoing = layOut(numbered, repeats);
  if (outgoing === text) return leave('nothing to gain', tokensBefore, shaped.kind);
  if (
    readBack(
      outgoing,
      numbered.spelling,
      repeats.map((repeat) => repeat.lines),
    ) !== shaped.text
  )
    return leave('inverse failed', tokensBefore, shaped.kind);
  const tokensAfter = count(outgoing);
  if (!pays(tokensBefore, tokensAfter)) return leave('nothing to gain', tokensBefore, shaped.kind);

  const hidden = repeats.reduce((sum, repeat) => sum + unitsOf(repeat) - repeat.note.length, 0);
  const units = { ...shaped.units, repeats: hidden, 'line numbers': shaped.text.length - outgoing.length - hidden };
  return {
    replacement: outgoing,
    form: shaped.form ?? 'invertible',
    reason: 'shrunk',
    kind: numbered.spelling ? 'numbered-lines' : shaped.kind,
    levers: shareOut(tokensBefore - tokensAfter, units),
    tokensBefore,
    tokensAfter,
    sources: [...new Set(repeats.map((repeat) => repeat.source))],
  };
}

/** A result that goes out as it came. */
export function leave(reason: string, tokens: number, kind = 'text'): Decision {
  return { replacement: undefined, form: undefined, reason, kind, levers: {}, tokensBefore: tokens, tokensAfter: tokens, sources: [] };
}

function unitsOf(repeat: Repeat): number {
  return repeat.lines.reduce((sum, line) => sum + line.length + 1, -1);
}
