/** The models in a `config.yaml` of Continue, by its lines: all else in the file stays as it is, comments included. A pure function. */

export interface LedModel {
  /** A name for it in our paths. */
  readonly id: string;
  /** Where its requests go without us. */
  readonly address: string;
}

export interface LedModels {
  readonly text: string;
  readonly models: readonly LedModel[];
  /** Models whose address is not known. */
  readonly others: number;
}

/** Where a provider is, for models without `apiBase`. */
const usual: Readonly<Record<string, string | undefined>> = {
  anthropic: 'https://api.anthropic.com/v1',
  openai: 'https://api.openai.com/v1',
  gemini: 'https://generativelanguage.googleapis.com/v1beta',
  mistral: 'https://api.mistral.ai/v1',
  openrouter: 'https://openrouter.ai/api/v1',
  deepseek: 'https://api.deepseek.com',
  groq: 'https://api.groq.com/openai/v1',
  xAI: 'https://api.x.ai/v1',
};

interface Item {
  /** Lines `start..end` of the file. */
  readonly start: number;
  readonly end: number;
  /** Spaces before its fields. */
  readonly indent: number;
}

/** Gives every model of the list `models` the address that `addressOf` says; undefined where there is no such list. */
export function leadModels(text: string, addressOf: (model: LedModel) => string): LedModels | undefined {
  const lines = text.split(/\r?\n/);
  const items = listItems(lines);
  if (!items) return undefined;
  const models: LedModel[] = [];
  // From the end, so that the lines before stay where they are.
  for (const { start, end, indent } of items.toReversed()) {
    const field = (name: string) => findField(lines, { start, end, indent }, name);
    const provider = field('provider');
    const own = field('apiBase');
    const address = own?.value ?? (provider && Object.hasOwn(usual, provider.value) ? usual[provider.value] : undefined);
    if (!provider || address === undefined || !/^https?:\/\/[^\s?#$]+$/.test(address)) continue;
    const model = { id: `model-${start}`, address };
    models.unshift(model);
    const line = `${' '.repeat(indent)}apiBase: ${addressOf(model)}`;
    if (own) lines[own.line] = own.isFirst ? line.replace(/^ {2}( *)/, (_, rest: string) => `${rest}- `) : line;
    else lines.splice(end, 0, line);
  }
  return { text: lines.join('\n'), models, others: items.length - models.length };
}

/** The items of the block list below `models:`. */
function listItems(lines: readonly string[]): readonly Item[] | undefined {
  const head = lines.findIndex((line) => /^models:\s*(?:#.*)?$/.test(line));
  if (head < 0) return undefined;
  const rest = lines.slice(head + 1);
  const stop = rest.findIndex((line) => /^[^\s#-]/.test(line));
  const until = head + 1 + (stop < 0 ? rest.length : stop);
  const first = rest.find((line) => /^ *- /.test(line));
  const dashes = first?.search(/\S/) ?? 0;
  const isItem = (line: string) => line.search(/\S/) === dashes && line.startsWith('- ', dashes);
  const starts = lines.flatMap((line, at) => (at > head && at < until && isItem(line) ? [at] : []));
  return starts.map((start, at) => {
    const blanks = lines.slice(start, starts[at + 1] ?? until).findLastIndex((line) => line.trim() !== '' && !/^\s*#/.test(line));
    return { start, end: start + blanks + 1, indent: dashes + 2 };
  });
}

/** A plain or quoted value of a field of the item itself. */
function findField(lines: readonly string[], { start, end, indent }: Item, name: string) {
  for (let line = start; line < end; line++) {
    const text = (lines[line] ?? '').replace(/^( *)- /, '$1  ');
    if (text.search(/\S/) !== indent) continue;
    const [, single, double, plain] =
      new RegExp(`^\\s*${name}:\\s+(?:'([^']*)'|"([^"]*)"|([^\\s#'"][^#]*?))\\s*(?:#.*)?$`).exec(text) ?? [];
    const value = single ?? double ?? plain;
    if (value !== undefined) return { value, line, isFirst: line === start };
  }
  return undefined;
}
