/**
 * Who shrinks a text: terminal noise is cleaned first, lines of the agent's own are set aside, then the surest claim has it; a form that
 * does not read back is dropped, and the next one is asked.
 */
import type { Compressor, SmallerText, TextToShrink } from '../compressors/compressor.ts';
import { cleaner, compressors } from '../compressors/index.ts';
import { type Enveloped, splitEnvelope } from '../text/envelope.ts';
import { type JsonEnvelope, openJsonEnvelope } from '../text/json-envelope.ts';
import { namesLog, showsFiles } from '../text/tool-call.ts';
import type { Form } from './decision.ts';
import { type WrittenExcerpt, writeExcerpt } from './excerpt.ts';

export interface Shaped {
  readonly text: string;
  /** Undefined where nothing was changed. */
  readonly form: Form | undefined;
  readonly kind: string;
  /** UTF-16 units taken out, by lever. */
  readonly units: Readonly<Record<string, number>>;
}

export interface ShapedExcerpt extends Shaped {
  readonly excerpt: WrittenExcerpt;
}

/** A text cleaned and taken out of its envelope, and who claims it, the surest first. */
interface Routed {
  readonly cleaned: Shaped;
  readonly envelope: Enveloped;
  readonly input: TextToShrink;
  /** Where the text is JSON with texts in it. */
  readonly json: JsonEnvelope | undefined;
  readonly claims: readonly Compressor[];
  /** The kind of text that it is, if anybody knows. */
  readonly claimed: string | undefined;
}

const jsonLever = 'JSON escapes';

/** The smallest form that loses nothing: in tokens, which are counted where there are several. */
export function route(input: TextToShrink, count: (text: string) => number): Shaped {
  const routed = open(input);
  const whole = routeWhole(routed, count);
  if (!routed.json) return whole;
  const opened = routeTexts(routed, routed.json, count);
  // As data it may be smaller; as it came it shows no lines that could stand above.
  return whole.text !== routed.cleaned.text && count(whole.text) < count(opened.text) ? whole : opened;
}

/** Each text in the JSON by itself. */
function routeTexts({ cleaned, envelope, input }: Routed, { texts, write }: JsonEnvelope, count: (text: string) => number): Shaped {
  const shaped = texts.map((text) => route({ ...input, text }, count));
  const units: Record<string, number> = { ...cleaned.units, [jsonLever]: input.text.length - write(texts).length };
  for (const each of shaped) for (const [lever, taken] of Object.entries(each.units)) units[lever] = (units[lever] ?? 0) + taken;
  const forms = [cleaned.form, ...shaped.map((each) => each.form)];
  return {
    text: envelope.head + write(shaped.map((each) => each.text)) + envelope.tail,
    form: forms.includes('same-to-the-eye') ? 'same-to-the-eye' : 'invertible',
    kind: shaped.map((each) => each.kind).find((each) => each !== 'text') ?? 'json',
    units,
  };
}

function routeWhole({ cleaned, envelope, input: present, claims, claimed }: Routed, count: (text: string) => number): Shaped {
  for (const compressor of claims) {
    const smaller = smallest(compressor, present, count);
    if (!smaller) continue;
    const text = envelope.head + smaller.text + envelope.tail;
    const units = { ...cleaned.units, [compressor.lever]: cleaned.text.length - text.length };
    return { text, form: cleaned.form ?? smaller.form, kind: compressor.kind, units };
  }
  return { ...cleaned, kind: claimed ?? cleaned.kind };
}

/** The excerpt of the surest member that offers one; undefined where none does. */
export function routeExcerpt(input: TextToShrink): ShapedExcerpt | undefined {
  const routed = open(input);
  return excerptText(routed) ?? excerptWhole(routed);
}

/** Of the only text in JSON. */
function excerptText({ cleaned, envelope, input, json }: Routed): ShapedExcerpt | undefined {
  const [inner, ...others] = json?.texts ?? [];
  const found = inner !== undefined && others.length === 0 ? routeExcerpt({ ...input, text: inner }) : undefined;
  if (!json || !found || inner === undefined) return undefined;
  const text = envelope.head + json.write([found.text]) + envelope.tail;
  const units = { ...cleaned.units, ...found.units, [jsonLever]: input.text.length - json.write([inner]).length };
  return { ...found, text, units, excerpt: { ...found.excerpt, text } };
}

function excerptWhole({ cleaned, envelope, input: present, claims }: Routed): ShapedExcerpt | undefined {
  for (const compressor of claims) {
    const excerpt = compressor.excerpt?.(present);
    if (!excerpt) continue;
    const { of } = excerpt;
    if (of?.form === 'invertible' && of.inverse?.(of.text) !== present.text) continue;
    const base = of?.text ?? present.text;
    if (excerpt.keeps.length !== base.split('\n').length) continue;
    const written = writeExcerpt(base, excerpt);
    if (written.hidden === 0) continue;
    const text = envelope.head + written.text + envelope.tail;
    const taken = of ? { [compressor.lever]: present.text.length - base.length } : {};
    const units = { ...cleaned.units, ...taken, excerpts: base.length - written.text.length };
    return { text, form: 'excerpt', kind: compressor.kind, units, excerpt: { ...written, text } };
  }
  return undefined;
}

/** An excerpt is asked for right behind what loses nothing: who claims a text is found out once. */
function open(input: TextToShrink): Routed {
  const { text, call } = input;
  const known = last?.text === text && last.call === call ? last : { text, call, ...claim({ text, call }) };
  last = text.length > mostRemembered ? undefined : known;
  return { ...known, input: { ...input, text: known.envelope.body } };
}

type Claimed = Omit<Routed, 'input'>;

let last: (Claimed & Pick<TextToShrink, 'text' | 'call'>) | undefined;
/** UTF-16 units of a text that is remembered. */
const mostRemembered = 524_288;

function claim(input: TextToShrink): Claimed {
  const cleaned = clean(input);
  const envelope = splitEnvelope(cleaned.text);
  const present = { ...input, text: envelope.body };
  // Agents edit files by their exact text: whatever a member thinks of one, it is not asked. A log is no such file.
  const asked = showsFiles(input.call) && !namesLog(input.call) ? [] : compressors;
  const claims = asked
    .map((compressor) => ({ compressor, claim: compressor.claim(present) }))
    .filter(({ claim }) => claim >= 0.5)
    .sort((one, other) => other.claim - one.claim);
  // Whoever takes any text knows no kind.
  const claimed = claims.find(({ claim }) => claim > 0.5)?.compressor.kind;
  const json = openJsonEnvelope(envelope.body, input.call);
  return { cleaned, envelope, json, claims: claims.map(({ compressor }) => compressor), claimed };
}

function clean(input: TextToShrink): Shaped {
  const smaller = cleaner.claim(input) >= 0.5 ? smallest(cleaner, input, (text) => text.length) : undefined;
  if (!smaller) return { text: input.text, form: undefined, kind: 'text', units: {} };
  const units = { [cleaner.lever]: input.text.length - smaller.text.length };
  return { text: smaller.text, form: smaller.form, kind: cleaner.kind, units };
}

function smallest(compressor: Compressor, input: TextToShrink, count: (text: string) => number): SmallerText | undefined {
  const found = compressor.shrink(input);
  if (!found) return undefined;
  const forms = Array.isArray(found) ? (found as readonly SmallerText[]) : [found as SmallerText];
  const [first, ...others] = forms.filter(
    (form) => form.text.length < input.text.length && (form.form !== 'invertible' || form.inverse?.(form.text) === input.text),
  );
  if (!first || others.length === 0) return first;
  let best = first;
  let least = count(first.text);
  for (const form of others) {
    const size = count(form.text);
    if (size < least) best = form;
    least = Math.min(size, least);
  }
  return best;
}
