/** What one result becomes: choose, then clean or shape, then repeats and thinning, then accept; and where the profile has them, an excerpt. */
import type { Block } from '../block.ts';
import { readNumbers } from '../text/numbered.ts';
import { numbersLines } from '../text/tool-call.ts';
import { pays, paysAsExcerpt, shareOut } from './accept.ts';
import { leastTokens, reasonToLeave } from './choose.ts';
import { coldLever, type Decision, leave } from './decision.ts';
import { askElsewhere, type Elsewhere } from './elsewhere.ts';
import { closeExcerpt, type WrittenExcerpt } from './excerpt.ts';
import { layOut, readBack } from './layout.ts';
import { findRepeats, type Repeat } from './repeats.ts';
import { route, routeExcerpt, type Shaped } from './route.ts';
import { finish, type Steps } from './steps.ts';
import { outputOf } from './thread.ts';
import type { VisibleLines } from './visible-lines.ts';

export interface DecideOptions {
  /** o200k tokens of a text. */
  readonly count: (text: string) => number;
  /** False: notes may not refer to anything above. */
  readonly allowsRepeats: boolean;
  /** What was said last before the block. */
  readonly asked: () => string;
  /** Puts an original where the agent can open it; absent: no excerpts. */
  readonly keep?: KeepOriginal | undefined;
  /** Tokens from which the result may become an excerpt, where that is not the usual amount. */
  readonly leastForExcerpt?: number | undefined;
  /** UTF-16 units of a text that are worked on in one step; as many as it has unless given. */
  readonly mostPerStep?: number | undefined;
  /** Where what is heavy about a big text is worked out; absent: in place. */
  readonly elsewhere?: Elsewhere | undefined;
}

/** The path of the original once it is kept, or why it could not be, in a few words that name no path. */
export type KeepOriginal = (text: string) => { readonly path: string } | { readonly reason: string };

export interface Decided extends Decision {
  /** Why an excerpt that would have paid was not made; it stands. */
  readonly noExcerpt?: string;
}

/** Decides a result at first sight. Where it is shrunk, its outgoing lines have been shown in `visible`; else the caller rolls back. May throw: the caller makes that a skip. */
export function decide(block: Block, visible: VisibleLines, options: DecideOptions): Decided {
  return finish(decideInSteps(block, visible, options));
}

/** The same, a big text in several steps. */
export function* decideInSteps(block: Block, visible: VisibleLines, options: DecideOptions): Steps<Decided> {
  const { text, call } = block;
  const reason = reasonToLeave(text, call);
  if (reason !== undefined) return leave(reason, 0);
  const forms = yield* askElsewhere(options.elsewhere, 'forms', { text, call, asked: options.keep && options.asked() });
  const tokensBefore = forms?.tokens.text ?? options.count(text);
  if (tokensBefore < leastTokens) return leave('small', tokensBefore);

  yield* pause(text, options);
  const mark = visible.mark();
  const routed = forms?.routed ?? route({ text, call }, options.count);
  yield* pause(text, options);
  const whole = yield* shape(block, tokensBefore, routed, visible, options, forms?.tokens.routed);
  const least = options.leastForExcerpt;
  if (!options.keep || !paysAsExcerpt(whole.tokensAfter, 0, least)) return whole;
  yield* pause(text, options);
  const shaped = forms ? forms.excerpt : routeExcerpt({ text, call, asked: options.asked() });
  yield* pause(text, options);
  if (!shaped || !paysAsExcerpt(whole.tokensAfter, forms?.tokens.excerpt ?? options.count(shaped.text), least)) return whole;
  // Before a line of it leaves, the original is where its note says.
  const kept = options.keep(text);
  if ('reason' in kept) return { ...whole, noExcerpt: `no excerpt: ${kept.reason}` };
  visible.rollBack(mark);
  yield* pause(text, options);
  const excerpt = yield* shape(block, tokensBefore, { ...shaped, text: closeExcerpt(shaped.excerpt, kept.path) }, visible, options);
  if (excerpt.replacement !== undefined) return { ...excerpt, original: nameIn(kept.path) };
  visible.rollBack(mark);
  return yield* shape(block, tokensBefore, routed, visible, options, forms?.tokens.routed);
}

/** What an old result becomes at a cold moment, its original kept; undefined where it is left to be decided as at first sight. Shows nothing. */
export function decideCold(
  { text, call }: Block,
  excerpt: WrittenExcerpt,
  { count, keep }: { readonly count: DecideOptions['count']; readonly keep: KeepOriginal },
): Decided | undefined {
  if (excerpt.hidden === 0 || reasonToLeave(text, call) !== undefined) return undefined;
  const kept = keep(text);
  if ('reason' in kept) return undefined;
  const replacement = closeExcerpt(excerpt, kept.path);
  const [tokensBefore, tokensAfter] = [count(text), count(replacement)];
  if (!pays(tokensBefore, tokensAfter)) return undefined;
  const levers = { [coldLever]: tokensBefore - tokensAfter };
  const original = nameIn(kept.path);
  return { replacement, form: 'excerpt', reason: 'shrunk', kind: 'old result', levers, tokensBefore, tokensAfter, sources: [], original };
}

/** One shape of a text with its repeats noted and its numbers thinned, or the reason why it does not pay. `tokensShaped`: of it before both, if known. */
function* shape(
  block: Block,
  tokensBefore: number,
  shaped: Shaped,
  visible: VisibleLines,
  options: DecideOptions,
  tokensShaped?: number,
): Steps<Decision> {
  const { allowsRepeats, count } = options;
  const numbered = readNumbers(shaped.text.split('\n'), shaped.form !== 'excerpt' && numbersLines(block.call));
  visible.open(outputOf(block));
  yield* pause(shaped.text, options);
  const repeats = allowsRepeats ? yield* findRepeats(numbered, outputOf(block), visible, count) : [];
  yield* pause(shaped.text, options);
  const outgoing = layOut(numbered, repeats);
  const kind = numbered.spelling ? 'numbered-lines' : shaped.kind;
  if (outgoing === block.text) return leave('nothing to gain', tokensBefore, kind);
  const noted = repeats.map((repeat) => repeat.lines);
  yield* pause(outgoing, options);
  if (readBack(outgoing, numbered.spelling, noted) !== shaped.text) return leave('inverse failed', tokensBefore, kind);
  yield* pause(outgoing, options);
  const known = outgoing === shaped.text ? tokensShaped : undefined;
  const tokensAfter = known ?? (yield* countInSteps(outgoing, options));
  if (!pays(tokensBefore, tokensAfter)) return leave('nothing to gain', tokensBefore, kind);

  const hidden = repeats.reduce((sum, repeat) => sum + unitsOf(repeat) - repeat.note.length, 0);
  const units = { ...shaped.units, repeats: hidden, 'line numbers': shaped.text.length - outgoing.length - hidden };
  return {
    replacement: outgoing,
    form: shaped.form ?? 'invertible',
    reason: 'shrunk',
    kind,
    levers: shareOut(tokensBefore - tokensAfter, units),
    tokensBefore,
    tokensAfter,
    sources: [...new Set(repeats.map((repeat) => repeat.source))],
  };
}

function* countInSteps(text: string, { count, elsewhere }: DecideOptions): Steps<number> {
  const found = yield* askElsewhere(elsewhere, 'count', { text, call: undefined, asked: undefined });
  return found ?? count(text);
}

function* pause(text: string, { mostPerStep = Number.POSITIVE_INFINITY }: DecideOptions): Steps<void> {
  if (text.length > mostPerStep) yield;
}

/** Originals are named by the first 16 hex digits of their hash, wherever they are kept. */
function nameIn(path: string): string | undefined {
  return /[0-9a-f]{16}$/.exec(path)?.[0];
}

function unitsOf(repeat: Repeat): number {
  return repeat.lines.reduce((sum, line) => sum + line.length + 1, -1);
}
