/** Who shrinks a text: terminal noise is cleaned first, then the surest claim has it; a form that does not read back is dropped. */

import type { Compressor, SmallerText, TextToShrink } from '../compressors/compressor.ts';
import { compressors } from '../compressors/index.ts';
import type { Form } from './decision.ts';

export interface Shaped {
  readonly text: string;
  /** Undefined where nothing was changed. */
  readonly form: Form | undefined;
  readonly kind: string;
  /** UTF-16 units taken out, by lever. */
  readonly units: Readonly<Record<string, number>>;
}

export function route(input: TextToShrink): Shaped {
  let shaped: Shaped = { text: input.text, form: undefined, kind: 'text', units: {} };
  for (const compressor of compressors) {
    const present = { ...input, text: shaped.text };
    if (compressor.claim(present) < 0.5) continue;
    const smaller = smallest(compressor, present);
    if (!smaller) continue;
    shaped = {
      text: smaller.text,
      form: shaped.form === 'same-to-the-eye' ? 'same-to-the-eye' : smaller.form,
      kind: compressor.kind,
      units: { ...shaped.units, [compressor.lever]: shaped.text.length - smaller.text.length },
    };
  }
  return shaped;
}

function smallest(compressor: Compressor, input: TextToShrink): SmallerText | undefined {
  const found = compressor.shrink(input);
  if (!found) return undefined;
  const forms = Array.isArray(found) ? (found as readonly SmallerText[]) : [found as SmallerText];
  return forms
    .filter((form) => form.text.length < input.text.length && (form.form !== 'invertible' || form.inverse?.(form.text) === input.text))
    .reduce<SmallerText | undefined>((best, form) => (best && best.text.length <= form.text.length ? best : form), undefined);
}
