/** The real pipeline of a proxy, loaded when it is first needed: by then the socket listens already. */
import type { KeepOriginal } from '../pipeline/decide.ts';
import type { Elsewhere } from '../pipeline/elsewhere.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { ProxySettings } from '../proxy/records.ts';

/**
 * UTF-16 units of conversation that a proxy of many visitors remembers: some 200 conversations of 200 KB. What is forgotten is worked out
 * anew, to the same bytes, at 25 ms for 100 KB.
 */
const mostOfMany = 40 * 1024 * 1024;

/**
 * `mostRemembered`: else what suits one launch, or many visitors where the door stands open. `refusal`: why nothing can be left out just now,
 * where that is so. `elsewhere`: where big results are worked out, if not in place.
 */
export async function loadProxyPipeline(
  { skips, originals, open }: Pick<ProxySettings, 'skips' | 'originals' | 'open'>,
  mostRemembered: number | undefined = open && mostOfMany,
  refusal: () => string | undefined = () => undefined,
  elsewhere?: Elsewhere,
): Promise<Pipeline> {
  const [{ createPipeline }, { createKeeper }, { loadCounter }] = await Promise.all([
    import('../pipeline/create.ts'),
    import('./keep-originals.ts'),
    import('../tokens/count.ts'),
  ]);
  const keep = createKeeper(originals);
  return createPipeline({
    count: await loadCounter(),
    skips,
    elsewhere,
    ...(keep ? { keep: keepUnless(refusal, keep) } : {}),
    ...(mostRemembered === undefined ? {} : { mostRemembered }),
  });
}

function keepUnless(refusal: () => string | undefined, keep: KeepOriginal): KeepOriginal {
  return (text) => {
    const reason = refusal();
    return reason === undefined ? keep(text) : { reason };
  };
}
