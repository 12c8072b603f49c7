/**
 * A pure function of a text that is asked for the same one again and again, by one member after the other: the last answer is kept, for as
 * long as nobody else needs the memory.
 */

export function rememberLast<Made>(make: (text: string) => Made): (text: string) => Made {
  let last: WeakRef<{ readonly text: string; readonly made: Made }> | undefined;
  return (text) => {
    const known = last?.deref();
    if (known !== undefined && known.text === text) return known.made;
    const made = make(text);
    last = new WeakRef({ text, made });
    return made;
  };
}
