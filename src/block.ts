/**
 * Block: a piece of a conversation. Results could be smaller; the others are only what the model can already see.
 * A block knows no bytes and no protocol: where it stands in a body is the protocol's business.
 */
import * as crypto from 'node:crypto';

/**
 * Who wrote it. `result`: a tool returned it, it may be shrunk. `call`: the input of a tool call. `said`: user, system or assistant text.
 * `opaque`: anything else (thinking, images, unknown), counted in the chain and never read.
 */
type BlockSource = 'result' | 'call' | 'said' | 'opaque';

/** The tool call that a result answers, or that a `call` block is. */
export interface ToolCall {
  /** The tool's name as the agent declared it, such as `Bash`. */
  readonly tool: string;
  /** The parsed input, as the protocol spells it; `undefined` where it does not parse. */
  readonly input: unknown;
}

export interface Block {
  /** The scope (16 hex digits), then the chain (32): a hash of every block before this one and of this one. Equal keys have equal pasts. */
  readonly key: string;
  readonly source: BlockSource;
  /** The decoded text; empty for `opaque` and `call`. Decoded when first asked for: a block already decided is never decoded. */
  readonly text: string;
  /** For `result` and `call`; `undefined` where the call cannot be found. */
  readonly call: ToolCall | undefined;
}

/** A conversation as one request holds it, oldest block first. */
export interface Conversation {
  /** The model as the request names it. */
  readonly model: string | undefined;
  readonly blocks: readonly Block[];
  /** False where the request asks the provider to clear old tool results itself: the text above may not be there. */
  readonly allowsRepeats: boolean;
}

/** A conversation as a request holds it, with what tells which parts of it the provider may hold. */
export interface SentConversation extends Conversation {
  /** The beginning of all its keys: a hash of what stands before the messages in the provider's cache, and of what we go by beside them. */
  readonly scope: string;
  /** How many blocks stand before the model's first turn. */
  readonly opening: number;
  /** Where the model's last turn begins; 0 where it has not spoken. */
  readonly turn: number;
  /** Seconds for which the provider may keep what this request writes; undefined: unknown. */
  readonly life: number | undefined;
}

/** The provider's own figures for one reply, in tokens, as billed. */
export interface Usage {
  model: string | undefined;
  /** Input billed at the full price. */
  fresh: number;
  /** Written to the prompt cache with a life of 5 minutes, and of 1 hour. */
  cacheWrite5m: number;
  cacheWrite1h: number;
  cacheRead: number;
  output: number;
}

/** The key that follows `previous` when `content` comes next: 16 bytes of SHA-256 as hex. */
export function chain(previous: string, content: string | Uint8Array): string {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const used = Buffer.byteLength(previous) + 1;
  const whole = used + bytes.length <= scratch.length ? scratch.subarray(0, used + bytes.length) : Buffer.allocUnsafe(used + bytes.length);
  whole.write(previous);
  whole[used - 1] = 0;
  whole.set(bytes, used);
  return sha256(whole).slice(0, 32);
}

/** What of a key is the messages' alone. */
export function messagesKey(key: string): string {
  return key.slice(scopeLength);
}

/** How many hex digits of a key are its scope. */
export const scopeLength = 16;

const scratch = Buffer.allocUnsafeSlow(64 * 1024);

/** In one call where Node has it (20.12 and later): a hash object for each of hundreds of blocks costs more than the hashing. */
const sha256 =
  'hash' in crypto
    ? (bytes: Buffer) => crypto.hash('sha256', bytes)
    : (bytes: Buffer) => crypto.createHash('sha256').update(bytes).digest('hex');
