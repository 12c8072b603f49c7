/**
 * What tokens cost: US dollars per million, by model and tier, from the package genai-prices as it was published, or as the user has set
 * them. A model that neither knows has no price: nothing is guessed. Nothing is fetched.
 */

/** US dollars per million tokens. */
export interface Prices {
  readonly fresh: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly cacheRead: number;
  readonly output: number;
}

interface PricedRequest {
  /** As the provider's reply names it. */
  readonly model: string;
  /** Host of the upstream: of models that several providers offer, its own price. */
  readonly upstream: string | undefined;
  /** All input tokens: above a limit, some models cost more. */
  readonly input: number;
  /** Epoch milliseconds. */
  readonly time: number;
}

/** The prices of a request, or undefined where the model is unknown. */
export type PriceList = (request: PricedRequest) => Prices | undefined;

/** By model, exactly as replies name it, or by its beginning with `*` behind it. */
export type OwnPrices = Readonly<Record<string, Prices>>;

/** Loads the list (some 50 ms): when it is needed, never on the way to the agent's start. */
export async function loadPrices(own: OwnPrices = {}): Promise<PriceList> {
  const { calcPrice } = await import('@pydantic/genai-prices');
  const known = new Map<string, Rates | undefined>();
  const ratesOf = (model: string, upstream: string | undefined, time: number): Rates | undefined => {
    // Prices change by the day, not by the request.
    const key = JSON.stringify([model, upstream, Math.floor(time / 86_400_000)]);
    if (!known.has(key)) {
      const timestamp = new Date(time);
      const find = (options: { providerApiUrl?: string }) => calcPrice({ input_tokens: 1 }, model, { timestamp, ...options });
      // A gateway is nobody's API: then the model's own provider.
      const found = (upstream === undefined ? null : find({ providerApiUrl: `https://${upstream}` })) ?? find({});
      known.set(key, found?.model_price as Rates | undefined);
    }
    return known.get(key);
  };
  return ({ model, upstream, input, time }) => {
    const set = ownPrice(own, model);
    if (set) return set;
    const rates = ratesOf(model, upstream, time);
    return rates && pricesOf(rates, input);
  };
}

/** What the list is, for whoever prints figures from it. */
export const priceSource = `genai-prices ${typeof PRICES_VERSION === 'string' ? PRICES_VERSION : 'from source'}`;

declare const PRICES_VERSION: string;

/** A price for all tokens, or one that is another above a number of input tokens. */
type Rate = number | { readonly base: number; readonly tiers: readonly { readonly start: number; readonly price: number }[] };
type Rates = Readonly<Record<string, Rate | undefined>>;

/** Undefined where input or output has no price. A provider that does not tell cached input from other input bills both alike. */
function pricesOf(rates: Rates, input: number): Prices | undefined {
  const at = (name: string): number | undefined => rateAt(rates[name], input);
  const [fresh, output] = [at('input_mtok'), at('output_mtok')];
  if (fresh === undefined || output === undefined) return undefined;
  const cacheWrite5m = at('cache_write_mtok') ?? fresh;
  return {
    fresh,
    cacheWrite5m,
    cacheWrite1h: at('cache_write_1h_mtok') ?? cacheWrite5m,
    cacheRead: at('cache_read_mtok') ?? fresh,
    output,
  };
}

function rateAt(rate: Rate | undefined, input: number): number | undefined {
  if (rate === undefined || typeof rate === 'number') return rate;
  return rate.tiers.reduce((price, tier) => (input > tier.start ? tier.price : price), rate.base);
}

function ownPrice(own: OwnPrices, model: string): Prices | undefined {
  if (Object.hasOwn(own, model)) return own[model];
  const beginnings = Object.keys(own).filter((name) => name.endsWith('*') && model.startsWith(name.slice(0, -1)));
  const longest = beginnings.sort((one, other) => other.length - one.length)[0];
  return longest === undefined ? undefined : own[longest];
}
