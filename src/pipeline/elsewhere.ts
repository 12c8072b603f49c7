/**
 * What is heavy about a big result and follows from its text and its call alone. Plain data in and out, so that another thread can do it;
 * who that is the pipeline's owner knows. What cannot be had there, a task that throws among it, is worked out in place, to the same.
 */
import type { ToolCall } from '../block.ts';
import { route, routeExcerpt, type Shaped, type ShapedExcerpt } from './route.ts';
import type { Steps } from './steps.ts';

interface ResultForms {
  readonly routed: Shaped;
  /** Undefined where there is none, or none was asked for. */
  readonly excerpt: ShapedExcerpt | undefined;
  /** o200k tokens of the text, of its routed form and of its excerpt, so far as there is one. */
  readonly tokens: { readonly text: number; readonly routed: number; readonly excerpt: number | undefined };
}

export interface ResultInput {
  readonly text: string;
  readonly call: ToolCall | undefined;
  /** What was said last before it; undefined: no excerpt is asked for. */
  readonly asked: string | undefined;
}

export interface Tasks {
  forms(input: ResultInput): ResultForms;
  /** The text of the routed form alone. */
  shape(input: ResultInput): string;
  count(input: ResultInput): number;
}

/** Never throws and never rejects; undefined: it cannot be had. */
export type Elsewhere = <Name extends keyof Tasks>(name: Name, input: ResultInput) => Promise<ReturnType<Tasks[Name]> | undefined>;

/** UTF-16 units from which a text is worth the way there and back: what takes some 20 ms here. */
export const leastElsewhere = 65_536;

/** `count`: o200k tokens of a text. */
export function createTasks(count: (text: string) => number): Tasks {
  return {
    forms: ({ text, call, asked }) => {
      const routed = route({ text, call }, count);
      const excerpt = asked === undefined ? undefined : routeExcerpt({ text, call, asked });
      const whole = count(text);
      const tokens = { text: whole, routed: routed.text === text ? whole : count(routed.text), excerpt: excerpt && count(excerpt.text) };
      return { routed, excerpt, tokens };
    },
    shape: ({ text, call }) => route({ text, call }, count).text,
    count: ({ text }) => count(text),
  };
}

/** What a task comes to elsewhere; undefined where it is to be worked out in place. */
export function* askElsewhere<Name extends keyof Tasks>(
  elsewhere: Elsewhere | undefined,
  name: Name,
  input: ResultInput,
): Steps<ReturnType<Tasks[Name]> | undefined> {
  if (!elsewhere || input.text.length < leastElsewhere) return undefined;
  let found: ReturnType<Tasks[Name]> | undefined;
  yield elsewhere(name, input).then((answer) => {
    found = answer;
  });
  return found;
}
