/** How an agent's own base URLs become upstreams, and what stays of them behind our address. Pure functions. */

/** A base URL cut in two: `tail` is what stays behind our address, so that paths look as they always do. */
export interface SplitAddress {
  readonly upstream: string;
  readonly tail: string;
}

/** Cuts the first of these tails off, and slashes at the end. */
export function splitAddress(url: string, tails: readonly string[]): SplitAddress {
  const plain = url.trim().replace(/\/+$/, '');
  const tail = tails.find((each) => plain.endsWith(each)) ?? '';
  return { upstream: plain.slice(0, plain.length - tail.length), tail };
}

/** Whether requests can be sent there as they are: http or https, and nothing behind the path. */
export function isPlainAddress(url: string): boolean {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  return parsed !== undefined && /^https?:$/.test(parsed.protocol) && parsed.search === '' && parsed.hash === '';
}

/** The first of these that says anything. */
export function firstSet(...values: readonly (string | undefined)[]): string | undefined {
  return values.map((value) => value?.trim()).find(Boolean);
}
