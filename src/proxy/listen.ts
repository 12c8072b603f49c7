/** Takes a port to listen on, and finds one that is free. What is served there is `server.ts`'s matter. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Resolves with the port; rejects with Node's own error where it cannot be had. `port` 0: any free one. */
export function listenOn(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => resolve((server.address() as AddressInfo).port));
  });
}

/** The next port after this one that could be had just now; undefined where none of the next ones can. */
export async function findFreePort(host: string, after: number): Promise<number | undefined> {
  for (let port = after + 1; port <= Math.min(after + 50, 65_535); port++) {
    const server = createServer();
    try {
      await listenOn(server, host, port);
      await new Promise((resolve) => server.close(resolve));
      return port;
    } catch {
      // Taken too.
    }
  }
  return undefined;
}
