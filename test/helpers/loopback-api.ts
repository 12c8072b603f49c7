/** The HTTP API on a server of its own, with a cache folder of its own; what the API does not serve is a teapot. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Api, type ApiSettings, createApi } from '../../src/api/create.ts';
import type { Access } from '../../src/proxy/admission.ts';

export interface LoopbackApi {
  readonly url: string;
  readonly port: number;
  readonly api: Api;
  readonly cacheFolder: string;
  /** What requests are let in for. */
  access: Access;
  /** How many requests are being answered. */
  answering(): number;
  drain(): void;
  close(): Promise<void>;
}

export async function startApi(settings: Partial<ApiSettings> = {}): Promise<LoopbackApi> {
  const cacheFolder = realpathSync(mkdtempSync(join(tmpdir(), 'headroom-api-')));
  let isReady = true;
  let count = 0;
  const usual = { cacheFolder, profile: 'standard', recovery: 'command', version: '1.2.3', isReady: () => isReady } as const;
  const api = createApi({ ...usual, ...settings });
  const server = createServer((request, response) => {
    const answering = api.answer(request, response, request.url ?? '', loopback.access);
    if (!answering) return response.writeHead(418).end();
    count++;
    void answering.then(() => count--);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const loopback: LoopbackApi = {
    url: `http://127.0.0.1:${port}`,
    port,
    api,
    cacheFolder,
    access: 'all',
    answering: () => count,
    drain: () => {
      isReady = false;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(cacheFolder, { recursive: true, force: true });
    },
  };
  return loopback;
}
