/** Puts texts into parsed messages: what changes is copied along the way to it, everything else is the very same object. */
import type { Place } from './message-format.ts';

/** The message with another text at its place; the message given stays as it is. */
export function putText<Message>(message: Message, { path, put }: Place, text: string): Message {
  return change(message, path, (before) => (put ? put(text, before) : text)) as Message;
}

function change(value: unknown, path: Place['path'], make: (before: unknown) => unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return make(value);
  const copy: Record<string | number, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...(value as object) };
  const holder = copy as Record<string | number, unknown>;
  holder[step] = change(holder[step], rest, make);
  return copy;
}
