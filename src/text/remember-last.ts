/**
 * A pure function of a text that is asked for the same one again and again, by one member after the other: the last answer is kept. Of texts
 * beyond a bound it is not, so that little memory is held by what nobody may ask for again.
 */

/** UTF-16 units. */
const mostLength = 524_288;

export function rememberLast<Made>(make: (text: string) => Made): (text: string) => Made {
  let last: { readonly text: string; readonly made: Made } | undefined;
  return (text) => {
    if (last?.text === text) return last.made;
    const made = make(text);
    last = text.length > mostLength ? undefined : { text, made };
    return made;
  };
}
