/** Replicas of `headroom proxy`, each a process on a machine of its own, behind one upstream; and a conversation that grows. */
import { once } from 'node:events';
import type { Agent, Message } from './cache-agents.ts';
import { createMachine, type Machine } from './launches.ts';
import { send } from './loopback-client.ts';

export interface Replica {
  readonly machine: Machine;
  base: string;
  /** What it said on stderr so far, by all its processes. */
  said: string;
  begin(): Promise<void>;
  kill(): Promise<void>;
  get(path: string): Promise<{ readonly status: number; readonly value: Record<string, unknown> }>;
  close(): Promise<void>;
}

export async function startReplica(args: readonly string[], environment: Record<string, string>): Promise<Replica> {
  const machine = createMachine();
  let end: () => Promise<unknown> = async () => {};
  const replica: Replica = {
    ...{ machine, base: '', said: '' },
    begin: async () => {
      const { child, ended } = machine.start(['proxy', '--port', '0', ...args], environment);
      child.stderr?.on('data', (text: Buffer) => {
        replica.said += text;
      });
      end = async () => {
        child.kill('SIGKILL');
        await ended;
      };
      const [line] = (await Promise.race([once(child.stdout!, 'data'), ended.then(({ stderr }) => Promise.reject(new Error(stderr)))])) as [
        Buffer,
      ];
      replica.base = /http:\S+/.exec(line.toString())?.[0] ?? '';
    },
    kill: async () => void (await end()),
    get: async (path) => {
      const { status, body } = await send(`${replica.base}${path}`);
      return { status, value: JSON.parse(body.toString()) as Record<string, unknown> };
    },
    close: async () => {
      await end();
      machine.remove();
    },
  };
  await replica.begin();
  return replica;
}

/** A log that a command printed, big enough for an excerpt; no two have a line in common. */
export function bigLog(n: number): string {
  return Array.from(
    { length: 300 },
    (_, at) =>
      `2026-01-05T10:${String(n % 60).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}Z INFO web-${n}: GET /items/${n}-${at} answered 200`,
  )
    .join('\n')
    .replace(`${n}-150 answered 200`, `${n}-150 failed: the disk is full`);
}

/** The model asks for something, and a tool returns it. */
export function turn(id: string, tool: string, input: object, text: string): Message[] {
  return [
    { role: 'assistant', content: [{ type: 'tool_use', id, name: tool, input }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: text }] },
  ];
}

export function beginAgent(name: string): Agent {
  const messages: Message[] = [{ role: 'user', content: [{ type: 'text', text: `task ${name}: find out why it fails` }] }];
  return { messages, model: 'claude-opus-4-8', system: 'be kind', life: '5m', noise: 'none', thinks: false, log: [] };
}

export function readLog(agent: Agent, n: number): void {
  agent.messages = [...agent.messages, ...turn(`t${n}`, 'Bash', { command: `docker logs web-${n}` }, bigLog(n))];
}

/** The name of the original that an excerpt's note gives. */
export const noteIn = (text = '') => /not shown, full text: headroom retrieve ([0-9a-f]{16})\]$/.exec(text)?.[1];
