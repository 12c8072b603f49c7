/** Which of many words a text holds. Looking for each of them in a big text takes long, and most of them are nowhere near: three letters in a row tell. */

const mask = 0xffff;

/** A test for words, each of any length. */
export function holdsWord(text: string): (word: string) => boolean {
  const present = new Uint8Array(mask + 1);
  let last = 0;
  for (let at = 0; at < text.length; at++) {
    last = threeLast(last, text.charCodeAt(at));
    present[last] = 1;
  }
  return (word) => mayHold(word, present) && text.includes(word);
}

function mayHold(word: string, present: Uint8Array): boolean {
  let last = 0;
  for (let at = 0; at < word.length; at++) {
    last = threeLast(last, word.charCodeAt(at));
    if (at >= 2 && present[last] === 0) return false;
  }
  return true;
}

/** A mixture of the last three letters and of no others: every step moves the oldest out. */
function threeLast(last: number, code: number): number {
  return ((last << 6) ^ (code * 37)) & mask;
}
