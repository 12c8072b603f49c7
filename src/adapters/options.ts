/** What every adapter can be told. Types alone, so that they can be published as they are. */
import type { Compression, Headroom, HeadroomOptions } from '../library/headroom.ts';

export interface AdapterOptions extends HeadroomOptions {
  /** As for `compress`. */
  readonly tokenBudget?: number | undefined;
  /** An instance of one's own; `folder` and `recovery` are then its own. */
  readonly headroom?: Headroom | undefined;
  /** Told what each request came to, before it leaves. */
  readonly onCompressed?: ((compression: Compression<unknown>) => void) | undefined;
}
