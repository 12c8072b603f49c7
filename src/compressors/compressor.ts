/**
 * How one kind of text gets smaller: one pure object per file and one line in `index.ts`. A member claims a text and writes it
 * smaller; whether that paid, what the conversation already shows, the notes, and everything that keeps it safe is the pipeline's.
 */
import type { ToolCall } from '../block.ts';

export interface TextToShrink {
  /** What the tool printed; lines that the agent itself put around it are set aside, and so are colours and overwritten lines. */
  readonly text: string;
  /** The call that asked for it: the best hint there is. */
  readonly call: ToolCall | undefined;
  /** What was said last before the call, by user or agent: the question that the text answers. At most 2,000 UTF-16 units. */
  readonly asked?: string;
}

/** Loses nothing. `inverse` gives back every byte of the input; the pipeline runs it before it believes the form. */
export interface SmallerText {
  readonly text: string;
  readonly form: 'invertible' | 'same-to-the-eye';
  readonly inverse?: (text: string) => string;
}

/** Which lines of a text are worth showing. The pipeline shows them whole and in order, counts the others, and keeps the original. */
export interface Excerpt {
  /** The form whose lines are meant; absent: the input itself. */
  readonly of?: SmallerText;
  /** One per line of that text: whether it is shown. Short gaps are shown all the same. */
  readonly keeps: readonly boolean[];
  /** What one line is called in notes: `line` where absent. */
  readonly unit?: 'line' | 'row';
  /** What the lines `from` to before `until` hold, in a few true words without brackets or line ends, such as `passed tests`. */
  readonly tell?: (from: number, until: number) => string | undefined;
}

export interface Compressor {
  /** Kind of text, as records and receipts name it. */
  readonly kind: string;
  /** What the receipt calls the saving. */
  readonly lever: string;
  /** How sure it is, from 0 (not mine) to 1 (parsed and certain). Below 0.5 it is not asked; 0.5: takes any text, whatever its kind. Linear in the text. */
  readonly claim: (input: TextToShrink) => number;
  /** One or more smaller forms that lose nothing, or undefined to give up. Pure, deterministic, idempotent. */
  readonly shrink: (input: TextToShrink) => SmallerText | readonly SmallerText[] | undefined;
  /** For big results where the profile allows it, or undefined to give up. Asked only after `claim`. */
  readonly excerpt?: (input: TextToShrink) => Excerpt | undefined;
}
