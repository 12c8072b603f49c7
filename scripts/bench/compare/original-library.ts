/** The Python original's library: the whole conversation goes through `compress` before every request, as its users call it. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { residentMegabytes } from '../programs/resident-memory.ts';
import type { Contender } from './contender.ts';
import { bodyOf, type ChatMessage, model, type RequestBody } from './conversations.ts';
import { originalBytes, originalEnvironment, originalVersion } from './original.ts';

interface Compressed {
  readonly messages: readonly ChatMessage[];
  readonly took: number;
}

export function originalLibrary(folder: string, missing: string | undefined): Contender {
  return {
    name: 'original, library',
    short: 'library',
    version: originalVersion,
    note: 'the PyPI package headroom-ai; without its text model, which it fetches at run time',
    missing,
    run: async (conversations) => {
      const home = mkdtempSync(join(tmpdir(), 'headroom-original-'));
      const began = performance.now();
      const bridge = startBridge(folder, home);
      const options = { model };
      try {
        await bridge.compress([{ role: 'user', content: 'hello' }], options);
        const started = performance.now() - began;
        const sent = new Map<string, RequestBody[]>();
        const added: number[] = [];
        for (const conversation of conversations) {
          const bodies: RequestBody[] = [];
          for (const end of conversation.ends) {
            // Who calls it sets the cache marks afterwards.
            const { messages, took } = await bridge.compress(conversation.messages.slice(0, end), options);
            bodies.push({ ...bodyOf(conversation, end), messages });
            if (conversation.group === 'sessions') added.push(took);
          }
          sent.set(conversation.name, bodies);
        }
        return { sent, added, started, resident: residentMegabytes(bridge.id), installed: originalBytes(folder) };
      } finally {
        await bridge.close();
        rmSync(home, { recursive: true, force: true });
      }
    },
  };
}

interface Bridge {
  readonly id: number;
  compress(messages: readonly ChatMessage[], options: Readonly<Record<string, string>>): Promise<Compressed>;
  close(): Promise<void>;
}

function startBridge(folder: string, home: string): Bridge {
  const program = fileURLToPath(new URL('./original-library.py', import.meta.url));
  const child = spawn(join(folder, 'bin', 'python'), [program], {
    env: originalEnvironment(folder, home),
    stdio: ['pipe', 'pipe', 'ignore'],
    cwd: home,
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    id: child.pid ?? 0,
    compress: async (messages, options) => {
      child.stdin.write(`${JSON.stringify({ messages, options })}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error("the original's library ended before it answered");
      return JSON.parse(value) as Compressed;
    },
    close: async () => {
      kill();
      await gone;
      process.off('exit', kill);
    },
  };
}
