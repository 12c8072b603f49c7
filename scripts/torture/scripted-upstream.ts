/** An upstream below HTTP: it reads requests itself, keeps them byte for byte, and lets a script answer each, well or badly. */
import { createServer, type Socket } from 'node:net';
import { listen } from '../../test/helpers/loopback-upstream.ts';

/** A request as it came. */
export interface Arrival {
  /** Of its `x-torture` header. */
  readonly id: string;
  readonly head: string;
  /** Undefined until it is whole. */
  readonly body: Buffer | undefined;
}

/** What a script has in hand. */
export interface Turn {
  readonly arrival: Arrival;
  /** How many requests with this id have come, this one among them. */
  readonly count: number;
  /** Resolves when the whole body is there; rejects where it never will be. */
  readonly body: Promise<Buffer>;
  /** Resolves with the moment at which the other side hung up. */
  readonly gone: Promise<number>;
  write(bytes: string | Buffer): void;
  /** A clean end of what we send. */
  end(): void;
  /** An end that drops what is under way. */
  reset(): void;
}

export type Script = (turn: Turn) => Promise<void> | void;

export interface ScriptedUpstream {
  readonly url: string;
  readonly port: number;
  /** How the requests with this id are answered. */
  play(id: string, script: Script): void;
  /** What came with this id, and forgets it. */
  take(id: string): readonly Arrival[];
  /** Connections that are open. */
  readonly open: () => number;
  /** Ends the connections, idle or not. */
  hangUp(): void;
  close(): Promise<void>;
}

export async function startScriptedUpstream(): Promise<ScriptedUpstream> {
  const scripts = new Map<string, Script>();
  const arrivals = new Map<string, Arrival[]>();
  const sockets = new Set<Socket>();
  const arrive = (arrival: Arrival) => {
    const list = arrivals.get(arrival.id) ?? [];
    list.push(arrival);
    arrivals.set(arrival.id, list);
    return list.length;
  };
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)));
    serve(socket, arrive, (id) => scripts.get(id) ?? answerNothing);
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    play: (id, script) => scripts.set(id, script),
    take: (id) => {
      const taken = arrivals.get(id) ?? [];
      arrivals.delete(id);
      scripts.delete(id);
      return taken;
    },
    open: () => sockets.size,
    hangUp: () => {
      for (const socket of sockets) socket.destroy();
    },
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      return closed;
    },
  };
}

const answerNothing: Script = ({ write }) => write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}');

interface Present {
  readonly arrival: { id: string; head: string; body: Buffer | undefined };
  resolve(body: Buffer): void;
  reject(reason: Error): void;
}

function serve(socket: Socket, arrive: (arrival: Arrival) => number, scriptOf: (id: string) => Script): void {
  let got = Buffer.alloc(0);
  let present: Present | undefined;
  let hungUp = (_: number) => {};
  const gone = new Promise<number>((resolve) => {
    hungUp = resolve;
  });
  const begin = (head: string) => {
    const arrival = { id: /^x-torture: *(.*)$/im.exec(head)?.[1] ?? '', head, body: undefined };
    const body = new Promise<Buffer>((resolve, reject) => {
      present = { arrival, resolve, reject };
    });
    body.catch(() => {});
    const write = (bytes: string | Buffer) => void (socket.writable && socket.write(bytes, 'latin1'));
    const turn: Turn = {
      arrival,
      count: arrive(arrival),
      body,
      gone,
      write,
      end: () => void socket.end(),
      reset: () => void socket.resetAndDestroy(),
    };
    void Promise.resolve(scriptOf(arrival.id)(turn)).catch(() => socket.destroy());
  };
  const read = () => {
    for (;;) {
      if (!present) {
        const end = got.indexOf('\r\n\r\n');
        if (end < 0) return;
        const head = got.toString('latin1', 0, end + 2);
        got = got.subarray(end + 4);
        begin(head);
      }
      const { arrival, resolve } = present!;
      const parsed = bodyIn(arrival.head, got);
      if (!parsed) return;
      got = got.subarray(parsed.length);
      arrival.body = parsed.body;
      present = undefined;
      resolve(parsed.body);
    }
  };
  const leave = () => {
    hungUp(performance.now());
    present?.reject(new Error('the request never ended'));
  };
  socket.on('error', () => {}).on('close', leave);
  socket.on('end', () => {
    leave();
    socket.end();
  });
  socket.on('data', (bytes) => {
    got = got.length > 0 ? Buffer.concat([got, bytes]) : bytes;
    read();
  });
}

/** The body at the beginning of these bytes and how many of them it takes; undefined while it is not whole. */
function bodyIn(head: string, bytes: Buffer): { readonly body: Buffer; readonly length: number } | undefined {
  if (!/^transfer-encoding:.*chunked/im.test(head)) {
    const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
    return bytes.length < length ? undefined : { body: Buffer.from(bytes.subarray(0, length)), length };
  }
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const line = bytes.indexOf('\r\n', at);
    if (line < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    if (size === 0) {
      const end = bytes.indexOf('\r\n\r\n', line);
      return end < 0 ? undefined : { body: Buffer.concat(parts), length: end + 4 };
    }
    if (bytes.length < line + 2 + size + 2) return undefined;
    parts.push(Buffer.from(bytes.subarray(line + 2, line + 2 + size)));
    at = line + 2 + size + 2;
  }
}
