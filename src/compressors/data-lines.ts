/** Lines that hold data rather than text: base64, data URIs, source maps, minified code, rows of a hex dump. Each is told by its own form. */

export type DataKind = 'base64' | 'data URI' | 'source map' | 'minified code' | 'hex dump';

const base64 = /^\s*[A-Za-z0-9+/_-]{60,}={0,2}\s*$/;
/** Letters of one case, or digits alone, are a word, a rule or a hash; whole words and many slashes are paths. */
const mixed = /^(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])(?!.*[a-z]{12})(?!(?:[^/_-]{0,10}[/_-]){4})/;
const dataAddress = /data:[\w.+-]{0,40}\/?[\w.+-]{0,60}(?:;[\w=-]{1,40}){0,3};base64,[A-Za-z0-9+/=_%-]{1000}/;
const sourceMap = /^\s*\{\s*"version":\s*3\s*,|sourceMappingURL=data:/;
/** `xxd`, `hexdump -C` and `od -x`: an offset, then eight groups at least. */
const hexRow = /^[0-9a-f]{7,16}:?(?:\s+[0-9a-f]{2,8}){8,16}(?:\s.*)?$/i;
const longLine = 2000;
/** A message, a log entry or a hit of a search that quotes data is no data. */
const saysMore = /^[^\s,;({]{1,300}:\d+[:-]|^\S{0,40}\d\d:\d\d:\d\d|\b(?:error|warning|warn|fatal|failed|failure|exception|panic)\b/i;

export function dataKindOf(line: string): DataKind | undefined {
  if (line.length < 60) return line.length > 40 && hexRow.test(line) ? 'hex dump' : undefined;
  if (line.length < 400 && hexRow.test(line)) return 'hex dump';
  if (base64.test(line) && mixed.test(line.slice(0, 200))) return 'base64';
  if (line.length < longLine || saysMore.test(line.slice(0, 400))) return undefined;
  if (sourceMap.test(line.slice(0, 200)) || (line.startsWith('{') && /"mappings":"[A-Za-z0-9+/,;]{500}/.test(line))) return 'source map';
  if (dataAddress.test(line)) return 'data URI';
  return isMinified(line) ? 'minified code' : undefined;
}

/** Few spaces and many signs of code; JSON has its own member. */
function isMinified(line: string): boolean {
  if (/^\s*[[{]\s*["[{]/.test(line)) return false;
  let spaces = 0;
  let signs = 0;
  const length = Math.min(line.length, 20_000);
  for (let at = 0; at < length; at++) {
    const letter = line[at] ?? '';
    if (letter === ' ') spaces++;
    else if ('{}()[];=,:.'.includes(letter)) signs++;
  }
  return spaces < length * 0.1 && signs > length * 0.12;
}
