/**
 * How one kind of text gets smaller: one pure object per file and one line in `index.ts`. A member claims a text and writes it
 * smaller; whether that paid, what the conversation already shows, and everything that keeps it safe is the pipeline's.
 */
import type { ToolCall } from '../block.ts';

export interface TextToShrink {
  readonly text: string;
  /** The call that asked for it: the best hint there is. */
  readonly call: ToolCall | undefined;
}

/** `inverse` gives back every byte of the input; the pipeline runs it before it believes the form. */
export interface SmallerText {
  readonly text: string;
  readonly form: 'invertible' | 'same-to-the-eye' | 'excerpt';
  readonly inverse?: (text: string) => string;
}

export interface Compressor {
  /** Kind of text, as records and receipts name it. */
  readonly kind: string;
  /** What the receipt calls the saving. */
  readonly lever: string;
  /** How sure it is, from 0 (not mine) to 1 (parsed and certain). Linear in the text. */
  readonly claim: (input: TextToShrink) => number;
  /** One or more smaller forms, or undefined to give up. Pure, deterministic, idempotent. */
  readonly shrink: (input: TextToShrink) => SmallerText | readonly SmallerText[] | undefined;
}
