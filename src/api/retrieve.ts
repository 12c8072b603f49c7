/** Originals by their hash: as JSON with the fields of the Python original, or as the bare text. A hash must be whole: none can be guessed. */
import { Failure } from '../errors.ts';
import { type RetrieveResult, retrieveContent } from '../mcp/retrieve.ts';
import { originalsFolders } from '../store/list-originals.ts';
import { nameOfHash } from '../store/originals.ts';
import { json, type Reply, refusal } from './reply.ts';

export interface RetrieveParts {
  readonly cacheFolder: string;
  readonly count: (text: string) => Promise<number>;
  /** Puts it there where others have it; a `Failure` where they cannot be asked. */
  readonly bring?: ((name: string) => Promise<void>) | undefined;
  /** Says how often it was asked for. */
  readonly onRetrieved: (name: string) => number;
}

export interface RetrieveWish {
  readonly hash: unknown;
  readonly query?: unknown;
  readonly lines?: unknown;
}

/** `original_content` is all of it, or `lines` of it; where there is a `query`, `results` are the lines that hold its words. */
export async function answerRetrieve(
  { hash, query, lines }: RetrieveWish,
  { cacheFolder, count, bring, onRetrieved }: RetrieveParts,
): Promise<Reply> {
  if (hash === undefined || hash === null || hash === '') return refusal(400, 'invalid_request', 'hash required');
  try {
    const wish = { hash: await bringWhole(hash, bring), lines: textOf(lines) };
    const whole = retrieveContent(wish, placesOf(cacheFolder));
    const words = textOf(query)?.trim();
    const found = words ? retrieveContent({ ...wish, query: words }, placesOf(cacheFolder)) : undefined;
    return json(200, {
      ...{ hash: whole.hash, ...searchOf(found) },
      ...{ original_content: whole.original_content, original_tokens: await count(whole.original_content ?? '') },
      ...{ original_item_count: whole.original_item_count, compressed_item_count: null, tool_name: null },
      ...{ retrieval_count: onRetrieved(whole.hash), ...(whole.lines === undefined ? {} : { lines: whole.lines }) },
    });
  } catch (thrown) {
    return explain(thrown);
  }
}

/** What stands at `URL/originals/HASH`, for whoever opens the address that a note names. */
export async function answerOriginal({ hash, query, lines }: RetrieveWish, parts: RetrieveParts): Promise<Reply> {
  const { cacheFolder, bring, onRetrieved } = parts;
  try {
    const wish = { hash: await bringWhole(hash, bring), query: textOf(query), lines: textOf(lines) };
    const found = retrieveContent(wish, placesOf(cacheFolder));
    onRetrieved(found.hash);
    return text(200, found.original_content ?? (found.results ?? []).map((line) => `${line}\n`).join(''));
  } catch (thrown) {
    const { status, body } = explain(thrown);
    return text(status, `${(JSON.parse(String(body)) as { detail: string }).detail}\n`);
  }
}

function searchOf(found: RetrieveResult | undefined): object {
  if (!found) return {};
  const { query, results, count, hint } = found;
  return { query, results, count, ...(hint === undefined ? {} : { hint }) };
}

function placesOf(cacheFolder: string) {
  return { folders: originalsFolders(cacheFolder), workingFolder: cacheFolder };
}

/** The hash, once its original is here if anybody has it. The beginning of one, which will do on the command line, would let strangers try. */
async function bringWhole(hash: unknown, bring: RetrieveParts['bring']): Promise<string> {
  const name = typeof hash === 'string' ? nameOfHash(hash) : undefined;
  if (name === undefined) throw new Failure('unknown-original', '');
  await bring?.(name);
  return hash as string;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** Nothing is said of folders. */
function explain(thrown: unknown): Reply {
  const { code, message } = thrown instanceof Failure ? thrown : { code: '', message: '' };
  if (code === 'bad-range') return refusal(400, 'invalid_request', message);
  if (code === 'unknown-original')
    return refusal(404, 'not_found', 'There is no original of this hash: it may have been removed, or never kept here.');
  if (code === 'damaged-original')
    return refusal(410, 'storage_error', 'The original was changed or cut short: it no longer is what was kept.');
  if (code === 'store-away') return refusal(503, 'storage_error', 'The store of the originals does not answer; ask again in a while.');
  return refusal(500, 'storage_error', 'The original cannot be read.');
}

function text(status: number, body: string): Reply {
  return { status, type: 'text/plain; charset=utf-8', body, headers: { 'content-security-policy': 'sandbox' } };
}
