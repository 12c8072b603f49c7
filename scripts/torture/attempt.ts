/** One request of an agent on loopback, seen from the agent's side: what it got, byte for byte, and how it ended. */
import { type ClientRequest, type IncomingMessage, request as startRequest } from 'node:http';

/** `complete`: whole, as its framing says. `broken`: it began and broke off. `none`: no reply at all. `left`: the agent went away. `hung`: nothing came for long. */
type Ending = 'complete' | 'broken' | 'none' | 'left' | 'hung';

export interface View {
  readonly ending: Ending;
  readonly status: number | undefined;
  readonly message: string;
  /** `name: value` in order, without what belongs to one connection alone. */
  readonly headers: readonly string[];
  readonly body: Buffer;
  readonly trailers: readonly string[];
}

/** How the agent sends. Numbers are shares of the body. */
export interface Way {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Leaves when so much of the body is out; 0: after the head. */
  readonly leavesAt?: number;
  /** Sends the body in so many pieces, a turn of the event loop apart. */
  readonly pieces?: number;
  /** Waits for 100 Continue before it sends the body. */
  readonly expects?: boolean;
  /** No length: chunked. */
  readonly isChunked?: boolean;
}

/** What the other side may know of an attempt, and ask of it. */
export interface Attempt {
  readonly id: string;
  /** Bytes of the reply's body that have come. */
  readonly received: number;
  readonly hasHead: boolean;
  /** When the agent went away. */
  readonly leftAt: number | undefined;
  readonly view: Promise<View>;
  /** Resolves with true as soon as so many bytes of the body have come (0: the head); false where the attempt ends before, or after seconds. */
  until(bytes: number): Promise<boolean>;
  /** Makes the agent go away now. */
  leave(): void;
}

/** Many times what 32 MB take on a busy machine. */
const patienceMs = 40_000;

export function attempt(id: string, url: string, body: Buffer, way: Way = {}): Attempt {
  const { method = 'POST', headers = {}, isChunked = false, expects = false } = way;
  const length = isChunked || method === 'GET' || method === 'HEAD' ? {} : { 'content-length': String(body.length) };
  const request = startRequest(url, {
    method,
    agent: false,
    headers: { 'x-torture': id, 'content-type': 'application/json', ...length, ...(expects ? { expect: '100-continue' } : {}), ...headers },
  });
  let reply: IncomingMessage | undefined;
  let leftAt: number | undefined;
  let received = 0;
  const chunks: Buffer[] = [];
  const waiting = new Set<() => void>();
  const tell = () => {
    for (const look of waiting) look();
  };
  const leave = () => {
    leftAt ??= performance.now();
    request.destroy();
  };
  const view = new Promise<View>((resolve) => {
    let isOver = false;
    const finish = (ending: Ending) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(late);
      const how = leftAt === undefined ? ending : 'left';
      resolve({
        ending: how,
        status: reply?.statusCode,
        message: reply?.statusMessage ?? '',
        headers: linesOf(reply?.rawHeaders ?? []),
        body: Buffer.concat(chunks),
        trailers: linesOf(reply?.rawTrailers ?? []),
      });
      tell();
    };
    const late = setTimeout(() => {
      finish('hung');
      request.destroy();
    }, patienceMs);
    request.on('response', (message) => {
      reply = message;
      tell();
      message.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        received += chunk.length;
        tell();
      });
      message.on('end', () => finish(message.complete ? 'complete' : 'broken'));
      message.on('error', () => finish('broken')).on('close', () => finish('broken'));
    });
    request.on('error', () => finish(reply ? 'broken' : 'none'));
    request.on('close', () => setImmediate(() => finish(reply ? 'broken' : 'none')));
  });
  const over = view.then(() => false);
  const until = async (bytes: number) => {
    const isThere = () => (bytes === 0 ? reply !== undefined : received >= bytes);
    if (isThere()) return true;
    let look = () => {};
    const there = new Promise<boolean>((resolve) => {
      look = () => isThere() && resolve(true);
      waiting.add(look);
    });
    const found = await Promise.race([there, over]);
    waiting.delete(look);
    return found || isThere();
  };
  if (expects) {
    request.flushHeaders();
    request.once('continue', () => void post(request, body, way, leave));
  } else void post(request, body, way, leave);
  return {
    id,
    view,
    until,
    leave,
    get received() {
      return received;
    },
    get hasHead() {
      return reply !== undefined;
    },
    get leftAt() {
      return leftAt;
    },
  };
}

async function post(request: ClientRequest, body: Buffer, { method, pieces = 1, leavesAt }: Way, leave: () => void): Promise<void> {
  if (method === 'GET' || method === 'HEAD') return void request.end();
  const most = leavesAt === undefined ? body.length : Math.floor(body.length * leavesAt);
  request.flushHeaders();
  const size = Math.max(1, Math.ceil(most / pieces));
  for (let at = 0; at < most && !request.destroyed; at += size) {
    request.write(body.subarray(at, Math.min(most, at + size)));
    if (pieces > 1) await new Promise(setImmediate);
  }
  if (leavesAt === undefined) request.end();
  // Later than the bytes are out.
  else setTimeout(leave, 5);
}

const perConnection = new Set(['connection', 'keep-alive', 'transfer-encoding', 'te', 'trailer', 'upgrade', 'proxy-connection']);

function linesOf(raw: readonly string[]): string[] {
  const lines: string[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) if (!perConnection.has(raw[at]!.toLowerCase())) lines.push(`${raw[at]}: ${raw[at + 1]}`);
  return lines;
}
