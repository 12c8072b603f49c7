/** The proxy in a process of its own, as the parts start and ask it: what it recorded, how it is, and what is to go wrong in it. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ExchangeRecord, ProxySettings } from '../../src/proxy/records.ts';
import { bundleFile } from '../../test/helpers/bundle.ts';
import { secret, settingsFor } from '../../test/helpers/loopback-settings.ts';
import { startProgram } from '../bench/place.ts';

/** What the process says of itself. */
export interface Health {
  readonly megabytes: number;
  readonly heapMegabytes: number;
  /** Open sockets that talk to somebody; listening ones are not counted. */
  readonly sockets: number;
  /** Everything that keeps the event loop alive. */
  readonly handles: number;
  /** Open file descriptors; 0 where the system does not tell. */
  readonly files: number;
  /** Milliseconds between two turns of a timer of one millisecond, since the last time it was asked: by the clock. */
  readonly loop: Delays;
  /** What of it was the process's own work, and not that of other programs on a busy machine. */
  readonly work: Delays;
  /** Processor time so far. */
  readonly cpuMs: number;
  readonly records: number;
  /** Rejections and exceptions that nobody caught. */
  readonly uncaught: readonly string[];
}

export interface Delays {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** What one compressor does from now on to every text it is shown. */
export type CompressorFault = 'none' | 'throws' | 'lies' | 'dawdles';

export type Ask =
  | { readonly what: 'start'; readonly settings: ProxySettings; readonly mostRemembered: number | undefined }
  | { readonly what: 'health'; readonly collects: boolean }
  | { readonly what: 'records' }
  | { readonly what: 'compressor'; readonly fault: CompressorFault };

export interface ProxyProcess {
  readonly pid: number;
  /** Where originals and decisions go; the process makes these folders when it needs them. */
  readonly stores: readonly string[];
  /** Another proxy in the same process; resolves with its address, the secret and all. */
  start(
    upstream: string,
    changes?: Partial<ProxySettings>,
    mostRemembered?: number,
  ): Promise<{ readonly port: number; readonly address: string }>;
  /** `collects`: garbage first. */
  health(collects?: boolean): Promise<Health>;
  /** What was recorded since the last time. */
  records(): Promise<readonly ExchangeRecord[]>;
  setCompressor(fault: CompressorFault): Promise<void>;
  close(): Promise<void>;
}

export async function startProxyProcess(): Promise<ProxyProcess> {
  const parent = join(import.meta.dirname, '..', '..', 'node_modules', '.cache');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'headroom-torture-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  const heavyWorker = await bundleFile(new URL('../../src/launch/heavy-worker.ts', import.meta.url));
  const { child, close } = await startProgram(new URL('./programs/proxy.ts', import.meta.url), heavyWorker.file.href);
  const waiting = new Map<number, (answer: unknown) => void>();
  let asked = 0;
  child.on('message', ({ id, answer }: { id: number; answer: unknown }) => {
    waiting.get(id)?.(answer);
    waiting.delete(id);
  });
  const ended = new Promise<never>((_, reject) =>
    child.once('exit', (code, signal) => reject(new Error(`the proxy ended: ${code ?? signal}`))),
  );
  ended.catch(() => {});
  const ask = <Answer>(question: Ask): Promise<Answer> => {
    const id = asked++;
    const answered = new Promise<Answer>((resolve) => waiting.set(id, resolve as (answer: unknown) => void));
    child.send({ id, ...question });
    return Promise.race([answered, ended]);
  };
  const [originals, decisions] = ['originals', 'decisions'].map((name) => join(folder, name)) as [string, string];
  return {
    pid: child.pid ?? 0,
    stores: [originals, decisions],
    start: async (upstream, changes = {}, mostRemembered = undefined) => {
      const own: Partial<ProxySettings> = {
        profile: 'standard',
        originals: { folder: originals, privateFolder: folder },
        decisions: { folder: decisions },
      };
      const port = await ask<number>({ what: 'start', settings: settingsFor(upstream, { ...own, ...changes }), mostRemembered });
      return { port, address: `http://127.0.0.1:${port}${changes.open ? '' : `/${secret}`}` };
    },
    health: (collects = false) => ask({ what: 'health', collects }),
    records: () => ask({ what: 'records' }),
    setCompressor: (fault) => ask({ what: 'compressor', fault }),
    close: async () => {
      await Promise.all([close(), heavyWorker.close()]);
      process.off('exit', remove);
      remove();
    },
  };
}
