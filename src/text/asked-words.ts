/** The words of a question by which rows that answer it are found: names, paths, numbers and long words, but no words of every day. */

const mostWords = 24;
const everyDay = new Set(
  'about above after again also another because before below being between change check could does done each error errors every fetch file files find first from have here into just know last lets like line lines list logs look looks make more most need next only other output please print read really result results right same should show since some still such sure tell test tests text than that their them then there these they thing things this those time until update using want well what when where whether which while will with without work works would write wrong your'.split(
    ' ',
  ),
);

/** Says whether a line holds one of the words that were asked for; undefined where nothing telling was asked. */
export function findAsked(asked: string | undefined): ((line: string) => boolean) | undefined {
  const words = new Set<string>();
  for (const [word] of (asked ?? '').matchAll(/[\p{L}\p{N}_][\p{L}\p{N}_./@-]{2,60}/gu)) {
    const plain = word.replace(/[./-]+$/, '').toLowerCase();
    const isName = /[\d_./@-]/.test(plain) && /\p{L}|\d{3}/u.test(plain);
    if ((plain.length >= 5 || (isName && plain.length >= 3)) && !everyDay.has(plain)) words.add(plain);
    if (words.size === mostWords) break;
  }
  if (words.size === 0) return undefined;
  const list = [...words];
  return (line) => {
    const lower = line.toLowerCase();
    return list.some((word) => lower.includes(word));
  };
}

/** As `findAsked`, with words of everyday speech of five letters or more as well; always false where nothing was asked. */
export function matcherOf(asked: string): (line: string) => boolean {
  const words = [...new Set(asked.toLowerCase().match(/[\p{L}\d_-]{5,40}/gu) ?? [])].slice(0, 60);
  if (words.length === 0) return () => false;
  return (line) => {
    const lower = line.toLowerCase();
    return words.some((word) => lower.includes(word));
  };
}
