/** Folders with real sessions, given by the environment; tests that want them say `skipped: no corpus` where they are absent. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `HEADROOM_CORPUS` names the folder that holds `sessions/` and `outputs/`. */
export const corpusFolder: string | undefined = existing(process.env.HEADROOM_CORPUS);

function existing(folder: string | undefined): string | undefined {
  return folder && existsSync(join(folder, 'sessions')) ? folder : undefined;
}

/** One recorded session in Anthropic Messages shape; `requests[k]`'s context is `messages[context_start..message_index)`. */
export interface Session {
  readonly id: string;
  readonly agent: string;
  readonly model: string | null;
  readonly usage_reliable: boolean;
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
  readonly requests: readonly RecordedAsk[];
}

interface RecordedAsk {
  readonly message_index: number;
  readonly context_start: number;
  /** Epoch milliseconds, or a date. */
  readonly timestamp?: number | string | null;
  readonly model?: string | null;
  readonly usage?: {
    readonly cache_creation_input_tokens?: number;
    readonly cache_creation?: { readonly ephemeral_5m_input_tokens?: number; readonly ephemeral_1h_input_tokens?: number };
  } | null;
}

/** Every session but those recorded behind a proxy that alters history. */
export function* sessions(folder: string): Generator<Session> {
  for (const name of readdirSync(join(folder, 'sessions')).sort()) {
    if (name.endsWith('.json') && !name.startsWith('pxpipe-'))
      yield JSON.parse(readFileSync(join(folder, 'sessions', name), 'utf8')) as Session;
  }
}
