/** The three tools: how they are declared, and what each answers. Names and fields are those of the Python original, so that prompts carry over. */
import type { CallToolResult, Tool } from '@modelcontextprotocol/sdk/types.js';
import { Failure, messageOf } from '../errors.ts';
import { nameOfHash } from '../store/originals.ts';
import type { OriginalPlaces } from '../store/read-original.ts';
import { type KeepContent, kinds } from './compress-kinds.ts';
import type { Session } from './session.ts';

/** What the tools work on; handed in by whoever starts the server. */
export interface Toolbox {
  readonly keep: KeepContent;
  /** Asked each time: launches come and go. */
  readonly places: () => OriginalPlaces;
  /** Puts an original among them that others have, by the first 16 digits of its hash. */
  readonly bring?: ((name: string) => Promise<void>) | undefined;
  /** Totals of what passed through proxies on this machine. */
  readonly totals: () => Promise<Readonly<Record<string, unknown>>>;
  readonly session: Session;
}

/** As long as Claude Code lets a result be before it puts it into a file and shows the beginning. */
const wholeResults = { 'anthropic/maxResultSizeChars': 500_000 };
const ownDisk = { destructiveHint: false, idempotentHint: true, openWorldHint: false };

export const tools: readonly Tool[] = [
  {
    name: 'headroom_compress',
    description:
      'Makes a long text smaller: command output, search results, logs, JSON, diffs, pages. Returns the smaller text and a hash; headroom_retrieve gives the whole text back by that hash. What is not shown is counted in notes like [… 118 lines: …]. Not worth it below 200 tokens.',
    inputSchema: {
      type: 'object',
      properties: {
        content: { type: 'string', description: 'The text' },
        kind: {
          type: 'string',
          description: `What the text is: the shell command that printed it (such as \`pytest -q\`), or ${kinds.join(', ')}. Leave out if not known.`,
        },
      },
      required: ['content'],
    },
    annotations: { title: 'Make a text smaller', readOnlyHint: false, ...ownDisk },
    _meta: wholeResults,
  },
  {
    name: 'headroom_retrieve',
    description:
      'Gives back the exact original of a text that was shown in part, by the hash that a note or headroom_compress named. Of a long original ask for what you need: lines (a range) or query (lines that hold all the words, with their numbers).',
    inputSchema: {
      type: 'object',
      properties: {
        hash: { type: 'string', description: 'The hash, its beginning (4 digits or more), or the path of an original' },
        query: { type: 'string', description: 'Words to look for; only lines that hold all of them are returned' },
        lines: { type: 'string', description: 'Only these lines, from 1: 120-180, 120- or 7' },
      },
      required: ['hash'],
    },
    annotations: { title: 'Get an original back', readOnlyHint: true, ...ownDisk },
    _meta: wholeResults,
  },
  {
    name: 'headroom_stats',
    description: 'Tells what was compressed and retrieved by these tools in this session, and what Headroom saved on this machine in all.',
    inputSchema: { type: 'object', properties: {} },
    annotations: { title: 'Show what was saved', readOnlyHint: true, ...ownDisk },
  },
];

type Arguments = Readonly<Record<string, unknown>>;

/** Undefined where there is no such tool. What is wrong with a call is told in its result, for the model to read. */
export async function callTool(name: string, words: Arguments, toolbox: Toolbox): Promise<CallToolResult | undefined> {
  const answer = Object.hasOwn(answers, name) ? answers[name] : undefined;
  if (!answer) return undefined;
  try {
    return { content: [{ type: 'text', text: JSON.stringify(await answer(words, toolbox), undefined, 2) }] };
  } catch (thrown) {
    const text = thrown instanceof Failure ? [thrown.message, thrown.hint].filter(Boolean).join('\n') : `It failed: ${messageOf(thrown)}`;
    return { isError: true, content: [{ type: 'text', text }] };
  }
}

const answers: Readonly<Record<string, (words: Arguments, toolbox: Toolbox) => Promise<object>>> = {
  headroom_compress: async (words, { keep, session }) => {
    const content = textAt(words, 'content');
    if (!content) throw new Failure('no-content', 'content: the text to make smaller is missing');
    const kind = textAt(words, 'kind');
    // The kinds of text and the counter are loaded when first needed.
    const { compressContent } = await import('./compress.ts');
    const result = await compressContent(content, kind, keep);
    session.compressed(result.original_tokens, result.compressed_tokens, result.transforms.join(', ') || 'passthrough');
    return result;
  },
  headroom_retrieve: async (words, { places, bring, session }) => {
    const hash = textAt(words, 'hash');
    if (!hash?.trim()) throw new Failure('no-original', 'hash: say which original', 'It is the hash, or the path, that the note names.');
    const name = nameOfHash(hash.trim());
    if (name !== undefined) await bring?.(name);
    const { retrieveContent } = await import('./retrieve.ts');
    const result = retrieveContent({ hash, query: textAt(words, 'query'), lines: textAt(words, 'lines') }, places());
    return { ...result, retrieval_count: session.retrieved(result.hash) };
  },
  headroom_stats: async (_words, { session, totals }) => ({ ...session.stats(), proxy: await totals() }),
};

function textAt(words: Arguments, name: string): string | undefined {
  const value = words[name];
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined;
  // A line number is what a model writes for one line.
  if (name === 'lines' && typeof value === 'number') return String(value);
  throw new Failure('no-text', `${name}: a text is wanted, not ${Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`}`);
}
