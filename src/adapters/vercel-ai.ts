/** For the Vercel AI SDK (`ai`): language models whose prompts are made smaller. The SDK is the user's own; nothing here loads it. */
import { compress } from '../index.ts';
import type { Compression, CompressOptions, HeadroomOptions } from '../library/headroom.ts';
import { keepsResults } from '../protocols/parsed-request.ts';
import type { AdapterOptions } from './options.ts';
import { createShrink } from './shrink-messages.ts';

export type { AdapterOptions } from './options.ts';

/** What models of all versions of the SDK's specification have. */
export interface LanguageModel {
  readonly modelId: string;
  doGenerate(options: never): unknown;
  doStream(options: never): unknown;
}

/** What of a call's options matters here. */
export interface CallOptions {
  readonly prompt: readonly unknown[];
  readonly providerOptions?: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined;
}

export interface HeadroomMiddleware {
  readonly specificationVersion: 'v3';
  transformParams<Params extends CallOptions>(call: { params: Params; model: { readonly modelId: string } }): Promise<Params>;
}

/**
 * For `wrapLanguageModel({ model, middleware })`: makes the tool results of each prompt smaller, before the provider spells it.
 * Throws a `TypeError` for options that make no sense.
 */
export function headroomMiddleware(options?: AdapterOptions): HeadroomMiddleware {
  const shrink = createShrink(options);
  return {
    specificationVersion: 'v3',
    transformParams: async ({ params, model }) => {
      const repeats = Object.values(params.providerOptions ?? {}).every(({ contextManagement, ...others } = {}) =>
        keepsResults({ context_management: contextManagement, ...others }),
      );
      const prompt = await shrink(params.prompt, { model: model.modelId, format: 'vercel', repeats });
      return prompt === params.prompt ? params : { ...params, prompt };
    },
  };
}

/** A model that is this one with `headroomMiddleware` before it. Throws a `TypeError` for what is no model, such as a model's name. */
export function withHeadroom<Model extends LanguageModel>(model: Model, options?: AdapterOptions): Model {
  const { transformParams } = headroomMiddleware(options);
  if (typeof (model as Partial<LanguageModel> | undefined)?.doGenerate !== 'function')
    throw new TypeError('withHeadroom: this is no language model of the AI SDK; a name of one must be made a model first');
  const methods: Record<string, unknown> = {};
  for (const name of ['doGenerate', 'doStream'] as const) {
    const call = model[name] as (params: CallOptions) => unknown;
    methods[name] = async (params: CallOptions) => call.call(model, await transformParams({ params, model }));
  }
  // Getters and private fields of the model are asked of the model itself.
  return new Proxy(model, { get: (target, name) => methods[String(name)] ?? Reflect.get(target, name, target) });
}

/** `compress` for the SDK's model messages. */
export function compressVercelMessages<Message>(
  messages: readonly Message[],
  options: Omit<CompressOptions, 'format'> & HeadroomOptions = {},
): Promise<Compression<Message>> {
  return compress(messages, { ...options, format: 'vercel' });
}
