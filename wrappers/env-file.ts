/** `.env` files, as the libraries of that name read them. A pure function. */

/** As dotenv reads it, but for text over several lines and variables within values. */
export function readEnvFile(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const [, name, single, double, plain = ''] =
      /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(?:'(.*?)'|"(.*?)"|([^'"\s].*?)?)\s*(?:(?<=[\s'"])#.*)?$/.exec(line) ?? [];
    if (name) found[name] = single ?? double ?? plain;
  }
  return found;
}
