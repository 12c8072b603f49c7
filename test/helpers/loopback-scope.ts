/** Closes after each test what it started, last first. */
import { afterEach } from 'vitest';

/** Gives a function that takes whatever is being started and closes it after the test. */
export function closesAfterEach(): <T extends { close(): Promise<void> }>(starting: Promise<T>) => Promise<T> {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });
  return async (starting) => {
    const one = await starting;
    open.push(one);
    return one;
  };
}
