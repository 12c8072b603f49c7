/** Whose API a request is for, by its path and its headers: where an upstream is known for several, that decides. Pure. */
import type { IncomingHttpHeaders } from 'node:http';

/** What the path alone says. `codeassist`: Gemini behind a Google login; `chatgpt`: Codex behind a ChatGPT login. */
const byPath: readonly (readonly [family: string, path: RegExp])[] = [
  ['codeassist', /\/v1internal(?::|\/|$)/],
  ['chatgpt', /\/backend-api(?:\/|$)/],
  ['vertex', /\/projects\/[^/]+\/locations\/|\/publishers\/[^/]+\/models\//],
  ['bedrock', /\/model\/[^/]+\/(?:invoke|invoke-with-response-stream|converse|converse-stream|count-tokens)$/],
  ['gemini', /\/v1(?:beta|alpha)\d*(?:\/|$)|\/models\/[^/:]+:[a-zA-Z]+$/],
  ['anthropic', /\/v1\/(?:messages|complete)(?:\/|$)/],
  ['openai', /\/(?:chat\/completions|completions|responses|embeddings|moderations|images|audio)(?:\/|$)/],
];

/** The families whose upstream a request may go to, the closest first. `family`: that of the protocol that serves it. */
export function familiesOf(family: string | undefined, path: string): readonly string[] {
  const found = byPath.find(([, pattern]) => pattern.test(path))?.[0];
  return [found, family].flatMap((each) => each ?? []);
}

/** For a path that several providers have, such as `/v1/models`; undefined: nobody's that we know. */
export function guessFamily(path: string, headers: IncomingHttpHeaders): string | undefined {
  if (headers['anthropic-version'] !== undefined || headers['anthropic-beta'] !== undefined) return 'anthropic';
  if (headers['x-goog-api-key'] !== undefined || headers['x-goog-api-client'] !== undefined) return 'gemini';
  if (/^claude-(?:cli|code)\b/i.test(headers['user-agent'] ?? '')) return 'anthropic';
  return /^\/v1(?:\/|$)/.test(path) ? 'openai' : undefined;
}

/** The region that a path of Vertex names; undefined where it names none, or the whole world. */
export function regionOf(path: string): string | undefined {
  return /\/locations\/([a-z]{2,20}-[a-z]{2,20}\d{1,2})\//.exec(path)?.[1];
}
