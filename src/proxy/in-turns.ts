/** Hands out what everybody works with at once, to one after the other, a turn of the event loop apart: replies of others flow on in between. */
export function inTurns<Thing>(get: () => Promise<Thing>): () => Promise<Thing> {
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const mine = last;
    last = mine.then(() => new Promise(setImmediate));
    return mine.then(get);
  };
}
